-- moonpool.sql.identifier and moonpool.sql.literal: names and values as SQL text.
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"

describe("moonpool.sql.identifier", function()
  local names = { users = "users", Users = '"Users"', user = '"user"', ["a b"] = '"a b"',
    ['a"b'] = '"a""b"', ["1a"] = '"1a"', _x1 = "_x1", select = '"select"', ["é"] = '"é"' }
  for name, quoted in pairs(names) do
    it("writes " .. name, function() assert.equal(quoted, identifier.quote(name)) end)
  end

  for reason, name in pairs { empty = "", NUL = "a\0b", bytes = ("x"):rep(64), string = 3 } do
    it("refuses a name for " .. reason, function()
      local _, err = errors.try(identifier.quote, name)
      assert.equal("bad_argument", err.kind)
      assert.matches(reason, err.message)
    end)
  end

  it("takes 63 bytes", function()
    assert.equal(("x"):rep(63), identifier.quote(("x"):rep(63)))
  end)

  it("writes a name as before, however many came since", function()
    local before = identifier.quote "Before"
    for i = 1, 10000 do identifier.quote("name" .. i) end

    assert.equal(before, identifier.quote "Before")
    assert.equal("name1", identifier.quote "name1")
  end)

  it("qualifies by schema", function()
    assert.equal('app."order"', identifier.qualified("app", "order"))
    assert.equal("users", identifier.qualified(nil, "users"))
  end)
end)

describe("moonpool.sql.literal", function()
  local cases = { { "a", "'a'" }, { "it's", "'it''s'" }, { "a\\b", "E'a\\\\b'" }, { 1, "1" },
    { 0.1, "0.1" }, { true, "true" }, { 0 / 0, "'NaN'" }, { math.huge, "'Infinity'" },
    { math.mininteger, "'-9223372036854775808'::bigint" } }
  for _, case in ipairs(cases) do
    it("writes " .. tostring(case[1]), function() assert.equal(case[2], literal.quote(case[1])) end)
  end

  it("writes NULL", function()
    assert.equal("null", literal.quote(require "moonpool.null"))
    assert.equal("null", literal.quote(nil))
  end)

  it("refuses NUL bytes and tables", function()
    for _, value in ipairs { "a\0b", {} } do
      local _, err = errors.try(literal.quote, value)
      assert.equal("bad_argument", err.kind)
    end
  end)
end)
