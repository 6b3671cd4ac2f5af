-- Values that a column can and cannot store, as it is known before they are sent.
local c = require "moonpool.column"
local column = require "moonpool.schema.column"
local composite = require "moonpool.schema.composite"
local domain = require "moonpool.schema.domain"
local enum = require "moonpool.schema.enum"
local errors = require "moonpool.errors"
local fragment = require "moonpool.sql.fragment"
local null = require "moonpool.null"
local range_type = require "moonpool.schema.range_type"
local value_check = require "moonpool.schema.value_check"

local SECRET = "s3cret"
local LONG = ("a"):rep(10)
local UUID = "0190163d-8694-739b-aea5-966c26f8ad90"

local function nested(depth)
  return depth == 0 and 1 or { nested(depth - 1) }
end

local place = composite.new("place", { c.text "street", c.int4 "number" })
local span = range_type.new("span", { subtype = "int2" })
local count = domain.new("count", "int4")
local state = enum.new("state", { "on", "off" })

local mood = c.enum("x", { "low", "high" }, { type = "mood" })

-- the column, a value that fits, a value that does not, and what is said of it
local CASES = {
  { c.int2 "x", 32767, 32768, "an integer does not fit int2" },
  { c.int2 "x", -32768, -32769, "does not fit int2" },
  { c.int4 "x", 3.0, 3.5, "a number with a fraction is not int4" },
  { c.int4 "x", "12", SECRET, "the string is not int4" },
  { c.int4 "x", " -12 ", "99999999999", "a string does not fit int4" },
  { c.int4 "x", 0, true, "a boolean is not int4" },
  { c.int4 "x", 0, {}, "a table is not int4" },
  { c.int4 "x", 0, 2 ^ 31, "a number does not fit int4" },
  { c.int4 "x", 0, 0 / 0, "does not fit int4" },
  { c.int8 "x", math.mininteger, 2 ^ 63, "does not fit int8" },
  { c.int8 "x", "-9223372036854775808", "9223372036854775808", "does not fit int8" },
  { c.column("x", "bigint"), 1, print, "a function is not int8" },
  { c.float8 "x", 1.5, true, "a boolean is not float8" },
  { c.float8 "x", 1 << 53, (1 << 53) + 1, "an integer of so many digits does not fit float8" },
  { c.float8 "x", 0 / 0, {}, "a table is not float8" },
  { c.float8 "x", "Infinity", "endless", "the string is not float8" },
  { c.float8 "x", "1e5", "1e", "the string is not float8" },
  { c.float4 "x", 0.1, 0.12345678901, "a number of so many digits does not fit float4" },
  { c.float4 "x", 16777216, 16777217, "an integer of so many digits" },
  { c.float4 "x", math.huge, 1e300, "of so many digits" },
  { c.numeric "x", "1e400", "1,5", "the string is not numeric" },
  { c.numeric "x", "NaN", true, "a boolean is not numeric" },
  { c.numeric("x", { precision = 4, scale = 2 }), 99.99, 100, "so many digits before" },
  { c.numeric("x", { precision = 4, scale = 2 }), "0.01", "0.001", "so many digits after" },
  { c.numeric("x", { precision = 4, scale = 2 }), "NaN", "Infinity", "infinity does not fit" },
  { c.numeric("x", { precision = 4, scale = 2 }), 1e1, 1e2, "so many digits before" },
  { c.numeric("x", { precision = 3 }), 999, 1000, "so many digits before" },
  { c.numeric("x", { precision = 3, scale = 5 }), "0.00999", "0.01", "so many digits before" },
  { c.numeric("x", { precision = 4, scale = 2 }), "-0012.50", "-123", "so many digits" },
  { c.bool "x", false, 1, "an integer is not bool" },
  { c.bool "x", " Yes ", "maybe", "a string is not bool" },
  { c.text "x", "é", 5, "an integer is not text" },
  { c.text "x", "", "a\0", "NUL byte" },
  { c.text "x", "\u{10ffff}", "\xff", "not valid UTF%-8" },
  { c.text "x", "a", "\xed\xa0\x80", "not valid UTF%-8" },
  { c.citext "x", "a", {}, "a table is not citext" },
  { c.varchar("x", { length = 10 }), LONG, LONG .. "a", "11 characters is longer than 10" },
  { c.varchar("x", { length = 2 }), "éé", "ééé", "3 characters is longer than 2" },
  { c.varchar "x", LONG, false, "a boolean is not varchar" },
  { c.char("x", { length = 2 }), "ab   ", "abc", "longer than 2" },
  { c.char "x", "a", "ab", "longer than 1" },
  { c.column("x", "character varying(3)"), "abc", "abcd", "longer than 3" },
  { c.column("x", "name"), ("a"):rep(63), ("a"):rep(64), "at most 63 bytes" },
  { c.bytea "x", "\0\xff", 1, "an integer is not bytea" },
  { c.uuid "x", UUID, SECRET, "the string is not a uuid" },
  { c.uuid "x", "{" .. UUID:upper() .. "}", UUID .. "0", "not a uuid" },
  { c.uuid "x", (UUID:gsub("-", "")), UUID:sub(2), "not a uuid" },
  { c.uuid "x", "0190-163d-8694-739b-aea5-966c-26f8-ad90", UUID .. "-", "not a uuid" },
  { c.uuid "x", UUID, 5, "an integer is not uuid" },
  { c.bit("x", { length = 3 }), "101", "10", "2 bits does not fit" },
  { c.bit "x", "1", "11", "2 bits" },
  { c.varbit("x", { length = 3 }), "", "1010", "4 bits does not fit" },
  { c.varbit "x", "0101", "012", "not one of bits" },
  { c.jsonb "x", { a = { 1, null, "x" } }, { a = { 1, { print } } },
    "a function is not JSON at path a%[2%]%[1%]" },
  { c.jsonb "x", "text", "a\0", "NUL byte" },
  { c.jsonb "x", {}, { b = "\xff" }, "not valid UTF%-8, or|UTF%-8 at path b|UTF%-8" },
  { c.json "x", nested(100), nested(2000), "nested so deep" },
  { c.jsonb "x", 1.5, 0 / 0, "no NaN" },
  { c.jsonb "x", false, { x = math.huge }, "no infinity at path x" },
  { mood, "low", "hihg", 'none of its labels %(did you mean "high"%?%)' },
  { mood, "high", 1, "an integer is not one of the labels" },
  { c.timestamptz "x", "2026-01-01", 5, "an integer is not timestamptz" },
  { c.timestamptz "x", "now", {}, "a table is not timestamptz" },
  { c.date "x", "infinity", true, "a boolean is not date" },
  { c.interval "x", "1 day", 1, "an integer is not interval" },
  { c.time "x", "10:00", "10:00\0", "NUL byte" },
  { c.inet "x", "::1", 1, "an integer is not inet" },
  { c.hstore "x", { a = "b", c = null }, { a = 1 }, "strings alone" },
  { c.array("x", "int4"), { 1, 2, null }, { 1, SECRET }, "the string is not int4 at path %[2%]" },
  { c.array("x", "int4"), {}, { 1, nil, 3 }, "holes" },
  { c.array("x", "int4"), { { 1 }, { 2 } }, { { 1 }, { 2.5 } }, "int4 at path %[2%]%[1%]" },
  { c.array("x", "int4"), "{1,2}", 5, "an integer is not int4%[%]" },
  { c.array("x", "int4"), nested(6), nested(7), "at most 6 dimensions" },
  { c.array("x", "int4"), { 1, 2, lower = 5 }, { 1, 2, loewr = 5 }, "a table with names" },
  { c.array("x", "int4"), {}, { a = 1 }, "a table with names is not an array" },
  { c.array("x", "jsonb"), { { a = 1 } }, { { a = print } }, "at path %[1%]a|at path" },
  { c.array("x", "varchar(2)"), { "ab" }, { "ab", "abc" }, "longer than 2 at path %[2%]" },
  { c.range("x", span), "[1,2)", 5, "an integer is not span" },
  { c.array("x", span), { "empty", null }, { 5 }, "an integer is not span at path %[1%]" },
  { c.composite("x", place), { street = "a", number = null }, { number = "a" },
    "the string is not int4 at path %.number" },
  { c.composite("x", place), {}, { stret = "a" }, 'no field of this name %(did you mean "street"' },
  { c.composite("x", place), "(a,1)", 5, "an integer is not a composite" },
  { c.array("x", place), { { number = 1 } }, { { number = 1.5 } }, "int4 at path %[1%]%.number" },
  { c.domain("x", count), 5, "five", "the string is not int4" },
  { c.domain("x", domain.new("many", "int4[]")), { 1 }, { "a" }, "int4 at path %[1%]" },
  { c.array("x", count), { 1 }, { "a" }, "int4 at path %[1%]" },
  { c.array("x", domain.new("many", "int4[]")), { { 1 } }, nil },
  { c.enum("x", state), "on", "of", "none of its labels" },
  { c.array("x", state), { "on", null }, { "on", "up" }, "none of its labels at path %[2%]" },
  { c.column("x", "_custom"), {}, nil },
  { c.column("x", "point"), print, nil },
}

