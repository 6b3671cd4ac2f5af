-- values_spec.lua - values of every type, to the server and back: exact, or refused.
local every_byte = require "spec.support.every_byte"
local mp = require "moonpool"
local seed = require "spec.support.seed"
local show = require "spec.support.show"

local null, decimal, timestamp, date = mp.null, mp.decimal, mp.timestamp, mp.date
local time, interval = mp.time, mp.interval

local UUID = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

-- type -> values that must come back as they were given
local IDENTITY = {
  bool = { true, false },
  int2 = { 0, 1, -1, 32767, -32768 },
  int4 = { 0, 2147483647, -2147483648 },
  int8 = { 0, math.maxinteger, math.mininteger, 2 ^ 53 | 0 },
  oid = { 0, 4294967295 },
  float4 = { 0.1, 1.5, -0.25, 3.4e38, math.huge, 16777216.0, 1e-45, -0.0 },
  float8 = { 0.1, 0.1 + 0.2, 1 / 3, 1e15, 2.0 ^ 53, 1e308, 5e-324, math.huge, -math.huge, -0.0 },
  numeric = {
    decimal "0", decimal "1.50", decimal "-0.00001", decimal "1e100", decimal "NaN",
    decimal "Infinity", decimal "-Infinity", decimal "12345678901234567890.1234567890",
  },
  text = { "", "a", "é✓😀", "x'y\\z\"", "NULL", "{}" },
  varchar = { "", "é" },
  name = { "", ("x"):rep(63) },
  ['"char"'] = { "", "x", "\\", "\200" },
  bytea = { "", "\\x41", every_byte },
  uuid = { UUID },
  timestamptz = {
    timestamp "2026-11-24T10:00:00.123456Z", timestamp "0044-03-15T00:00:00Z BC",
    timestamp "294276-12-31T23:59:59.999999Z", timestamp.infinity, timestamp.minus_infinity,
  },
  timestamp = {
    timestamp "2026-11-24T10:00:00.5", timestamp "4714-11-24T00:00:00 BC", timestamp.infinity,
  },
  time = { time "00:00:00", time "24:00:00", time "10:00:00.000001" },
  timetz = { time "10:00:00Z", time "24:00:00-15:59:59", time "10:00:00.5+02:00" },
  interval = { interval {}, interval "-1 years +2 mons -3 days +04:05:06.7" },
  date = {
    date "2026-11-24", date "5874897-12-31", date "4714-11-24 BC", date.infinity,
    date.minus_infinity,
  },
  json = {
    {}, mp.list {}, { a = 1, b = { 1, 2 }, c = null }, "text", 5, 1.0, true, { { {} } },
    { math.maxinteger, math.mininteger, 1e300, 0.1 }, { '\n\t"\\/é😀\1' },
    { decimal "12345678901234567890" },
  },
  ["int4[]"] = {
    {}, { 1, 2, 3 }, { 1, null, 3 }, { { 1, 2 }, { 3, 4 } }, { { { 1 }, { 2 } } },
    { lower = 0, 1, 2 }, { lower = { 2, -1 }, { 1, 2 }, { 3, 4 } },
  },
  ["int8[]"] = { { math.maxinteger, math.mininteger } },
  ["bool[]"] = { { true, false, null } },
  ["float8[]"] = { { 0.1, 1e300, math.huge } },
  ["float4[]"] = { { 0.1, 1.5 } },
  ["numeric[]"] = { { decimal "1.50", null, decimal "NaN" } },
  ["text[]"] = { { "a", "b,c", "NULL", "", '"q\\"', null, "{}" } },
  ["bytea[]"] = { { "\0\1\255", "" } },
  ["uuid[]"] = { { UUID, null } },
  ["timestamptz[]"] = { { timestamp "2026-01-01T00:00:00Z", timestamp.infinity } },
  ["timestamp[]"] = { { timestamp "2026-01-01T00:00:00" } },
  ["date[]"] = { { date "2026-01-01", null } },
  ["jsonb[]"] = { { { a = 1 }, { 1, 2 }, "x", 5, null } },
}
IDENTITY.jsonb = IDENTITY.json

