-- load_spec.lua - ten thousand tasks on eight connections: no answer lost, crossed or late.
local full = require "spec.support.full"
local load = require "spec.support.load"
local mp = require "moonpool"
local pgbench = require "spec.support.pgbench"

-- Sanitizers and collectors gone mad cost several times over: then only the answers are judged.
local is_slowed = os.getenv("MOONPOOL_SPEC_SANITIZED") ~= nil
  or os.getenv("MOONPOOL_SPEC_GC") == "hostile"

local SECONDS = full(10, 60)

describe("ten thousand tasks on a pool of eight", function()
  it("each get their own answers, fast, while the loop stays live", function()
    local reference = pgbench.select_only(8, 3)
    local db <close> = mp.engine(nil, { pool = { max = 8, acquire_timeout = 60 } })
    db:value "select 1"

    local tally = load.run(db, { tasks = is_slowed and 1000 or 10000, seconds = SECONDS })

    local rate = tally.replies / tally.elapsed
    print(("load: %d replies, %.0f/s, pgbench %.0f/s (%.0f %%), longest stall %.1f ms"):format(
      tally.replies, rate, reference, 100 * rate / reference, tally.stall * 1000))
    assert.equal(tally.asked, tally.replies)
    assert.equal(0, tally.wrong)
    local stats = db:pool():stats()
    assert.equal(0, stats.in_use)
    assert.equal(0, stats.waiting)
    if is_slowed then return end
    assert.is_true(rate >= 0.6 * reference)
    assert.is_true(tally.stall <= 0.1)
  end)
end)
