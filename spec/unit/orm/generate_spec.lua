-- moonpool.orm.generate: UUIDs from given bytes and a given clock.
local generate = require "moonpool.orm.generate"

local function bytes_of(byte)
  return function(count) return byte:rep(count) end
end

describe("moonpool.orm.generate", function()
  it("makes version 4 of random bytes", function()
    assert.equal("ffffffff-ffff-4fff-bfff-ffffffffffff", generate.v4(bytes_of "\255"))
    assert.equal("00000000-0000-4000-8000-000000000000", generate.v4(bytes_of "\0"))
  end)

  it("makes version 7 of the time and random bytes", function()
    local function time() return 0x0123456789ab / 1000 end

    assert.equal("01234567-89ab-7fff-bfff-ffffffffffff", generate.v7(bytes_of "\255", time))
  end)

  it("sorts version 7 by its time", function()
    local now = 1795519940.0
    local before = generate.v7(bytes_of "\255", function() return now end)
    local after = generate.v7(bytes_of "\0", function() return now + 0.002 end)

    assert.is_true(before < after)
  end)
end)
