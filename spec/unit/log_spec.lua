-- log_spec.lua - which lines are written, and what of them reaches a terminal.
local log = require "moonpool.log"

local function recorded(level)
  local lines = {}
  return log.new(level, function(line) lines[#lines + 1] = line end), lines
end

describe("a log", function()
  it("writes what is at its level or above", function()
    local at_warn, lines = recorded "warn"

    at_warn:write("info", "one")
    at_warn:write("warn", "two %d", 2)
    at_warn:write("error", "three")

    assert.same({ "moonpool: warn: two 2", "moonpool: error: three" }, lines)
  end)

  it("writes nothing when it is off", function()
    local off, lines = recorded "off"

    off:write("error", "one")

    assert.same({}, lines)
    assert.is_false(off:takes "error")
  end)

  it("shows control bytes instead of sending them", function()
    local all, lines = recorded "debug"

    all:write("info", "%s", "a\27[2Jb\nc")

    assert.same({ "moonpool: info: a\\x1b[2Jb\nc" }, lines)
  end)
end)