-- type, given, expected back
local CONVERTED = {
  { "int4", 3.0, 3 },
  { "int4", "42", 42 },
  { "int4", decimal "5.0", 5 },
  { "float8", 3, 3.0 },
  { "float8", decimal "0.1", 0.1 },
  { "numeric", 7, decimal "7" },
  { "numeric", 0.1, decimal "0.1" },
  { "numeric", 0.1 + 0.2, decimal "0.30000000000000004" },
  { "numeric", 1e22, decimal "10000000000000000000000" },
  { "numeric", "1.10", decimal "1.10" },
  { "bool", "yes", true },
  { "bpchar(3)", "a", "a  " },
  { "uuid", "{6BA7B8109DAD11D180B400C04FD430C8}", UUID },
  { "timestamptz", "2026-11-24 12:00:00+02", timestamp "2026-11-24T10:00:00Z" },
  { "date", "November 24, 2026", date "2026-11-24" },
  { "int4[]", "{1,2}", { 1, 2 } },
  { "int4[]", { "1", 2, null }, { 1, 2, null } },
  { "interval", "1 day", interval "1 day" },
  { "inet", "10.0.0.1", "10.0.0.1" },
  { "int4range", "[1,2)", mp.range(1, 2) },
  { "interval[]", { "1 day", interval "PT2H" }, { interval "1 day", interval "02:00:00" } },
  { "time", "10:30 PM", time "22:30:00" },
  { "timetz", "10:00+02", time "10:00:00+02:00" },
  { "inet[]", { "10.0.0.1/32", null }, { "10.0.0.1", null } },
  { "cidr", "2001:DB8::/32", "2001:db8::/32" },
  { "macaddr", "08002b010203", "08:00:2b:01:02:03" },
  { "xid", 7, "7" },
  { "xid8", math.maxinteger, "9223372036854775807" },
  { "cid[]", { 0, 4294967295 }, { "0", "4294967295" } },
  { "bit(3)", "101", "101" },
  { "tsvector", "a:1A b", "'a':1A 'b'" },
  { "jsonpath", "$.a", '$."a"' },
  { "xml", "<?xml version='1.0' encoding='latin1'?><a/>", "<a/>" },
}

local function cyclic()
  local inner = {}
  local outer = { a = { b = inner } }
  inner.c = outer
  return outer
end

local function nested(depth)
  local outer = {}
  local at = outer
  for _ = 1, depth do
    at[1] = {}
    at = at[1]
  end
  return outer
end

-- type, value, what the message says
local REFUSED = {
  { "int2", 70000, "70000 does not fit int2 (parameter 1)" },
  { "int4", 2147483648, "2147483648 does not fit int4 (parameter 1)" },
  { "int4", 1.5, "1.5 does not fit int4" },
  { "int4", 0 / 0, "does not fit int4" },
  { "int8", 1e300, "1e+300 does not fit int8" },
  { "int8", decimal "0.5", "the decimal does not fit int8" },
  { "oid", -1, "-1 does not fit oid" },
  { "int4", true, "a boolean is not int4" },
  { "int4", {}, "a table is not int4" },
  { "bool", 1, "a number is not bool" },
  { "float8", 2 ^ 53 | 1, "9007199254740993 does not fit float8" },
  { "float4", 1 / 3, "does not fit float4 exactly" },
  { "float4", 1e300, "does not fit float4" },
  { "text", 5, "a number is not text" },
  { "text", decimal "5", "a decimal is not text" },
  { "text", "a\0b", "contains a NUL byte at offset 1" },
  { "int4", "1\0", "contains a NUL byte at offset 1" },
  { "name", ("x"):rep(64), "does not fit name" },
  { '"char"', "xy", 'does not fit "char"' },
  { "uuid", "nope", "is not a uuid" },
  { "numeric", {}, "a table is not numeric" },
  { "timestamptz", timestamp "2026-01-01T00:00:00", "without an offset is not timestamptz" },
  { "timestamp", timestamp "2026-01-01T00:00:00Z", "with an offset is not timestamp" },
  { "timestamp", 5, "a number is not timestamp" },
  { "jsonb", { a = { b = { 1, 2, nil, 4 } } }, "at path a.b[3]" },
  { "jsonb", { a = { b = { 1, 2, 0 / 0 } } }, "NaN and no infinity at path a.b[3]" },
  { "jsonb", { 1, a = 2 }, "mixes string keys with others" },
  { "jsonb", { a = "x\xff" }, "not valid UTF-8 at offset 1 at path a" },
  { "jsonb", { f = print }, "a function is not JSON at path f" },
  { "jsonb", cyclic(), "contains itself at path a.b.c" },
  { "jsonb", nested(10000), "nested deeper than 1000" },
  { "int4[]", nested(10000), "at most 6 dimensions" },
  { "money[]", nested(10000), "at most 6 dimensions" },
  { "int2[]", { 1, 70000 }, "70000 does not fit int2 at path [2] (parameter 1)" },
  { "int2[]", { { 1 }, { 70000 } }, "at path [2][1]" },
  { "int4[]", { 1, nil, 3 }, "hole or a key that is no index at path [2]" },
  { "int4[]", { a = 1 }, "string keys" },
  { "int4[]", { { 1, 2 }, { 3 } }, "not as long as the ones before it" },
  { "int4[]", { 1, { 2 } }, "partly arrays" },
  { "int4[]", 5, "a number is not int4[]" },
  { "text[]", { 5 }, "a number is not text at path [1]" },
  { "money", print, "a function is not money" },
  { "interval", 5, "a number is not interval" },
  { "interval", {}, "a table is not interval" },
  { "time", time "10:00:00Z", "a time with an offset is not time" },
  { "timetz", time "10:00:00", "a time without an offset is not timetz" },
  { "time", timestamp "2026-01-01T00:00:00", "a timestamp is not time" },
  { "interval[]", { interval "1 day", 5 }, "a number is not interval at path [2] (parameter 1)" },
  { "inet", 5, "a number is not inet (parameter 1)" },
  { "point[]", { { 1 } }, "a number is not point at path [1][1]" },
  { "xid", -1, "-1 does not fit xid" },
  { "xid8", 1.5, "1.5 does not fit xid8" },
}

