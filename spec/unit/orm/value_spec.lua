-- moonpool.orm.value: values that are the same, and copies that stay.
local fragment = require "moonpool.sql.fragment"
local null = require "moonpool.null"
local value = require "moonpool.orm.value"

describe("moonpool.orm.value", function()
  it("compares containers by what is in them", function()
    assert.is_true(value.same({ 1, { a = "x" } }, { 1, { a = "x" } }))
    assert.is_false(value.same({ 1, { a = "x" } }, { 1, { a = "y" } }))
    assert.is_false(value.same({ 1 }, { 1, 2 }))
    assert.is_false(value.same({ 1, 2 }, { 1 }))
    assert.is_true(value.same({ null }, { null }))
  end)

  it("tells marked containers apart", function()
    local list, map = { __name = "list" }, { __name = "map" }
    assert.is_false(value.same(setmetatable({}, list), setmetatable({}, map)))
    assert.is_true(value.same(setmetatable({}, list), setmetatable({}, list)))
  end)

  it("takes NaN for itself", function()
    assert.is_true(value.same(0 / 0, 0 / 0))
    assert.is_false(value.same(0 / 0, 1))
  end)

  it("copies what can be changed, and nothing else", function()
    local given = { 1, { deep = { true } } }
    local copy = value.copy(given)
    copy[2].deep[1] = false
    assert.is_true(given[2].deep[1])
    local sql = fragment "now()"
    assert.equal(sql, value.copy(sql))
    assert.equal(null, value.copy(null))
  end)

  it("reads NULL as nil", function()
    assert.is_nil(value.absent(null))
    assert.is_false(value.absent(false))
  end)
end)
