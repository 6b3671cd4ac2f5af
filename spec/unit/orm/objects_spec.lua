-- Many objects of a model, looked at in one go.
local null = require "moonpool.null"
local objects = require "moonpool.orm.objects"

describe("many objects", function()
  local list = { { id = 1, name = "a" }, { id = 2.5, tags = {} }, { id = 7, name = null } }

  it("give copies of their fields, but for tables and NULL", function()
    assert.same({ { id = 1, name = "a" }, { id = 2.5 }, false },
      objects.copies(list, { "id", "name" }))
    assert.is_false(objects.copies(list, { "tags" })[2])
  end)

  it("say which have other fields", function()
    assert.same({ list[2] }, objects.holding(list, { id = true, name = true }))
  end)

  it("tell what a field of theirs is", function()
    local id, name = table.unpack(objects.survey(list, { "id", "name" }))
    assert.same({ values = { 1, 2.5, 7 }, kind = "number", absent = 0, nulls = 0, low = 1,
      high = 7 }, id)
    assert.same({ values = { "a", null, null }, kind = "text", absent = 1, nulls = 2 }, name)
  end)

  it("are of one kind, or of none", function()
    local function kind(...)
      local rows = {}
      for at, value in ipairs { ... } do rows[at] = { v = value } end
      return objects.survey(rows, { "v" })[1].kind
    end
    assert.equal("none", kind())
    assert.equal("none", kind(null))
    assert.equal("integer", kind(1, null, 2))
    assert.equal("boolean", kind(true, false))
    for _, mixed in ipairs { { 1, "a" }, { "a\0" }, { "\xff" }, { {} }, { true, 1 } } do
      assert.equal("other", kind(table.unpack(mixed)))
    end
  end)
end)
