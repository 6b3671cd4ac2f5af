-- uuid_spec.lua - identifiers that the client makes.
local mp = require "moonpool"

describe("mp.uuid", function()
  it("makes random and time-ordered identifiers", function()
    assert.is_truthy(mp.uuid.v4():find "^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$")
    assert.is_truthy(mp.uuid.v7():find "^%x+%-%x+%-7%x+%-[89ab]%x+%-%x+$")
    assert.is_true(mp.uuid.v7():sub(1, 13) <= mp.uuid.v7():sub(1, 13))
  end)
end)
