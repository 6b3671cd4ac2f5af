-- moonpool.orm.ordered_set: items once each, in the order in which they came.
local ordered_set = require "moonpool.orm.ordered_set"

describe("moonpool.orm.ordered_set", function()
  it("keeps the order, also of what comes back", function()
    local set = ordered_set.new()
    for _, item in ipairs { "a", "b", "c", "a" } do set:add(item) end
    set:remove "a"
    set:add "a"
    set:remove "none"

    assert.same({ "b", "c", "a" }, set:list())
    assert.equal(3, set.count)
    assert.is_true(set:has "a")
  end)

  it("is empty when it is cleared", function()
    local set = ordered_set.new()
    set:add "a"
    set:clear()
    assert.same({ 0, false }, { set.count, set:has "a" })
    assert.same({}, set:list())
  end)
end)
