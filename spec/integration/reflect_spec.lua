-- reflect_spec.lua - what a live database holds, read as declarations that make the same again.
local metadata = require "moonpool.schema.metadata"
local mp = require "moonpool"
local schema_dump = require "spec.support.schema_dump"
local zoo = require "spec.support.schema_zoo"

local function open(schema)
  return mp.engine(nil, { pool = { max = 2 }, settings = { search_path = schema .. ", public" } })
end

local function create(db, statements)
  db:transaction(function(tx)
    for _, sql in ipairs(statements) do tx:exec(sql) end
  end)
end

-- The schema as one text, in which it is called "same".
local function dump(schema)
  return (schema_dump.read_schema(nil, schema):gsub("%f[%w_]" .. schema .. "%f[^%w_]", "same"))
end

local function lines_only_in(a, b)
  local known, list = {}, {}
  for line in b:gmatch "[^\n]+" do known[line] = true end
  for line in a:gmatch "[^\n]+" do
    if not known[line] then list[#list + 1] = line end
  end
  return list
end

local function assert_same(a, b)
  assert.same({}, lines_only_in(a, b))
  assert.same({}, lines_only_in(b, a))
  assert.equal(a, b)
end

describe("mp.reflect", function()
  local db, found
  setup(function()
    db = open "zoo_one"
    db:script "create schema zoo_one; create schema zoo_two; create schema zoo_three"
    for _, name in ipairs { "citext", "hstore", "btree_gist", "pg_trgm" } do
      db:exec(("create extension if not exists %s schema public"):format(name))
    end
    create(db, metadata.new(zoo):create_statements())
    found = mp.reflect(db)
  end)
  teardown(function()
    db:script [[set client_min_messages = warning;
      drop schema zoo_one, zoo_two, zoo_three cascade]]
    db:close()
  end)

  it("reads what makes the same schema again", function()
    local other <close> = open "zoo_two"

    create(other, found:metadata():create_statements())

    local text = dump "zoo_one"
    assert.is_true(select(2, text:gsub("CREATE ", "")) > 50)
    assert_same(text, dump "zoo_two")
  end)

  it("writes whole names when asked, which are right under every search path", function()
    local whole = mp.reflect(db, { schema = "zoo_one", qualified = true })
    local statements = whole:metadata():create_statements()
    for at, sql in ipairs(statements) do
      statements[at] = sql:gsub("zoo_one", "zoo_three")
    end

    -- Bodies of functions are texts, which no one rewrites.
    local other <close> = open "zoo_three"
    create(other, statements)

    assert_same(dump "zoo_one", dump "zoo_three")
  end)
end)
