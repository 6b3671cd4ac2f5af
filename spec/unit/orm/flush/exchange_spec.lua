-- moonpool.orm.flush.exchange: the order of statements where unique values change hands.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local declare = require "moonpool.orm.relation.declare"
local index = require "moonpool.schema.index"
local index_predicate = require "moonpool.orm.flush.index_predicate"
local model = require "moonpool.orm.model"
local null = require "moonpool.null"
local orm_session = require "moonpool.orm.session"
local refusal = require "spec.support.refusal"
local session_target = require "spec.support.session_target"
local vacancy = require "moonpool.orm.flush.vacancy"

local stored = session_target.stored

local function keyed(name, ...)
  return model.new { name, c.int8("id", { primary_key = true }), ... }
end

local Code = keyed("x_codes", c.varchar("code", { length = 3, unique = true }),
  c.text("note", { null = true }))
local Odd = keyed("x_odds", c.varchar("code", { length = 3 }),
  index.new { "code", unique = true, where = "id % 2 = 0" })
local Free = keyed("x_frees", c.text("code", { unique = true }))
local Owner = keyed("x_owners", c.varchar("code", { length = 3, unique = true }))
local Child = keyed("x_children", c.text "name",
  declare.belongs_to("owner", { table = "x_owners", null = true }))
local Lazy = keyed("x_lazy", c.varchar("code", { length = 3 }),
  constraint.unique { "code", deferrable = "immediate" })

