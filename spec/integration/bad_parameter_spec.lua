-- bad_parameter_spec.lua - statements and parameters that do not belong together.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local S = refusal.SECRET

local function placeholders(count)
  local list = {}
  for i = 1, count do list[i] = "$" .. i end
  return "select array[" .. table.concat(list, ",") .. "]::int[]"
end

local function numbers(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return table.unpack(list)
end

-- method, arguments, and what the message says
local CALLS = {
  { "query", { n = 0 }, "the SQL text must be a string, got nil" },
  { "query", { 5 }, "the SQL text must be a string, got number" },
  { "query", { {} }, "the SQL text must be a string, got table" },
  { "script", { n = 0 }, "the SQL text must be a string, got nil" },
  { "query", { "select '\0'" }, "NUL byte at offset 8" },
  { "query", { "select 1\0" }, "NUL byte at offset 8" },
  { "script", { "select 1;\0 select 2" }, "NUL byte at offset 9" },
  { "script", { "select 1", S }, "a script takes no parameters, got 1" },
  { "query", { "select $1::int, $2::int", 1 }, "query has 2 placeholders, got 1 value" },
  { "query", { "select $1::int", 1, 2 }, "query has 1 placeholder, got 2 values" },
  { "query", { "select $1::int" }, "query has 1 placeholder, got 0 values" },
  { "query", { "select 1", S }, "query has 0 placeholders, got 1 value" },
  { "query", { "select '$1', $$ $2 $$ -- $3", S }, "query has 0 placeholders, got 1 value" },
  { "exec", { "select $1::int", 1, 2 }, "query has 1 placeholder, got 2 values" },
  { "query", { "select :a::int, :b::int", { a = 1 } }, "parameter :b has no value" },
  { "query", { "select :name::text", { nmae = S } }, "parameter :name has no value" },
  { "query", { "select :a::int", 5 }, "takes one table, got number" },
  { "query", { "select :a::int" }, "given in one table, got 0 values" },
  { "query", { "select :a::int", { a = 1 }, 2 }, "given in one table, got 2 values" },
  { "many", { "select $1::int", 5 }, "many takes a list of parameters, got number" },
  { "many", { "select $1::int" }, "many takes a list of parameters, got no value" },
  { "many", { "select $1::int", { 5 } }, "parameters 1 of many must be a table, got number" },
  { "many", { "select $1::int", { { 1 }, { 1, 2 } } }, "query has 1 placeholder, got 2 values" },
  { "many", { "select :a::int", { { a = 1 }, { b = 2 } } }, "parameter :a has no value" },
}

local ROWS = {
  { "one", "select generate_series(1, 2)", "multiple_rows", "2 rows" },
  { "get", "select generate_series(1, 3)", "multiple_rows", "3 rows" },
  { "value", "select generate_series(1, 2)", "multiple_rows", "2 rows" },
  { "get", "select 1 where false", "not_found", "no row" },
}

describe("a statement refuses its parameters", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  for number, row in ipairs(CALLS) do
    local method, arguments, says = table.unpack(row)
    it(("by %s: %s (%d)"):format(method, says, number), function()
      local count = arguments.n or #arguments
      refusal.check({ kind = "bad_argument", says = says },
        db[method], db, table.unpack(arguments, 1, count))
    end)
  end

  it("when there are 65,536", function()
    refusal.check({ kind = "bad_argument", says = { "65535", "65536" }, cure = "any($1)" },
      db.value, db, placeholders(65536), numbers(65536))
  end)

  it("not when a nil is counted", function()
    assert.equal(0, db:value("select count($1::int)", nil))
  end)

  it("not when the table of names holds more than it needs", function()
    assert.equal(1, db:value("select :a::int", { a = 1, b = S }))
  end)

  it("when a method is called with a dot", function()
    refusal.check({ kind = "bad_argument", says = "engine or connection expected, got string",
      cure = "colon" }, db.query, "select 1")
  end)
end)

describe("a statement refuses its rows", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  for _, row in ipairs(ROWS) do
    local method, sql, kind, says = table.unpack(row)
    it(("by %s of %s"):format(method, sql), function()
      refusal.check({ kind = kind, says = says }, db[method], db, sql)
    end)
  end

  it("never for an empty text", function()
    for _, sql in ipairs { "", ";", "-- nothing", "/* nothing */" } do
      assert.equal(0, #db:query(sql))
    end
  end)
end)
