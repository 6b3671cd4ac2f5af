-- json_spec.lua - mp.json: numbers stay exact, malformed text is refused.
local mp = require "moonpool"
local seed = require "spec.support.seed"
local show = require "spec.support.show"

local null, decimal = mp.null, mp.decimal

describe("mp.json", function()
  local encode, decode = mp.json.encode, mp.json.decode

  it("keeps numbers exact", function()
    local cases = {
      ["9223372036854775807"] = math.maxinteger, ["-9223372036854775808"] = math.mininteger,
      ["9223372036854775808"] = decimal "9223372036854775808", ["0.1"] = 0.1, ["1.0"] = 1.0,
      ["1e2"] = 100.0, ["0.1000000000000000000001"] = decimal "0.1000000000000000000001",
      ["1e400"] = decimal "1e400",
    }
    for text, value in pairs(cases) do assert.equal(show(value), show(decode(text)), text) end
  end)

  it("joins surrogate pairs", function()
    assert.equal("😀é", decode [["\ud83d\ude00\u00e9"]])
  end)

  it("refuses malformed text", function()
    local bad = {
      "", "[", "[1,]", "{", "{a:1}", '{"a"}', '{"a":}', '{"a":1,}', "[1 2]", "[1}", "nul", "01",
      "1.", ".5", "+1", "1e", "-", '"', '"\\x"', '"\1"', '"\\ud800"', '"\\udc00"', '"\xff"',
      "[]]", "'a'", "NaN", ("["):rep(1001) .. ("]"):rep(1001),
    }
    for _, text in ipairs(bad) do
      local ok, err = pcall(decode, text)
      assert.is_false(ok, text)
      assert.is_true(mp.is_error(err, "decode"))
    end
  end)

  it("reads or refuses whatever is left of a text", function()
    local text = encode { a = { 1, 2.5, "é\n😀", null, { b = true } }, c = -1e10, d = 2 ^ 53 | 1 }
    seed.set "json"
    for _ = 1, 2000 do
      local at, byte = math.random(#text), string.char(math.random(0, 255))
      local mutated = text:sub(1, at - 1) .. byte .. text:sub(at + math.random(0, 2))
      local ok, value = pcall(decode, mutated)
      if ok then encode(value) end
      assert.is_true(ok or mp.is_error(value, "decode"), tostring(value))
    end
  end)

  it("nests a thousand deep", function()
    local text = ("["):rep(1000) .. ("]"):rep(1000)

    assert.equal(text, encode(decode(text)))
  end)
end)
