-- chunk_spec.lua - compiling a file's text, and what is refused by file and line.
local chunk = require "moonpool.chunk"

local function refusal(text)
  local ok, err = pcall(chunk.compile, ("long/"):rep(30) .. "a.lua", text)
  assert.is_false(ok)
  assert.equal("bad_config", err.kind)
  return err
end

describe("moonpool.chunk", function()
  it("compiles text, in the globals given", function()
    assert.equal(3, chunk.compile("a.lua", "return x + 1", { x = 2 })())
  end)

  it("passes over a first line with #! and keeps the line numbers", function()
    local ok, problem = pcall(chunk.compile("a.lua", "#!/usr/bin/env moonpool\nerror 'x'"))

    assert.is_false(ok)
    assert.equal("a.lua:2: x", problem)
  end)

  it("names the whole file and the line of a syntax error", function()
    local err = refusal "local x = 1\nprint("

    assert.matches("^" .. ("long/"):rep(30) .. "a%.lua:2: ", err.message)
    assert.equal(2, err.line)
  end)

  it("refuses bytecode", function()
    assert.matches("compiled Lua", refusal(string.dump(function() end)).message)
  end)
end)
