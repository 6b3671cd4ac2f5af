-- result_changes_spec.lua - what has changed of the objects that a result was loaded into.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local random_values = require "spec.support.random_values"
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

  describe("knows what has changed", function()
    local function loaded(sql)
      local result = db:result(sql)
      return result, load(result, {})[1], result:names()
    end

    it("nothing right after loading, whatever the types", function()
      local result, object, names = loaded [[select 1::int2 as a, 2::int8 as b, 'x'::text as c,
        true as d, 'nan'::float8 as e, 1.5::float4 as f, 1.50::numeric as g, 'nan'::numeric as h,
        'ab'::bytea as i, '0b0e5b8c-5a1b-4f0e-8f51-3c3f3c2a0c11'::uuid as j, now() as k,
        '1 mon'::interval as l, '{"a": [1, {}, [], null]}'::jsonb as m, array[1, null, 3] as n,
        '[2024-01-01,2024-02-01)'::daterange as o, null::text as p, row(1, 'a') as q,
        '[2:3]={1,2}'::int[] as r, 'null'::json as s, '{}'::text[] as t, '12:00+02'::timetz as u,
        '{[1,2)}'::int4multirange as v]]

      assert.is_nil(result:changes(1, object, names))
    end)

    it("each field that has another value, by its name, in the order of the columns", function()
      local result, object, names = loaded [[select 1 as a, 'x'::text as b, 1.5::numeric as c,
        now() as d, '[1, 2]'::jsonb as e, array[1, 2] as f, '1 mon'::interval as g, 'y'::text as h,
        true as i, 1.5::float8 as j, '0b0e5b8c-5a1b-4f0e-8f51-3c3f3c2a0c11'::uuid as k]]
      object.a, object.b, object.c = 2, "xx", mp.decimal "1.6"
      object.d = object.d + mp.interval { days = 1 }
      object.e[3] = 3
      object.f = { 1, mp.null }
      object.g = mp.interval { days = 30 }
      object.i, object.j = false, 1.25
      object.k = "0b0e5b8c-5a1b-4f0e-8f51-3c3f3c2a0c12"

      assert.same({ "a", "b", "c", "d", "e", "f", "g", "i", "j", "k" },
        result:changes(1, object, names))
    end)

    it("no field that says the same in other words", function()
      local result, object, names = loaded [[select 1 as a, 1.5::numeric as b,
        '{"x": 1}'::jsonb as c, array[1, 2] as d, null::int as e, '[1,2)'::int4range as f,
        now() as g]]
      object.a, object.b = 1.0, mp.decimal "1.500"
      object.c, object.d, object.e = { x = 1.0 }, { 1, 2 }, mp.null
      object.f = mp.range(1, 2, "[)")
      object.g = mp.timestamp(tostring(object.g))

      assert.is_nil(result:changes(1, object, names))
    end)

    it("a field that was set, cleared, or made NULL", function()
      local result, object, names = loaded [[select 1 as a, 'x'::text as b, null::text as c,
        '1'::json as d]]
      object.a, object.b, object.c, object.d = nil, mp.null, "set", nil

      assert.same({ "a", "b", "c", "d" }, result:changes(1, object, names))
    end)

    it("a value of another kind, even one that does not compare", function()
      local result, object, names = loaded [[select 1 as a, 'x'::text as b, now() as c,
        1::numeric as d, '[]'::jsonb as e]]
      object.a, object.b, object.c, object.d = "1", 1, mp.timestamp "2024-01-01 00:00:00", 1
      object.e = mp.map {}

      assert.same({ "a", "b", "c", "d", "e" }, result:changes(1, object, names))
    end)

    it("nothing of a column that was not loaded", function()
      local result = db:result "select 1 as a, 2 as b"
      assert.is_nil(result:changes(1, { b = 2 }, { false, "b" }))
      assert.same({ "b" }, result:changes(1, { a = 5 }, { false, "b" }))
    end)

    it("and the values as they were", function()
      local result, object, names = loaded "select 1 as a, '[1]'::jsonb as b, null as c, 2 as d"
      object.b[1] = 7
      names[4] = false

      local snapshot = result:snapshot(1, names)
      assert.same({ a = 1, b = { 1 } }, snapshot)
    end)

    it("only of rows that are there", function()
      local result = db:result "select 1 as a"
      for _, row in ipairs { 0, 2, "1", 1.5 } do
        refusal.check({ kind = "bad_argument", says = "the result has 1 rows" }, result.snapshot,
          result, row, { "a" })
        refusal.check({ kind = "bad_argument", says = "the result has 1 rows" }, result.changes,
          result, row, {}, { "a" })
      end
    end)

    it("nothing of random values of every type", function()
      seed.set "result_changes"
      for _, row in ipairs(random_values.ROWS) do
        for _ = 1, 5 do
          local sql = ("select $1::%s as v"):format(row.type)
          local result = db:result(sql, row.random())
          assert.is_nil(result:changes(1, load(result, {})[1], { "v" }), row.type)
        end
      end
    end)
  end)

  describe("finds changed objects", function()
    local function batch(sql, entries)
      local result = db:result(sql)
      local metatable = { result = result, names = result:names() }
      return load(result, { metatable = metatable, entries = entries, key = { 1 }, identity = {} })
    end

    it("of several results, in the order they were loaded", function()
      local entries = {}
      local first = batch("select n as id, 'a' as name from generate_series(1, 500) as n", entries)
      local second = batch("select n as id, n * 2 as twice from generate_series(1, 500) as n",
        entries)
      second[400].twice, second[3].twice = 0, nil
      first[77].name, first[5].name, first[500].id = "b", mp.null, 0

      local found = driver.find_changed(entries)
      assert.equal(5, #found)
      for i, object in ipairs { first[5], first[77], first[500], second[3], second[400] } do
        assert.equal(object, found[i])
      end
    end)

    it("with their rows and the names of what has changed", function()
      local entries = {}
      local list = batch("select n as id, 'a' as name, n as other from generate_series(1, 9) n",
        entries)
      list[3].name, list[4].name, list[5].name, list[5].id = "b", nil, "c", 0
      list[7].other = 1

      local changed, _, _, rows, names = driver.find_changed(entries)
      assert.same({ list[3], list[4], list[5], list[7] }, changed)
      assert.same({ { "name" }, { "name" }, { "id", "name" }, { "other" } }, names)
      assert.same({ { id = 3, name = "a", other = 3 }, { id = 4, name = "a", other = 4 },
        { id = 5, name = "a", other = 5 }, { id = 7, name = "a", other = 7 } }, rows)
    end)

    it("among batches that are not put down, but for those that are known better", function()
      local result = db:result "select n as id from generate_series(1, 5) n"
      local metatable = { result = result, names = { "id" } }
      local list, siblings, made = load(result, { metatable = metatable, key = { 1 },
        identity = {} })
      assert.equal(5, made)
      list[2].id, list[4].id, list[5].id = 0, 0, 0

      local changed, _, copied = driver.find_changed({ [list[4]] = { id = 0 },
        [list[5]] = { id = 1 } }, { { siblings = siblings } })
      assert.same({ list[2], list[5] }, changed)
      assert.same({}, copied)
    end)

    it("and compares with a copy where there is one", function()
      local entries = {}
      local list = batch("select 1 as id", entries)
      entries[list[1]] = { id = 2 }
      list[1].id = 2

      assert.same({}, (driver.find_changed(entries)))
      assert.same({}, (driver.find_changed {}))
    end)

    it("and those that hold more than their row", function()
      local entries = {}
      local list = batch("select n as id, nullif(n, 2) as odd from generate_series(1, 9) as n",
        entries)
      list[2].odd = mp.null
      list[3].other, list[5][1] = true, true
      list[7].other, list[7].odd = true, 8

      local changed, holding = driver.find_changed(entries)
      local is_holding = {}
      for _, object in ipairs(holding) do is_holding[object] = true end
      assert.same({ list[7] }, changed)
      assert.equal(3, #holding)
      assert.is_true(is_holding[list[3]] and is_holding[list[5]] and is_holding[list[7]])
    end)

    local function ids_of(objects)
      local ids = {}
      for number, object in ipairs(objects) do ids[number] = object.id end
      table.sort(ids)
      return ids
    end

    it("and those that may not be what was copied of them", function()
      local at = mp.timestamp "2024-01-01T00:00:00Z"
      local nan = 0 / 0
      local entries = { [{ id = 1, at = at, of = nan }] = { id = 1, at = at, of = nan },
        [{ id = 2, name = "a" }] = { id = 2 },
        [{ id = 3, deep = { 1 } }] = { id = 3, deep = { 1 } },
        [{ id = 4, name = mp.null }] = { id = 4, name = "a" }, [{ id = 5 }] = true,
        [{ id = 6, at = mp.timestamp "2024-01-01T00:00:00Z" }] = { id = 6, at = at },
        [{ id = 7.0 }] = { id = 7 }, [{ id = 8, name = {} }] = { id = 8, name = "a" } }

      local changed, _, copied = driver.find_changed(entries)
      assert.same({}, changed)
      assert.same({ 2, 3, 4, 6, 8 }, ids_of(copied))
    end)

    it("with the names of what plainly differs from a copy", function()
      local meta, entries = {}, {}
      local function add(object, copy)
        entries[setmetatable(object, meta)] = copy
      end
      for id = 1, 3 do add({ id = id, n = 1, on = true }, { id = id, n = 2, on = true }) end
      add({ id = 4, on = false }, { id = 4, n = 1, on = true })
      add({ id = 5 }, { id = 5, name = "a" })

      local changed, _, copied, rows, names = driver.find_changed(entries)
      assert.same({}, copied)
      assert.same({ 1, 2, 3, 4, 5 }, ids_of(changed))
      for at, object in ipairs(changed) do
        assert.equal(entries[object], rows[at])
        local sorted = { table.unpack(names[at]) }
        table.sort(sorted)
        assert.same(({ { "n" }, { "n" }, { "n" }, { "n", "on" }, { "name" } })[object.id], sorted)
      end
    end)

    it("whatever the types of their columns, however many these are", function()
      seed.set "find_changed"
      local parts, params = { "1 as id" }, {}
      for at, row in ipairs(random_values.ROWS) do
        parts[at + 1], params[at] = ("$%d::%s as v%d"):format(at, row.type, at), row.random()
      end
      local sql = "select " .. table.concat(parts, ", ")
      local result, entries = db:result(sql, table.unpack(params, 1, #parts - 1)), {}
      local metatable = { result = result, names = result:names() }
      local list = load(result, { metatable = metatable, entries = entries })
      assert.same({}, (driver.find_changed(entries)))

      for at in ipairs(params) do
        local before = list[1]["v" .. at]
        list[1]["v" .. at] = print
        assert.equal(1, #driver.find_changed(entries), random_values.ROWS[at].type)
        list[1]["v" .. at] = before
      end
    end)
  end)
end)