local function matches(text, patterns)
  for pattern in patterns:gmatch "[^|]+" do
    if text:find(pattern) then return true end
  end
  return false
end

describe("a check of values", function()
  for at, case in ipairs(CASES) do
    local declared, good, bad, expected = case[1], case[2], case[3], case[4]
    local check = value_check.of(declared)

    it(("lets through what %s holds (%d)"):format(declared.type, at), function()
      assert.is_nil(check(good))
    end)

    if expected then
      it(("refuses for %s: %s (%d)"):format(declared.type, expected, at), function()
        local message, hint = check(bad)

        assert.is_string(message)
        assert.is_true(matches(message, expected), message)
        assert.is_string(hint)
        assert.is_nil((message .. hint):find(SECRET, 1, true))
      end)
    end
  end

  it("refuses NULL where the column does", function()
    assert.matches("NULL is not allowed", (value_check.of(c.text "x")(null)))
    assert.matches("NULL is not allowed", (value_check.of(c.text("x", { default = "a" }))(null)))
    assert.is_nil(value_check.of(c.text("x", { null = true }))(null))
  end)

  it("refuses no value where there is no default", function()
    assert.matches("no value, and no default", (value_check.of(c.text "x")(nil)))
    assert.is_nil(value_check.of(c.text("x", { default = "a" }))(nil))
    assert.is_nil(value_check.of(c.int8("x", { identity = true }))(nil))
    assert.is_nil(value_check.of(c.text("x", { generated = "lower(a)" }))(nil))
    assert.is_nil(value_check.of(c.text("x", { null = true }))(nil))
  end)

  it("refuses values that the server makes", function()
    assert.matches("server makes", (value_check.of(c.int8("x", { identity = "always" }))(1)))
    assert.matches("server makes", (value_check.of(c.text("x", { generated = "a" }))("b")))
    assert.is_nil(value_check.of(c.int8("x", { identity = true }))(1))
  end)

  it("lets expressions through", function()
    assert.is_nil(value_check.of(c.int4 "x")(fragment "1 + 1"))
  end)

  it("knows a foreign key's type once its target is declared", function()
    local own = column.new("team_id", nil)
    local target
    own.resolve_type = function() return target end
    local check = value_check.of(own)

    assert.is_nil(check "anything")
    target = "int8"

    assert.matches("not int8", (check "anything"))
  end)

  it("makes an error that names the place", function()
    local err = value_check.error({ name = "users", schema = "app" }, "age", "a string is not int4",
      "give an integer")

    assert.is_true(errors.is_error(err, "invalid"))
    assert.equal("users.age: a string is not int4", err.message)
    assert.same({ "app", "users", "age", "give an integer" },
      { err.schema, err.table, err.column, err.hint })
  end)
end)
