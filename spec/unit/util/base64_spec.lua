-- moonpool.util.base64: what is encoded comes back.
local base64 = require "moonpool.util.base64"

describe("moonpool.util.base64", function()
  it("encodes as RFC 4648 says", function()
    assert.equal("Zm9vYmE", base64.encode "fooba")
    assert.equal("-_8", base64.encode "\xfb\xff")
  end)

  it("gives back what it was given", function()
    local seed = tonumber(os.getenv "MP_SEED") or os.time()
    math.randomseed(seed)
    for length = 0, 60 do
      local bytes = {}
      for at = 1, length do bytes[at] = string.char(math.random(0, 255)) end
      local text = table.concat(bytes)

      assert.equal(text, base64.decode(base64.encode(text)), "MP_SEED=" .. seed)
    end
  end)

  it("refuses other characters and lengths", function()
    assert.is_nil(base64.decode "a+b=")
    assert.is_nil(base64.decode "abcde")
  end)
end)
