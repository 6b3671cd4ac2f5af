-- range_spec.lua - ranges and multiranges of every kind, to the server and back.
local both = require "spec.support.both_formats"
local mp = require "moonpool"

local range, decimal, timestamp, date = mp.range, mp.decimal, mp.timestamp, mp.date

local CANONICAL = {
  int4range = { range(1, 10), range(nil, 5), range(-3), range(), range(1, 1) },
  int8range = { range(1, 1 << 40), range(nil, math.maxinteger) },
  numrange = {
    range(decimal "1.5", decimal "2.50", "[]"), range(decimal "0", decimal "1", "()"),
    range(decimal "0", decimal "Infinity", "(]"), range(nil, decimal "7", "(]"),
    range(nil, nil, "empty"),
  },
  tsrange = { range(timestamp "2026-01-01T00:00:00.5", timestamp "2026-02-01T00:00:00", "(]") },
  tstzrange = {
    range(timestamp "2026-01-01T00:00:00Z", timestamp.infinity),
    range(timestamp "2026-01-01T00:00:00Z"),
  },
  daterange = {
    range(date "2026-01-01", date "2026-02-01"), range(nil, date.infinity),
    range(date "2026-01-01"),
  },
}

describe("ranges", function()
  local db

  setup(function()
    db = mp.engine(nil, { pool = { max = 2 } })
    db:script [[
      create type text_range as range (subtype = text, multirange_type_name = text_ranges);
      create type booking as (during tstzrange, rooms int4multirange);
    ]]
  end)

  teardown(function()
    db:script "drop type booking; drop type text_range"
    db:close()
  end)

  local function assert_same(sql_type, value, expected)
    local binary, text = both.round_trip(db, sql_type, value)
    assert.same(expected or value, binary, sql_type .. " in binary")
    assert.same(expected or value, text, sql_type .. " as text")
  end

  for sql_type, values in pairs(CANONICAL) do
    it(sql_type .. " comes back as it was given, alone and in arrays", function()
      for _, value in ipairs(values) do assert_same(sql_type, value) end
      assert_same(sql_type .. "[]", { values[1], mp.null })
    end)

    it(sql_type .. " prints as the server prints it", function()
      for _, value in ipairs(values) do
        assert.equal(db:value(("select $1::%s::text"):format(sql_type), value), tostring(value))
      end
    end)
  end

  it("become canonical on the server", function()
    assert_same("int4range", range(1, 9, "[]"), range(1, 10))
    assert_same("int4range", range("9", "10"), range(9, 10))
    assert_same("int4range", "[1,9]", range(1, 10))
  end)

  it("tell an infinite bound from none", function()
    local infinite = db:value("select $1::daterange", range(nil, date.infinity))
    local none = db:value("select $1::daterange", range(nil, nil))

    assert.equal(date.infinity, infinite.upper)
    assert.is_nil(none.upper)
    assert.is_false(infinite == none)
  end)

  it("quote the bounds of a text range", function()
    for _, value in ipairs { range('a "b", (c]', "z\\"), range("", "NULL"), range("a") } do
      assert_same("text_range", value)
      assert.equal(db:value("select $1::text_range::text", value), tostring(value))
    end
  end)

  it("stand in multiranges, and these in arrays and rows", function()
    local ranges = { range(1, 3), range(5, 8), range(10) }
    assert_same("int4multirange", ranges)
    assert_same("int4multirange", {})
    assert_same("int4multirange[]", { ranges, {}, mp.null })
    assert_same("int4multirange[]", { { {}, ranges }, { ranges, {} } })
    assert_same("text_ranges", { range('a"', "b"), range("c, d") })
    assert_same("datemultirange", { range(nil, date "2026-01-01") })
    assert_same("booking", { during = range(timestamp "2026-01-01T00:00:00Z"), rooms = ranges })
    assert_same("int4multirange", { range("1", "3"), "[5,8)" }, { range(1, 3), range(5, 8) })
  end)

  it("contain values and ranges, and overlap, as on the server", function()
    local bounds, kinds = { 1, 2, 3, 5 }, { "[)", "[]", "(]", "()" }
    local list = { range(nil, nil, "empty"), range() }
    for _, lower in ipairs(bounds) do
      for _, upper in ipairs(bounds) do
        for _, kind in ipairs(kinds) do
          if lower <= upper then list[#list + 1] = range(decimal(lower), decimal(upper), kind) end
        end
      end
      list[#list + 1] = range(decimal(lower), nil)
      list[#list + 1] = range(nil, decimal(lower), "(]")
    end

    for _, a in ipairs(list) do
      for _, b in ipairs(list) do
        local expected = db:one(
          "select $1::numrange @> $2::numrange as c, $1 && $2 as o, $1 = $2 as e", a, b)
        local what = tostring(a) .. " and " .. tostring(b)
        assert.equal(expected.c, a:contains(b), what .. " contain")
        assert.equal(expected.o, a:overlaps(b), what .. " overlap")
        assert.equal(expected.e, a == b, what .. " equal")
      end
      for _, value in ipairs(bounds) do
        local expected = db:value("select $1::numrange @> $2::numeric", a, value)
        assert.equal(expected, a:contains(decimal(value)), tostring(a) .. " contains " .. value)
      end
    end
  end)

  it("refuse what is none", function()
    local function refused(kind, text, fn, ...)
      local ok, err = pcall(fn, ...)
      assert.is_false(ok)
      assert.is_true(mp.is_error(err, kind), tostring(err))
      assert.is_truthy(tostring(err):find(text, 1, true), tostring(err))
    end
    refused("bad_argument", "above its upper bound", range, 2, 1)
    refused("bad_argument", "bounds of a range", range, 1, 2, "[[")
    refused("bad_argument", "do not compare", range, 1, "b")
    refused("encode", "mp.range(lower, upper", db.value, db, "select $1::int4range", { lower = 1 })
    refused("encode", "at path .upper", db.value, db, "select $1::int4range", range(1, 2.5))
    refused("encode", "at path [2].lower", db.value, db, "select $1::int4multirange",
      { range(1, 2), range(3.5) })
  end)
end)