describe("values", function()
  local db

  setup(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  teardown(function() db:close() end)

  -- Money has no binary decoder, so its row travels as text.
  local function round_trip(sql_type, value)
    local binary = db:one("select $1::" .. sql_type .. " as v", value)
    local text = db:one("select $1::" .. sql_type .. " as v, null::money as m", value)
    return binary.v, text.v
  end

  local function assert_round_trip(sql_type, value, expected)
    local binary, text = round_trip(sql_type, value)
    assert.equal(show(expected), show(binary), sql_type .. " in binary")
    assert.equal(show(expected), show(text), sql_type .. " as text")
  end

  local function refused(kind, text, fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok, text)
    assert.is_true(mp.is_error(err, kind), tostring(err))
    assert.is_truthy(err.message:find(text, 1, true), err.message .. " lacks " .. text)
  end

  it("of an array come in order however the table was made", function()
    local backwards, mixed, long = {}, { [3] = 3, [1] = 1, [2] = null }, {}
    for i = 20, 1, -1 do backwards[i] = i end
    mixed[4] = 4
    for i = 1, 3000 do long[i] = i % 7 == 0 and null or ("element %d"):format(i) end

    assert.same(backwards, db:value("select $1::int4[]", backwards))
    assert.same({ 1, null, 3, 4 }, db:value("select $1::int8[]", mixed))
    assert.same(long, db:value("select $1::text[]", long))
    assert.equal("[1:3]={5,6,7}", db:value("select '[1:3]=' || $1::int4[]::text", { 5, 6, 7 }))
    assert.equal("{NULL,NULL}", db:value("select $1::float8[]::text", { null, null }))
    assert.equal("[0:1]={t,f}", db:value("select $1::bool[]::text", { true, false, lower = 0 }))
  end)

  for sql_type, values in pairs(IDENTITY) do
    it(sql_type .. " comes back as it was given", function()
      for _, value in ipairs(values) do assert_round_trip(sql_type, value, value) end
    end)
  end

  it("nil and null are NULL for every type", function()
    for sql_type in pairs(IDENTITY) do
      assert.is_nil(db:value("select $1::" .. sql_type, nil))
      assert.is_true(db:value("select $1::" .. sql_type .. " is null", null))
    end
  end)

  it("a float's NaN stays one", function()
    for _, value in ipairs { round_trip("float8", 0 / 0) } do assert.is_true(value ~= value) end
  end)

  it("convertible values become what the type holds", function()
    for _, case in ipairs(CONVERTED) do assert_round_trip(table.unpack(case, 1, 3)) end
  end)

  for _, case in ipairs(REFUSED) do
    local sql_type, value, message = table.unpack(case, 1, 3)
    it(("%s refuses: %s"):format(sql_type, message), function()
      refused("encode", message, db.value, db, "select $1::" .. sql_type, value)
    end)
  end

  it("names the parameter that is refused", function()
    local sql = "select $1::int4, $2::jsonb"
    refused("encode", "at path x (parameter 2)", db.one, db, sql, 1, { x = 0 / 0 })
  end)

  it("wants as many values as there are placeholders", function()
    local sql = "select $1::int4, $2::int4"
    refused("bad_argument", "query has 2 placeholders, got 1 value", db.one, db, sql, 1)
    refused("bad_argument", "query has 2 placeholders, got 3 values", db.one, db, sql, 1, 2, 3)
  end)

  it("takes at most 65535 values", function()
    local values = {}
    for i = 1, 65536 do values[i] = i end
    refused("bad_argument", "at most 65535 values", db.one, db, "select $1::int4",
      table.unpack(values))
  end)

  it("stores what was given, by the server's own word", function()
    local at = timestamp { year = 2026, month = 11, day = 24, hour = 12, offset = 7200 }
    local row = db:one([[select $1 = timestamptz '2026-11-24 10:00+00' as at,
      $2::numeric::text as amount, $3 = date '0044-03-15 BC' as day, $4::jsonb::text as list,
      $5::jsonb::text as map, $6::jsonb::text as nothing, $7::jsonb::text as raw]], at,
      decimal "1.50", date { year = -44, month = 3, day = 15 }, mp.list {}, {},
      mp.json(null), mp.json.raw '{"a": 1}')

    assert.same({ at = true, amount = "1.50", day = true, list = "[]", map = "{}",
      nothing = "null", raw = '{"a": 1}' }, row)
  end)

  it("sends JSON to a type that is not known to be JSON", function()
    local conn <close> = db:connect()
    conn:exec "create domain pg_temp.document as jsonb check (value is not null)"

    local text = conn:value("select $1::pg_temp.document::text", mp.json { 1, { a = null } })

    assert.equal('[1, {"a": null}]', text)
  end)

  it("keeps whole floats of jsonb floats, and integers integers", function()
    for _, value in ipairs { 1.0, 2.0 ^ 53, 1e15, 123456789012345680.0, -2.0 ^ 63, 1e18, 1e22,
      1e300, 2 ^ 53 | 1, math.mininteger, 10 ^ 15 | 0 } do
      for _, back in ipairs { round_trip("jsonb", { value }) } do
        assert.equal(show(value), show(back[1]))
      end
    end
  end)

  it("takes the last of keys that stand twice", function()
    for _, sql_type in ipairs { "json", "jsonb" } do
      assert.same({ a = 2 }, db:value("select $1::" .. sql_type, mp.json.raw '{"a":1,"a":2}'))
    end
  end)

  it("keeps the kind of a decoded empty container", function()
    for _, text in ipairs { "[]", "{}", '[[], {}, {"a": []}]' } do
      local value = db:value("select $1::jsonb", mp.json.raw(text))
      assert.equal(text, db:value("select $1::jsonb::text", value))
    end
  end)

  it("decimals compute what the server computes", function()
    local function number()
      local digits = { math.random(2) == 1 and "-" or "" }
      for _ = 1, math.random(30) do digits[#digits + 1] = math.random(0, 9) end
      if math.random(3) > 1 then digits[#digits + 1] = "." .. math.random(0, 10 ^ 9 | 0) end
      return table.concat(digits)
    end
    seed.set "values"
    for _ = 1, 100 do
      local a, b = number(), number()
      local server = db:one([[select ($1::numeric + $2::numeric)::text as sum,
        ($1::numeric - $2::numeric)::text as difference,
        ($1::numeric * $2::numeric)::text as product,
        ($1::numeric / nullif($2::numeric, 0))::text as quotient,
        floor($1::numeric / nullif($2::numeric, 0)) as whole, $1::numeric < $2::numeric as less]],
        a, b)
      local x, y = decimal(a), decimal(b)
      assert.equal(server.sum, tostring(x + y))
      assert.equal(server.difference, tostring(x - y))
      assert.equal(server.product, tostring(x * y))
      assert.equal(server.less, x < y)
      if server.quotient then assert.equal(server.quotient, tostring(x / y), a .. " / " .. b) end
    end
  end)

  it("random values come back as they were given", function()
    seed.set "values"
    for _ = 1, 100 do
      local double = string.unpack("d", string.pack("j", math.random(0)))
      if double == double then assert_round_trip("float8", double, double) end
      local integer = math.random(0)
      assert_round_trip("int8", integer, integer)
      local seconds = math.random(-210866803200, 9224318016000) + math.random()
      local at = timestamp.from_epoch(seconds)
      assert_round_trip("timestamptz", at, at)
      local document = { integer, { n = integer, f = seconds } }
      assert_round_trip("jsonb", document, document)
    end
  end)
end)
