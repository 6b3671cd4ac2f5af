-- encoding_spec.lua - bytes that are no text.
local encoding = require "import.encoding"

describe("import.encoding", function()
  it("leaves UTF-8 as it is", function()
    for _, text in ipairs { "", "plain", "Jos\195\169", "\240\159\140\138" } do
      local repaired, problems = encoding.repair(text)

      assert.equal(text, repaired)
      assert.same({}, problems)
    end
  end)

  it("reads anything else as Latin-1 and says so", function()
    local repaired, problems = encoding.repair "Jos\233 \195"

    assert.equal("Jos\195\169 \195\131", repaired)
    assert.same({ "is not UTF-8 and is read as Latin-1" }, problems)
  end)

  it("takes surrogates and overlong forms for no UTF-8", function()
    for _, text in ipairs { "\237\160\128", "\192\128", "\244\144\128\128" } do
      assert.truthy(utf8.len((encoding.repair(text))))
    end
  end)

  it("leaves out NUL bytes and says so", function()
    local repaired, problems = encoding.repair "a\0b"

    assert.equal("ab", repaired)
    assert.same({ "has NUL bytes, which are left out" }, problems)
  end)

  it("makes text of any bytes", function()
    local seed = tonumber(os.getenv "MP_SEED") or os.time()
    math.randomseed(seed)
    for _ = 1, 500 do
      local bytes = {}
      for index = 1, math.random(0, 20) do bytes[index] = string.char(math.random(0, 255)) end
      local repaired = encoding.repair(table.concat(bytes))

      assert.truthy(utf8.len(repaired), "MP_SEED=" .. seed)
      assert.is_nil(repaired:find("\0", 1, true))
    end
  end)
end)
