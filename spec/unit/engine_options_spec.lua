-- moonpool.engine_options: the defaults of mp.engine and what it refuses.
local engine_options = require "moonpool.engine_options"
local errors = require "moonpool.errors"

local function refusal(given)
  local _, err = errors.try(engine_options.flat, given)
  assert.equal("bad_config", err.kind)
  return err.message
end

describe("moonpool.engine_options", function()
  it("flattens nested options", function()
    local flat = engine_options.flat { pool = { max = 3 }, pipeline = { max = 8 } }

    assert.equal(3, flat.pool_max)
    assert.equal(0, flat.pool_min)
    assert.equal(8, flat.pipeline_max)
    assert.equal("info", flat.log_level)
  end)

  it("keeps durations in seconds", function()
    assert.equal(0.25, engine_options.flat({ connect_timeout = 0.25 }).connect_timeout)
  end)

  it("writes settings as texts", function()
    local flat = engine_options.flat { settings = { work_mem = 64, jit = false } }

    assert.same({ work_mem = "64", jit = "false" }, flat.settings)
  end)

  it("refuses a pool whose min is above its max", function()
    assert.matches('"pool.min" %(11%) is greater than "pool.max" %(10%)',
      refusal { pool = { min = 11 } })
  end)

  for _, name in ipairs { "client_encoding", "DateStyle", "IntervalStyle", "extra_float_digits" } do
    it("refuses to change " .. name, function()
      assert.matches("cannot be changed", refusal { settings = { [name] = "x" } })
    end)
  end
end)
