-- results_spec.lua - figures of a benchmark are medians, and ratios are taken within rounds.
local results = require "bench.results"

local function read(lines)
  local at = 0
  return results.read(function()
    at = at + 1
    return lines[at] and table.concat(lines[at], "\t")
  end)
end

describe("bench.results", function()
  it("takes the median of an odd and of an even number of rounds", function()
    assert.equal(2, results.median { 9, 2, 1 })
    assert.equal(3, results.median { 4, 2 })
    assert.is_nil(results.median(nil))
  end)

  it("takes ratios within each round, and leaves out rounds that miss one", function()
    local ours, theirs = { 10, 100, 8, [5] = 7 }, { 5, 50, 8, 1 }

    assert.equal(2, results.ratio(ours, theirs))
  end)

  it("gives no ratio where the other was not measured", function()
    assert.is_nil(results.ratio({ 1, 2 }, nil))
  end)

  it("keeps series by workload, peer and metric", function()
    local found = read { { 1, "w1", "C", "wall_us", "40.5" }, { 2, "w1", "C", "wall_us", "41" } }

    assert.same({ 40.5, 41 }, results.series(found, "w1", "C", "wall_us"))
    assert.is_nil(results.series(found, "w1", "pg", "wall_us"))
  end)

  it("keeps the reason of whom there is no figure of", function()
    local found = read { { 1, "w1", "pgx 4", "failed", "no such file" } }

    assert.equal("no such file", found.failures.w1["pgx 4"])
  end)

  it("derives the memory that streaming adds", function()
    local found = read { { 1, "w6", "C", "start_kb", "700" }, { 1, "w6", "C", "peak_kb", "750" } }

    assert.same({ 50 }, results.series(found, "w6", "C", "added_kb"))
  end)
end)
