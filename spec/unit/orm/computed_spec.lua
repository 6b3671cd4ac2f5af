-- moonpool.orm.computed: one name for an expression in queries and for a value of instances.
local c = require "moonpool.column"
local computed = require "moonpool.orm.computed"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"

local Person = model.new { "com_people", c.text "first", c.text "last",
  computed.new("full_name", {
    sql = function(p) return p.first .. " " .. p.last end,
    lua = function(p) return p.first .. " " .. p.last end }),
  computed.new("initial", { sql = "left(first, 1)" }),
  computed.new("shout", { lua = function(p) return p.first:upper() end }) }

local function refusal(kind, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  return err.message
end

describe("moonpool.orm.computed", function()
  it("is an expression of the model and of its aliases", function()
    assert.equal("com_people.first || ($1 || com_people.last)", tostring(Person.full_name))
    assert.equal("p.first || ($1 || p.last)", tostring(Person:as("p").full_name))
    assert.equal("(left(first, 1)) = $1", tostring(Person.initial:eq "A"))
  end)

  it("is a value of an instance, and no field of it", function()
    local ada = Person { first = "Ada", last = "Lovelace" }

    assert.equal("Ada Lovelace", ada.full_name)
    assert.equal("ADA", ada.shout)
    assert.is_nil(rawget(ada, "full_name"))
  end)

  it("says where it is known", function()
    assert.equal('"initial" is computed in SQL alone',
      refusal("not_loaded", function() return Person { first = "A", last = "B" }.initial end))
    assert.equal('"shout" of "com_people" is computed in Lua alone',
      refusal("bad_argument", function() return Person.shout end))
  end)

  it("is read only, and refuses what says nothing", function()
    assert.matches('no column "full_name"', refusal("bad_argument", Person, { full_name = "x" }))
    assert.equal('mp.computed("x"): it says neither sql nor lua',
      refusal("bad_argument", computed.new, "x", {}))
    assert.equal('"first" of "com_twice" stands twice', refusal("bad_argument", model.new,
      { "com_twice", c.text "first", computed.new("first", { sql = "1" }) }))
  end)
end)
