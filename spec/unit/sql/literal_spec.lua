-- moonpool.sql.literal: Lua values as SQL where no parameter can stand.
local errors = require "moonpool.errors"
local literal = require "moonpool.sql.literal"
local null = require "moonpool.null"

describe("moonpool.sql.literal", function()
  local dated = setmetatable({}, { __tostring = function() return "2026-11-24" end })
  local cases = {
    { "a text", "a", "'a'" }, { "quotes", "it's", "'it''s'" }, { "a backslash", "\\", "E'\\\\'" },
    { "both", "\\'", "E'\\\\'''" }, { "an integer", -3, "-3" },
    { "the least integer", math.mininteger, "'-9223372036854775808'::bigint" },
    { "a float by its shortest digits", 0.1, "0.1" }, { "infinity", math.huge, "'Infinity'" },
    { "minus infinity", -math.huge, "'-Infinity'" }, { "no number", 0 / 0, "'NaN'" },
    { "false", false, "false" }, { "NULL", null, "null" }, { "nil", nil, "null" },
    { "what has a text", dated, "'2026-11-24'" },
  }
  for _, case in ipairs(cases) do
    it("writes " .. case[1], function()
      assert.equal(case[3], literal.quote(case[2]))
    end)
  end

  it("writes every float so that it reads back the same", function()
    local seed = math.tointeger(os.getenv "MP_SEED") or os.time()
    math.randomseed(seed)
    for _ = 1, 300 do
      local value = (math.random() - 0.5) * 10.0 ^ math.random(-300, 300)
      assert.equal(value, tonumber(literal.quote(value)), "MP_SEED=" .. seed)
    end
  end)

  for _, value in ipairs { "a\0b", {}, print, io.stdout } do
    it("refuses " .. type(value), function()
      local _, err = errors.try(literal.quote, value)

      assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
    end)
  end
end)
