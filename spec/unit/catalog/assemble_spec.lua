-- Rows of the catalogue as objects, on a stock interpreter.
local assemble = require "moonpool.catalog.assemble"
local names = require "moonpool.catalog.names"
local sequence_options = require "moonpool.catalog.sequence_options"
local settings = require "moonpool.catalog.settings"
local snapshot = require "moonpool.catalog.snapshot"

local function rows(given)
  local found = {}
  for _, kind in ipairs(snapshot.KINDS) do found[kind] = given[kind] or {} end
  return found
end

local function column(relation, name, type_sql, more)
  local row = { relation = relation, name = name, type = type_sql, not_null = true, identity = "",
    generated = "", is_local = true, type_kind = "b" }
  for key, value in pairs(more or {}) do row[key] = value end
  return row
end

local users = { name = "users", kind = "r", parents = {}, method = "heap", unlogged = false,
  row_security = false, forced = false }

describe("rows of the catalogue", function()
  local given = rows {
    schema = { { name = "app" } },
    enum = { { name = "mood", labels = { "low" } } },
    relation = { users },
    column = { column("users", "id", "bigint", { identity = "a" }),
      column("users", "mood", "mood", { type_kind = "e", labels = { "low" } }) },
    constraint = { { relation = "users", kind = "p", name = "pk_users", columns = { "id" },
      include = {}, is_deferrable = false } },
  }

  it("become objects with their parts", function()
    local objects = assemble({ schema = "app", rows = given }, "app")

    assert.equal(2, #objects)
    local mood, of = objects[1], objects[2]
    assert.same({ "mood", nil }, { mood.name, mood.schema })
    assert.equal("pk_users", of.primary_key.name)
    assert.equal("always", of.by_name.id.identity)
    assert.same({ "enum", { "low" } }, { of.by_name.mood.shape, of.by_name.mood.labels })
  end)

  it("keep the schema's name where the search path leads elsewhere", function()
    local objects = assemble({ schema = "app", rows = given }, "public")

    assert.equal("schema", objects[1].kind)
    assert.equal("app", objects[2].schema)
    assert.equal("app", objects[3].schema)
  end)
end)

describe("names of the catalogue", function()
  it("have the schema that goes without saying left out", function()
    local own = names.new("app", "app")

    assert.is_nil(own.object_schema)
    assert.equal("users", names.qualified(own, "app", "users"))
    assert.equal("other.users", names.qualified(own, "other", "users"))
    assert.equal("app.users", names.qualified(names.new("app", nil), "app", "users"))
  end)

  it("are plain for the server's own collations", function()
    assert.equal("C", names.collation("pg_catalog", "C"))
    assert.equal('app."My C"', tostring(names.collation("app", "My C")))
    assert.is_nil(names.collation(nil, nil))
  end)
end)

describe("options of the catalogue", function()
  it("are settings by name, numbers where they read back the same", function()
    assert.same({ fillfactor = 70, autovacuum_enabled = "false", x = "007", y = "a=b" },
      settings { "fillfactor=70", "autovacuum_enabled=false", "x=007", "y=a=b" })
    assert.is_nil(settings {})
    assert.is_nil(settings(nil))
  end)

  local sequences = {
    { { 1, 1, 1, math.maxinteger }, "int8", {} },
    { { 5, 1, 1, math.maxinteger }, "int8", { start = 5 } },
    { { -1, -1, math.mininteger, -1 }, "int8", { increment = -1 } },
    { { 1, 1, 1, 0x7fffffff }, "int4", {} },
    { { 10, 5, 10, 100 }, "int2", { increment = 5, min = 10, max = 100 } },
  }
  for at, case in ipairs(sequences) do
    it("of a sequence are those that are not usual " .. at, function()
      local start, increment, min, max = table.unpack(case[1])
      assert.same(case[3], sequence_options({ start = start, increment = increment, min = min,
        max = max, cache = 1, cycle = false }, case[2]))
    end)
  end
end)
