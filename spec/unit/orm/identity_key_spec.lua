-- moonpool.orm.identity_key: equal keys give one identity, different ones never do.
local identity_key = require "moonpool.orm.identity_key"
local null = require "moonpool.null"

local function of(...)
  return identity_key.of({ ... }, select("#", ...))
end

-- A value that Lua knows by its address, as decimals and times are.
local function valued(text)
  return setmetatable({}, { __tostring = function() return text end })
end

describe("moonpool.orm.identity_key", function()
  it("is the value itself where the key has one column", function()
    assert.equal(7, of(7))
    assert.equal("ada", of "ada")
    assert.equal("", of "")
    assert.is_false(of(false))
    assert.equal(1.5, of(1.5))
  end)

  it("takes values that have a text by it, numbers by what they are", function()
    assert.equal("2024-02-29", of(valued "2024-02-29"))
    assert.equal("1.5", of(valued "1.50"))
    assert.equal(1, of(valued "1.00"))
    assert.equal(-100, of(valued "-100"))
    assert.equal("99999999999999999999", of(valued "99999999999999999999.0"))
    assert.equal("[1,2)", of(valued "[1,2)"))
  end)

  it("is nothing for a key with NULL in it", function()
    assert.is_nil(of(nil))
    assert.is_nil(of(1, nil))
    assert.is_nil(of(null, 1))
  end)

  it("packs several columns into a string, each part with its tag", function()
    assert.equal("i\0\0\0\0\0\0\0\1s\0\0\0\2abtf", of(1, "ab", true, false))
    assert.equal("d" .. string.pack(">d", 0.5) .. "i" .. string.pack(">i8", -2), of(0.5, -2.0))
    assert.equal("n", of(0 / 0))
  end)

  it("tells keys apart whose parts run together the same way", function()
    local seen = {}
    for _, key in ipairs { of("a", "bc"), of("ab", "c"), of("", "abc"), of("a\0", "bc"), of(1, "1"),
      of("1", 1), of("1", "1"), of(true, "t"), of("t", true), of("i", 0), of(0, "i") } do
      assert.is_nil(seen[key])
      seen[key] = true
    end
  end)

  it("refuses a value that has no text", function()
    for _, value in ipairs { {}, print } do
      local ok, err = pcall(of, value)
      assert.is_false(ok)
      assert.equal("bad_argument", err.kind)
      assert.truthy(err.message:find(type(value), 1, true))
    end
  end)
end)
