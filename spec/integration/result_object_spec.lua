-- result_object_spec.lua - a result that stays whole: its rows, and the objects it is loaded into.
local identity_key = require "moonpool.orm.identity_key"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local seed = require "spec.support.seed"

describe("a result object", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 4 } }) end)
  teardown(function() db:close() end)

  local function load(result, options)
    options.names = options.names or result:names()
    return result:load(options)
  end

  it("has the rows that query and tuples would have given", function()
    local sql = "select n, 'row ' || n as note, nullif(n, 2) as odd from generate_series(1, 3) as n"
    local result = db:result(sql)

    assert.equal(3, #result)
    assert.same({ "n", "note", "odd" }, result:names())
    assert.same(db:query(sql), result:rows())
    assert.same(db:tuples(sql), result:tuples())
    for at = 1, 3 do
      local values = {}
      for row, tuple in ipairs(db:tuples(sql)) do
        values[row] = tuple[at] == nil and mp.null or tuple[at]
      end
      assert.same(values, result:column(at))
    end
    refusal.check({ kind = "bad_argument", says = "3 columns, and none at 4" }, result.column,
      result, 4)
    assert.equal("SELECT 3", result:rows().command)
    assert.equal("result(3 rows of 3 columns)", tostring(result))
  end)

  it("keeps the cells of many rows as they came", function()
    local sql = "select nullif(n % 3, 1) as n, case n % 4 when 0 then null when 1 then '' "
      .. "else repeat('é', n * $1) end as t, null::text as none, n % 2 = 0 as even, '' as empty "
      .. "from generate_series(1, 300) as n"
    for _, length in ipairs { 0, 1, 40 } do
      assert.same(db:query(sql, length), db:result(sql, length):rows())
    end
    local nulls = {}
    for at = 1, 500 do nulls[at] = "null::int as n" .. at end
    sql = "select " .. table.concat(nulls, ", ") .. ", n from generate_series(1, 20) as n"
    assert.same(db:query(sql), db:result(sql):rows())
    assert.equal(500, #db:result "select from generate_series(1, 500)")
    assert.equal("SELECT 500", db:result("select from generate_series(1, 500)"):rows().command)
  end)

  it("is there without rows, and without columns", function()
    local none = db:result "select 1 as n where false"
    assert.equal(0, #none)
    assert.same({}, load(none, { key = { 1 }, identity = {}, entries = {} }))

    local bare = db:result "select from generate_series(1, 2)"
    assert.same({}, bare:names())
    assert.same({ {}, {} }, load(bare, {}))
  end)

  it("comes from connections, transactions, views and pipelines alike", function()
    local sql = "select $1::int as n"
    local conn <close> = db:connect()
    local tx <close> = db:begin()
    local results = conn:pipeline(function(p)
      p:result(sql, 1)
      p:value "select 5"
      p:result(sql, 2)
      p:many("select $1::int as n", { { 3 }, { 4 } })
    end)

    assert.same({ { n = 1 } }, results[1]:rows())
    assert.equal(5, results[2])
    assert.same({ { n = 2 } }, results[3]:rows())
    assert.same({ { { n = 3 } }, { { n = 4 } } }, results[4])
    for _, executor in ipairs { conn, tx, db:read(), db:with { timeout = 5 } } do
      assert.same({ { n = 9 } }, executor:result(sql, 9):rows())
    end
  end)

  it("raises what the server says, as other methods do", function()
    refusal.check({ kind = "division_by_zero" }, db.result, db, "select 1/0")
  end)

  describe("loads", function()
    local sql = "select n as id, 'user ' || n as name from generate_series(1, 3) as n"

    it("a new object for each row, in order, with what it is told", function()
      local result = db:result(sql)
      local metatable, identity, entries = {}, {}, {}
      local list = load(result, { metatable = metatable, key = { 1 }, identity = identity,
        entries = entries })

      assert.same({ { id = 1, name = "user 1" }, { id = 2, name = "user 2" },
        { id = 3, name = "user 3" } }, list)
      for row, object in ipairs(list) do
        assert.equal(metatable, getmetatable(object))
        assert.equal(object, identity[row])
        assert.equal(row, entries[object])
      end
    end)

    it("names of the caller's, and leaves out what has none", function()
      local object = load(db:result(sql), { names = { false, "label" } })[1]
      assert.same({ label = "user 1" }, object)
      assert.same({ { label = 1 }, { label = 2 }, { label = 3 } },
        load(db:result(sql), { names = { "label" } }))
    end)

    it("an object that is known already as it is", function()
      local known = { id = 2, name = "changed" }
      local identity, entries = { [2] = known }, {}
      local list = load(db:result(sql), { key = { 1 }, identity = identity, entries = entries })

      assert.equal(known, list[2])
      assert.same({ id = 2, name = "changed" }, known)
      assert.is_nil(entries[known])
    end)

    it("the same object for a key that comes twice", function()
      local list = load(db:result "select 1 as id union all select 1",
        { key = { 1 }, identity = {} })
      assert.equal(list[1], list[2])
    end)

    it("false for a row whose key is NULL", function()
      local list, present = load(db:result "values (1, 1), (null, 2), (3, null)",
        { key = { 1, 2 }, identity = {} })
      assert.same({ { column1 = 1, column2 = 1 }, false, false }, list)
      assert.same({ { column1 = 1, column2 = 1 } }, present)
      assert.equal(list[1], present[1])
    end)

    it("some of the rows", function()
      local entries = {}
      local list = load(db:result(sql), { first = 2, count = 1, entries = entries })
      assert.same({ { id = 2, name = "user 2" } }, list)
      assert.equal(2, entries[list[1]])
      assert.same({}, load(db:result(sql), { first = 4 }))
    end)

    it("more columns than are read in one go", function()
      local parts, names = {}, {}
      for i = 1, 40 do
        parts[i] = ("%d as c%d"):format(i, i)
        names[i] = i % 3 == 0 and ("n%d"):format(i)
      end
      local expected = {}
      for i = 3, 40, 3 do expected["n" .. i] = i end
      assert.same({ expected },
        load(db:result("select " .. table.concat(parts, ", ")), { names = names, key = { 39 },
          identity = {} }))
    end)

    it("many rows, each once", function()
      local result = db:result "select n, n::text as t from generate_series(1, 5000) as n"
      local identity, entries = {}, {}
      local list = load(result, { key = { 2 }, identity = identity, entries = entries })
      assert.equal(5000, #list)
      assert.equal(list[4711], identity["4711"])
      assert.equal(4711, entries[list[4711]])
    end)

    it("keys of every type that has one by value, as the identity map has them", function()
      for _, key in ipairs { "7", "'ada'::text", "true", "'red'::name", "1.5::float8",
        "'nan'::float4", "2::float8", "1.50::numeric", "3.00::numeric", "'nan'::numeric",
        "'2024-02-29'::date",
        "'2024-02-29 12:00:00+02'::timestamptz", "'[1,5)'::int4range", "'a\\000'::bytea",
        "'0b0e5b8c-5a1b-4f0e-8f51-3c3f3c2a0c11'::uuid", "'1 mon'::interval", "'x'::\"char\"" } do
        local result = db:result(("select %s as a, %s as b, 1 as c"):format(key, key))
        local value = result:rows()[1].a
        for _, columns in ipairs { { 1 }, { 1, 2 }, { 3, 1 } } do
          local identity, values = {}, {}
          local object = load(result, { key = columns, identity = identity })[1]
          for i, column in ipairs(columns) do values[i] = column == 3 and 1 or value end
          assert.equal(object, identity[identity_key.of(values, #values)])
        end
      end
    end)

    it("and refuses a key that has none", function()
      refusal.check({ kind = "bad_argument", says = "a table cannot be part of a primary key" },
        load, db:result "select '[1]'::jsonb", { key = { 1 }, identity = {} })
    end)

    it("packs random keys as the identity map does", function()
      seed.set "result_object"
      local function any(kind)
        if kind == 1 then return math.random(math.mininteger, math.maxinteger), "int8" end
        if kind == 2 then return math.random() * 10 ^ math.random(-20, 20), "float8" end
        return string.rep("\u{e9}a", math.random(0, 3)), "text"
      end
      for _ = 1, 100 do
        local a, a_type = any(math.random(3))
        local b, b_type = any(math.random(3))
        local identity = {}
        local result = db:result(("select $1::%s, $2::%s"):format(a_type, b_type), a, b)
        local object = result:load { names = { "a", "b" }, key = { 1, 2 }, identity = identity }[1]
        assert.equal(object, identity[identity_key.of({ a, b }, 2)])
      end
    end)

    for name, options in pairs {
      ["a first row before the first"] = { first = 0 },
      ["a first row far behind the last"] = { first = 5 },
      ["more rows than there are"] = { first = 2, count = 3 },
      ["a key column that is not there"] = { key = { 3 } },
      ["a key that is no list"] = { key = 1 },
      ["a name that is none"] = { names = { 1 } },
      ["more names than columns"] = { names = { "a", "b", "c" } },
      ["an identity map that is none"] = { identity = 7 },
    } do
      it("nothing for " .. name, function()
        refusal.check({ kind = "bad_argument" }, load, db:result(sql), options)
      end)
    end
  end)

  describe("in memory", function()
    it("is gone once released, and says so", function()
      local result = db:result "select 1 as n"
      result:release()
      result:release()

      assert.equal("result(released)", tostring(result))
      for _, method in ipairs { "names", "rows", "tuples", "load", "changes", "snapshot" } do
        refusal.check({ kind = "bad_argument", says = "the result was released" }, result[method],
          result, {}, {}, {})
      end
      assert.has_error(function() return #result end)
    end)

    it("is released at the end of its block", function()
      local kept
      do
        local result <close> = db:result "select 1 as n"
        kept = result
      end
      assert.equal("result(released)", tostring(kept))
    end)

    it("outlives its statement, its connection and its types", function()
      db:script "drop type if exists result_mood; create type result_mood as enum ('happy', 'sad')"
      local conn = db:connect()
      local result = conn:result
        "select 'happy'::result_mood as mood, row(1, 'sad'::result_mood) as r"
      conn:close()
      db:script "drop type result_mood"
      collectgarbage()

      assert.same({ { mood = "happy", r = { f1 = 1, f2 = "sad" } } }, result:rows())
    end)

    it("is collected with what it holds, however little of that Lua sees", function()
      local alive, count = setmetatable({}, { __mode = "v" }), 0
      for i = 1, 200 do alive[i] = db:result "select repeat('x', 1000000) as filler" end
      for _ in pairs(alive) do count = count + 1 end
      assert.is_true(count < 60, count)
    end)
  end)
end)
