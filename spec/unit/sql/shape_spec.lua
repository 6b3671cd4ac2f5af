-- moonpool.sql.shape and .node: what is written once, and that a value is never part of it.
local compiler = require "moonpool.sql.compiler"
local expression_text = require "moonpool.sql.text.expression"
local mp = require "moonpool"
local node = require "moonpool.sql.node"
local shape = require "moonpool.sql.shape"
local term = require "moonpool.sql.term"

local u = mp.table("users", { "id", "name", "age" }):as "u"

local function query(...)
  return mp.select({ u.id }):from(u):where(...)
end

-- How often a column was written while the function ran.
local function written(fn)
  local count, write = 0, expression_text.column
  local visitors = compiler.visitors
  visitors.column = function(...)
    count = count + 1
    return write(...)
  end
  local ok, err = pcall(fn)
  visitors.column = write
  assert(ok, err)
  return count
end

describe("a shape", function()
  it("is shared by what differs in its values alone", function()
    assert.equal(query(u.age:eq(1)).shape, query(u.age:eq(2)).shape)
    assert.equal(query(u.age:one_of { 1 }).shape, query(u.age:one_of { 1, 2, 3 }).shape)
  end)

  it("tells apart what differs in its text", function()
    local seen = {}
    for _, made in ipairs { query(u.age:eq(1)), query(u.age:gt(1)), query(u.id:eq(1)),
      query(u.age:eq(mp.null)), query(u.age:eq(1)):limit(1), query(u.age:eq(1)):offset(1),
      query(u.age:eq(1)):distinct(), query(u.age:eq(1) & u.id:eq(1)),
      query(u.age:eq(1), u.id:eq(1)), query(u.age:eq(1)):order_by "id",
      query(u.age:eq(1)):order_by(u.id:desc()),
      query(u.age:eq(mp.sql("?::int8", 1))) } do
      assert.is_nil(seen[made.shape], tostring(made))
      seen[made.shape] = true
    end
  end)

  it("has its text written once", function()
    local fragment = "x_written_once + ?"
    local function build(value)
      return mp.select({ u.name }):from(u):where(mp.sql(fragment, value):gt(u.age)):sql()
    end

    assert.equal(2, written(function() build(1) end))
    assert.equal(0, written(function() for value = 1, 50 do build(value) end end))
  end)

  it("is written anew where one value stands in two places", function()
    local shared = mp.sql("? + age", 1)
    local same = mp.select({ shared:as "v" }):from(u):group_by(shared)
    local other = mp.select({ mp.sql("? + age", 1):as "v" }):from(u)
      :group_by(mp.sql("? + age", 2))

    assert.equal("select $1 + age as v from users as u group by $1 + age", tostring(same))
    assert.equal("select $1 + age as v from users as u group by $2 + age", tostring(other))
    assert.equal("select $1 + age as v from users as u group by $1 + age", tostring(same))
    assert.same({ 1, n = 1 }, select(2, same:sql()))
    assert.same({ 1, 2, n = 2 }, select(2, other:sql()))
  end)

  it("gives each statement the values of its own", function()
    local first, second = query { age = 1, name = "a" }, query { age = 2, name = "b" }

    assert.same({ 1, "a", n = 2 }, select(2, first:sql()))
    assert.same({ 2, "b", n = 2 }, select(2, second:sql()))
    assert.same({ 1, "a", n = 2 }, select(2, first:sql()))
  end)

  it("gives parameters that a caller may change", function()
    local made = query { age = 1 }
    local _, params = made:sql()
    params[1] = 99

    assert.same({ 1, n = 1 }, select(2, made:sql()))
  end)

  it("keeps the value that a list had when the query was built", function()
    local ids = { 1, 2 }
    local made = query(u.id:one_of(ids))
    ids[3] = 3

    assert.same({ { 1, 2 }, n = 1 }, select(2, made:sql()))
  end)

  it("is forgotten when there are too many, and nothing is confused by it", function()
    local kept = query(u.age:gt(5)):limit(3)
    local before = tostring(kept)

    for at = 1, shape.LIMIT do
      tostring(query(mp.sql("x" .. at .. " > ?", at)))
    end

    assert.is_true(shape.count() <= shape.LIMIT)
    assert.equal(before, tostring(kept))
    assert.equal(before, tostring(query(u.age:gt(6)):limit(4)))
    assert.equal(before .. " offset $3", tostring(kept:offset(1)))
    assert.same({ 5, 3, 1, n = 3 }, select(2, kept:offset(1):sql()))
  end)

  it("does not keep values alive", function()
    local held = setmetatable({ {} }, { __mode = "v" })
    tostring(query(u.name:eq(held[1])))
    collectgarbage()
    collectgarbage()

    assert.is_nil(held[1])
  end)
end)

describe("a node's fields", function()
  local statements = {
    select = mp.select { u.id }, compound = mp.select({ u.id }):union(mp.select { u.id }),
    insert = mp.insert "t", update = mp.update "t", delete = mp.delete "t", merge = mp.merge "t",
    values = mp.values { { 1 } },
  }

  it("have no name of a method, which would be read for a field that is not there", function()
    for kind, names in pairs(node.fields()) do
      local class = statements[kind] and getmetatable(statements[kind]) or term.class
      for _, name in ipairs(names) do
        assert.not_equal("function", type(class[name]), kind .. "." .. name)
      end
    end
  end)

  it("are those of every kind that can be written", function()
    for kind in pairs(node.fields()) do
      local is_part = ({ alias_column = true, sample = true, branch = true, tuple = true,
        ordinality = true })[kind]
      assert.is_true(is_part or compiler.visitors[kind] ~= nil, kind)
    end
  end)
end)