-- "update x_codes code 1"
local function sent(s)
  local list = {}
  for _, one in ipairs(s:plan().statements) do
    local text
    for _, pattern in ipairs { "(insert into) (%S+)", "(delete from) (%S+)",
      "(update) (%S+) set (%S+)", "(set) (constraints) (.*)" } do
      text = text or one.sql:find(pattern) and table.concat({ one.sql:match(pattern) }, " ")
    end
    if text then list[#list + 1] = ("%s %d"):format(text, one.rows) end
  end
  return list
end

describe("moonpool.orm.flush.exchange", function()
  local s
  before_each(function() s = orm_session.open(session_target.new(), nil, {}) end)

  it("writes the row whose value is taken before the one that takes it", function()
    local a = stored(s, Code, { id = 1, code = "a" })
    local b = stored(s, Code, { id = 2, code = "b" })
    a.code, b.code, b.note = "b", "c", "longer"
    assert.same({ "update x_codes code 1", "update x_codes code 1" }, sent(s))
    assert.matches("note = ", s:plan().statements[2].sql)
  end)

  it("leaves rows together that take nothing from each other", function()
    for at = 1, 3 do stored(s, Code, { id = at, code = "a" .. at }).code = "b" .. at end
    assert.same({ "update x_codes code 3" }, sent(s))
  end)

  it("moves one row of a circle out of the way", function()
    local a = stored(s, Free, { id = 1, code = "a" })
    local b = stored(s, Free, { id = 2, code = "b" })
    a.code, b.code = "b", "a"
    assert.same({ "update x_frees code 1", "update x_frees code 1", "update x_frees code 1" },
      sent(s))
  end)

  it("names what cannot be done, and the cure", function()
    local a = stored(s, Code, { id = 1, code = "a" })
    local b = stored(s, Code, { id = 2, code = "b" })
    a.code, b.code = "b", "a"
    local says = { '"x_codes"', "(code)" }
    local err = refusal.check({ kind = "bad_argument", says = says }, s.plan, s)
    assert.equal("uq_x_codes_code", err.constraint)
  end)

  it("leaves to the server what an index holds by a condition that is not known here", function()
    local a = stored(s, Odd, { id = 1, code = "a" })
    local b = stored(s, Odd, { id = 2, code = "b" })
    a.code, b.code = "b", "a"
    assert.same({ "update x_odds code 1", "update x_odds code 1" }, sent(s))
  end)

  it("lets a constraint wait that may", function()
    local a = stored(s, Lazy, { id = 1, code = "a" })
    local b = stored(s, Lazy, { id = 2, code = "b" })
    a.code, b.code = "b", "a"
    assert.same({ "set constraints uq_x_lazy_code deferred 0", "update x_lazy code 2",
      "set constraints uq_x_lazy_code immediate 0" }, sent(s))
  end)

  it("deletes before it inserts where a value is taken over, and only there", function()
    local owner = stored(s, Owner, { id = 1, code = "a" })
    local other = stored(s, Owner, { id = 2, code = "b" })
    local child = stored(s, Child, { id = 1, name = "c", owner_id = 2 })
    child.name = "changed"
    s:add(Owner { id = 3, code = "a" })
    s:delete(owner)
    assert.same({ "delete from x_owners 1", "update x_children name 1", "insert into x_owners 1" },
      sent(s))
    child.owner_id = nil
    s:delete(other)
    assert.same({ "delete from x_owners 1", "update x_children name 1",
      "insert into x_owners 1", "delete from x_owners 1" }, sent(s))
    s:add(Owner { id = 4, code = "b" })
    assert.same({ "delete from x_owners 1", "update x_children name 1",
      "delete from x_owners 1", "insert into x_owners 2" }, sent(s))
  end)

  it("finds no value for what a check, a key or a reference is about", function()
    local function of(...)
      local described = keyed("x_vacant", ...).table
      local key = described.uniques[1] or described.indexes[1]
      return vacancy.of(described, { columns = key.columns or { key.elements[1].column },
        nulls_not_distinct = key.nulls_not_distinct }, 7)
    end
    local unique = { unique = true }
    assert.equal("moonpool:", select(2, of(c.text("a", unique))):sub(1, 9))
    assert.is_true(select(2, of(c.int4("a", unique))) <= -(1 << 30))
    assert.same({ "b", null }, { of(c.text "a", c.text("b", { null = true }),
      constraint.unique { "a", "b" }) })
    assert.same({ "a", null }, { of(c.text("a", { null = true, unique = true,
      check = "a ~ '@'" })) })
    assert.is_nil(of(c.text("a", { unique = true, check = "a ~ '@'" })))
    assert.is_nil(of(c.text("a", { null = true }), constraint.check "a is not null or id > 5",
      index.new { "a", unique = true, nulls_not_distinct = true }))
    assert.is_nil(of(c.int8("a", { unique = true, references = "x_owners" })))
    assert.is_nil(of(c.int2("a", unique)))
    assert.is_nil(vacancy.of(Code.table, { columns = { "id" }, is_primary = true }, 1))
  end)
end)

describe("moonpool.orm.flush.index_predicate", function()
  local columns = { is_main = true, state = true, gone_at = true, n = true }

  local function holds(sql, row)
    local predicate = index_predicate.read(sql, columns)
    return predicate and predicate(function(name) return row[name] end)
  end

  it("tells which rows an index is of", function()
    assert.is_true(holds("is_main", { is_main = true }))
    assert.is_false(holds("is_main", {}))
    assert.is_true(holds("NOT is_main", { is_main = false }))
    assert.is_true(holds("gone_at IS NULL", {}))
    assert.is_false(holds("gone_at is not null", {}))
    assert.is_true(holds("state = 'Live AND well'", { state = "Live AND well" }) == nil)
    assert.is_true(holds("(State = 'Live') and (n = 3)", { state = "Live", n = 3 }))
    assert.is_false(holds("state = 'live' and n = 3", { state = "live", n = 4 }))
    assert.is_true(holds("is_main = true and gone_at is null", { is_main = true }))
  end)

  it("says nothing of what it does not know", function()
    for _, sql in ipairs { "n > 3", "state = 'a' or n = 1", "lower(state) = 'a'", "other",
      "not n = 3", "state = 'it''s'", "" } do
      assert.is_nil(index_predicate.read(sql, columns))
    end
  end)
end)
