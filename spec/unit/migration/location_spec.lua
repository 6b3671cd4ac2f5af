-- Finding lines: of a position, of a field, of what is running.
local location = require "moonpool.migration.location"

describe("moonpool.migration.location", function()
  it("counts lines from 1", function()
    assert.equal(1, location.line_at("a\nb", 1))
    assert.equal(1, location.line_at("a\nb", 2))
    assert.equal(2, location.line_at("a\nb", 3))
  end)

  it("finds the line of a field", function()
    assert.equal(3, location.line_of_field("return mp.migration {\n\n  change = f,\n}", "change"))
  end)

  it("does not take a longer name or a comparison for the field", function()
    local text = "mp.migration {\n down_revision = 1,\n x = revision == 2,\n revision = 3 }"

    assert.equal(4, location.line_of_field(text, "revision"))
  end)

  it("falls back to where the record begins", function()
    assert.equal(2, location.line_of_field("local mp\nreturn mp.migration {\n}", "gone"))
    assert.equal(2, location.line_of_field("local mp\nreturn mp.migration {\n}", 1))
  end)

  it("falls back to the first line", function()
    assert.equal(1, location.line_of_field("\n\n", nil))
  end)

  it("finds the innermost running line of a file", function()
    local env = { at = function() return (location.running_line "some/file.lua") end }
    local chunk = load("local function f()\n  local line = at()\n  return line\nend\n"
      .. "local line = f()\nreturn line", "@some/file.lua", "t", env)

    assert.equal(2, chunk())
  end)

  it("finds no line of a file that is not running", function()
    assert.is_nil(location.running_line "some/file.lua")
  end)

  it("takes Lua's position off a message, and nothing else", function()
    assert.equal("oh: no", location.without_position "a/b.lua:12: oh: no")
    assert.equal("oh: no", location.without_position "oh: no")
  end)
end)
