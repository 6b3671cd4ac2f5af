-- warning_spec.lua - Lua's `warn` under the command: shown in development, silent in production.
local command = require "spec.support.command"

local FILES = {
  ["warns.lua"] = 'warn("one ", "two ", "three")\nwarn "four"\nwarn "@off"\nwarn "five"',
  ["query.lua"] = [[
local mp = require "moonpool"
local a, b = mp.table "a", mp.table "b"
print(mp.select { a.id }:from(a, b))]],
}

describe("a warning", function()
  local project
  setup(function() project = command.project(FILES) end)
  teardown(function() project:remove() end)

  it("is shown in development until it is switched off", function()
    local result = project:run { "run", "warns.lua" }

    assert.equal(0, result.code)
    assert.equal("warning: one two three\nwarning: four\n", result.err)
    assert.equal("", result.out)
  end)

  it("is not shown in production", function()
    local result = project:run({ "run", "warns.lua" },
      { MOONPOOL_ENV = "production", DATABASE_URL = "postgresql://nowhere.invalid/x" })

    assert.equal(0, result.code)
    assert.equal("", result.err)
  end)

  it("tells of tables that nothing ties, and where", function()
    local result = project:run { "run", "query.lua" }

    assert.equal("select a.id from a, b\n", result.out)
    assert.matches('query.lua:3: no condition ties "a" and "b"', result.err)
  end)
end)
