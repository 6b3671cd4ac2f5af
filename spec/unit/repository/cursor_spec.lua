-- moonpool.repository.cursor: values in, an opaque text, the same values out, or a refusal.
local base64 = require "moonpool.util.base64"
local cursor = require "moonpool.repository.cursor"
local errors = require "moonpool.errors"
local naming = require "moonpool.schema.naming"

local VALUES = { math.mininteger, math.maxinteger, 0.1, -0.0, math.huge, "", "a\0é", true, false }

local function refused(text, signature, count)
  local _, err = errors.try(cursor.decode, text, signature, count)
  assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
  assert.matches("not one of this list", err.message)
end

-- As if its maker knew how cursors are made.
local function forged(body)
  return base64.encode(naming.digest("o\0" .. body) .. body)
end

describe("moonpool.repository.cursor", function()
  it("keeps every value and its type", function()
    local values = cursor.decode(cursor.encode(VALUES, "o"), "o", #VALUES)

    assert.same(VALUES, values)
    for at, value in ipairs(VALUES) do
      assert.equal(math.type(value), math.type(values[at]))
    end
  end)

  it("needs no escaping in an address", function()
    assert.matches("^[%w_-]+$", cursor.encode(VALUES, "o"))
  end)

  it("refuses another order and another number of values", function()
    local text = cursor.encode({ 1, "a" }, "o")

    refused(text, "p", 2)
    refused(text, "o", 1)
    refused(text, "o", 3)
  end)

  it("refuses whatever else it is given", function()
    for _, text in ipairs { "", "x", "????", ("A"):rep(40), cursor.encode({}, "o") } do
      refused(text, "o", 1)
    end
    refused(7, "o", 1)
  end)

  for _, body in ipairs { "x", "i", "i123", "s\0\0\0\9abc", "s\255\255\255\255", "d1" } do
    it(("refuses the forged body %q"):format(body), function()
      refused(forged(body), "o", 1)
    end)
  end
end)
