-- bad_value_spec.lua - values that a type cannot hold: refused, never cut or rounded.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local S = refusal.SECRET
local NAN, HUGE = 0 / 0, math.huge

local function nested(depth)
  local top = {}
  local at = top
  for _ = 2, depth do
    at[1] = {}
    at = at[1]
  end
  return top
end

local function cycle()
  local list = {}
  list[1] = list
  return list
end

-- the type, the value, and what the message says of it
local ENCODE = {
  { "int2", 32768, "32768 does not fit int2" },
  { "int2", -32769, "-32769 does not fit int2" },
  { "int2", 1.5, "1.5 does not fit int2", cure = "math.floor" },
  { "int2", NAN, "NaN does not fit int2" },
  { "int2", HUGE, "Infinity does not fit int2" },
  { "int2", true, "a boolean is not int2" },
  { "int2", {}, "a table is not int2" },
  { "int2", print, "a function is not int2" },
  { "int4", 2147483648, "2147483648 does not fit int4" },
  { "int4", -2147483649, "-2147483649 does not fit int4" },
  { "int4", 2 ^ 31, "2147483648 does not fit int4" },
  { "int4", 1e15, "1e+15 does not fit int4" },
  { "int8", 2 ^ 63, "does not fit int8" },
  { "int8", 1e300, "1e+300 does not fit int8" },
  { "int8", 0.5, "0.5 does not fit int8" },
  { "int8", mp.decimal "1.5", "does not fit int8" },
  { "int8", mp.decimal "9223372036854775808", "does not fit int8" },
  { "oid", -1, "-1 does not fit oid" },
  { "float4", 1e300, "does not fit float4 exactly" },
  { "float4", 16777217, "16777217 does not fit float4" },
  { "float8", math.maxinteger, "9223372036854775807 does not fit float8" },
  { "float8", (1 << 53) + 1, "9007199254740993 does not fit float8" },
  { "float8", mp.decimal "0.1000000000000000000001", "does not fit float8 exactly" },
  { "numeric", true, "a boolean is not numeric" },
  { "numeric", {}, "a table is not numeric" },
  { "bool", 1, "a number is not bool" },
  { "bool", {}, "a table is not bool" },
  { "text", 5, "a number is not text", cure = "tostring" },
  { "text", true, "a boolean is not text" },
  { "text", {}, "a table is not text" },
  { "text", "\0" .. S, "NUL byte at offset 0", cure = "bytea" },
  { "text", S .. "\0", "NUL byte at offset " .. #S },
  { "varchar", S .. "\0", "NUL byte at offset " .. #S },
  { "name", "a\0", "NUL byte at offset 1" },
  { "xml", "<a>\0</a>", "NUL byte at offset 3" },
  { "inet", "127.0.0.1\0", "NUL byte at offset 9" },
  { "numeric", "1\0", "NUL byte at offset 1" },
  { "timestamptz", "now\0", "NUL byte at offset 3" },
  { "int4[]", "{1}\0", "NUL byte at offset 3" },
  { "bytea", 5, "a number is not bytea" },
  { "uuid", 5, "a number is not uuid" },
  { "uuid", S, "the string is not a uuid" },
  { "timestamptz", 5, "a number is not timestamptz" },
  { "timestamptz", mp.date "2026-01-01", "a date is not timestamptz" },
  { "date", 5, "a number is not date" },
  { "date", mp.timestamp "2026-01-01T00:00:00Z", "a timestamp is not date" },
  { "jsonb", print, "a function is not JSON" },
  { "jsonb", coroutine.create(print), "a coroutine is not JSON" },
  { "jsonb", { a = { b = { 1, 2, print } } }, "a function is not JSON at path a.b[3]" },
  { "jsonb", NAN, "no NaN" },
  { "jsonb", HUGE, "no infinity" },
  { "jsonb", { [1] = 1, [3] = 3 }, "a hole", cure = "mp.null" },
  { "jsonb", { 1, a = 2 }, "mixes string keys" },
  { "jsonb", { [true] = 1 }, "a key that is no index" },
  { "jsonb", cycle(), "contains itself at path [1]" },
  { "jsonb", nested(10000), "nested deeper than" },
  { "jsonb", S .. "\xff", "not valid UTF-8 at offset " .. #S },
  { "int4[]", 5, "a number is not int4[]" },
  { "int4[]", { 1, 2, 2 ^ 40 }, "does not fit int4 at path [3]" },
  { "int4[]", { [1] = 1, [3] = 3 }, "a hole" },
  { "int4[]", { a = 1 }, "string keys", cure = "mp.json" },
  { "int4[]", { { 1, 2 }, { 3 } }, "not as long as the ones before it at path [2]" },
  { "int4[]", cycle(), "at most 6 dimensions" },
  { "int4[]", nested(10000), "at most 6 dimensions" },
  { "text[]", { "a", 1 }, "a number is not text at path [2]" },
  { "text[]", { "a", S .. "\0" }, "NUL byte at offset 6 at path [2]" },
}

-- Texts that the server parses: the error's text may not show them.
local SERVER = {
  { "int4", S, "invalid_text_representation" },
  { "int4", "99999999999", "numeric_value_out_of_range" },
  { "int8", "9223372036854775808", "numeric_value_out_of_range" },
  { "numeric", S, "invalid_text_representation" },
  { "float8", S, "invalid_text_representation" },
  { "bool", S, "invalid_text_representation" },
  { "int4[]", "{" .. S, "invalid_text_representation" },
  { "timestamptz", S, "invalid_datetime_format" },
  { "date", "2026-02-31", "datetime_field_overflow" },
  { "inet", S, "invalid_text_representation" },
  { "text", S .. "\xff", "character_not_in_repertoire" },
  { "jsonb", S .. "\0", "untranslatable_character" },
  { "jsonb", mp.json.raw('{"' .. S), "invalid_text_representation" },
}

local CONSTRUCTORS = {
  { "decimal", S, "not a decimal number" },
  { "decimal", "1\0", "not a decimal number" },
  { "decimal", {}, "got table" },
  { "timestamp", S, "not an ISO 8601 timestamp" },
  { "timestamp", { yeer = 2026 }, 'did you mean "year"?' },
  { "timestamp", { year = 2026, month = 13, day = 1 }, "month 13" },
  { "date", "2026-02-31", "not an ISO 8601 date" },
  { "date", "2026-01-01\0", "not an ISO 8601 date" },
  { "date", { year = 2026, month = 2, day = 30 }, "day 30" },
}

describe("a value is refused", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  local function send(type_name, value)
    return db:value(("select $1::%s"):format(type_name), value)
  end

  for number, row in ipairs(ENCODE) do
    local type_name, value, says = table.unpack(row)
    it(("as %s, before it is sent: %s (%d)"):format(type_name, says, number), function()
      refusal.check({ kind = "encode", says = { says, "parameter 1" }, cure = row.cure },
        send, type_name, value)
    end)
  end

  for number, row in ipairs(SERVER) do
    local type_name, value, kind = table.unpack(row)
    it(("as %s by the server: %s (%d)"):format(type_name, kind, number), function()
      refusal.check({ kind = kind }, send, type_name, value)
    end)
  end

  for number, row in ipairs(CONSTRUCTORS) do
    local name, value, says = table.unpack(row)
    it(("by mp.%s: %s (%d)"):format(name, says, number), function()
      refusal.check({ kind = "bad_argument", says = says }, mp[name], value)
    end)
  end

  it("by the number of its parameter", function()
    local function send_two()
      return db:query("select $1::int4, $2::int2", 1, 40000)
    end
    refusal.check({ kind = "encode", says = "parameter 2" }, send_two)
  end)

  it("without harm to the connection", function()
    assert.equal(7, send("int4", 7))
  end)
end)

describe("a value passes unchanged", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  local EXACT = {
    { "int2", -32768 }, { "int4", 2147483647 }, { "int8", math.mininteger },
    { "int8", (1 << 53) + 1 }, { "float8", 0.1 + 0.2 }, { "float8", HUGE }, { "float4", 0.1 },
    { "bytea", "\0\xff\0" }, { "text", "a\u{10FFFF}" }, { "json", "a\0b" },
  }
  for _, row in ipairs(EXACT) do
    it(("as %s: %q"):format(row[1], row[2]), function()
      assert.equal(row[2], db:value(("select $1::%s"):format(row[1]), row[2]))
    end)
  end

  it("as float8, though it equals nothing, and with its sign", function()
    local nan = db:value("select $1::float8", NAN)

    assert.is_true(nan ~= nan)
    assert.equal(-HUGE, 1 / db:value("select $1::float8", -0.0))
  end)
end)
