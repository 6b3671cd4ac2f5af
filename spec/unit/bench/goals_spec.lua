-- goals_spec.lua - each goal is judged by what was measured, and none is left out.
local goals = require "bench.goals"
local workloads = require "bench.workloads"

local function judge(figures)
  local found = {}
  for _, goal in ipairs(goals.judge { figures = figures, failures = {} }) do
    found[goal.workload .. ": " .. goal.text] = goal
  end
  return found
end

describe("bench.goals", function()
  it("meets a bound that is reached to the letter", function()
    local found = judge { w1 = {
      Moonpool = { wall_us = { 50 } }, ["C libpq"] = { wall_us = { 40 } },
    } }

    assert.equal("met", found["w1: wall <= 1.25x C libpq"].verdict)
    assert.equal("1.25x", found["w1: wall <= 1.25x C libpq"].measured)
  end)

  it("says by how much a bound is missed", function()
    local found = judge { w1 = {
      Moonpool = { wall_us = { 60 } }, ["C libpq"] = { wall_us = { 40 } },
    } }

    assert.equal("missed by 20 %", found["w1: wall <= 1.25x C libpq"].verdict)
  end)

  it("asks to be so many times faster than a peer", function()
    local found = judge { w2_8 = {
      Moonpool = { wall_us = { 10 } }, asyncpg = { wall_us = { 28 } },
    } }

    local goal = found["w2_8: wall of asyncpg >= 3.5x"]
    assert.equal("2.80x", goal.measured)
    assert.equal("missed by 25 %", goal.verdict)
  end)

  it("asks to be ahead of every other driver, and lets the closest decide", function()
    local found = judge { w5_get = {
      Moonpool = { wall_us = { 10, 20 } }, Sequel = { wall_us = { 9, 18 } },
      kysely = { wall_us = { 50, 60 } }, ["C libpq"] = { wall_us = { 5, 5 } },
    } }

    local goal = found["w5_get: wall ahead of every other driver"]
    assert.equal("0.90x", goal.measured)
    assert.equal("missed by 11 %", goal.verdict)
  end)

  it("compares memory with another peer's", function()
    local found = judge { w5_select = {
      Moonpool = { added_kb = { 4000 } }, ["SQLAlchemy (psycopg2)"] = { added_kb = { 10000 } },
    } }

    local goal = found["w5_select: memory added <= 0.5x SQLAlchemy (psycopg2)"]
    assert.equal("0.40x", goal.measured)
    assert.equal("met", goal.verdict)
  end)

  it("judges memory in MiB", function()
    local found = judge { w6 = { Moonpool = { start_kb = { 9216 }, added_kb = { 4096 } } } }

    assert.equal("met", found["w6: memory at start <= 12 MiB"].verdict)
    assert.equal("missed by 100 %", found["w6: memory added <= 2 MiB"].verdict)
  end)

  it("says of what was not measured that it was not", function()
    local found = judge {}

    assert.equal("not measured", found["w7: wall <= 1.5x C libpq"].verdict)
  end)

  it("names workloads and peers that are run", function()
    local known = {}
    for _, workload in ipairs(workloads) do
      for _, peer in ipairs(workload.peers) do known[workload.name .. peer.name] = true end
    end

    for _, goal in ipairs(goals.judge { figures = {}, failures = {} }) do
      assert.is_true(known[goal.workload .. goal.peer], goal.workload .. " " .. goal.peer)
      local other = goal.text:match "<= [%d.]+x (.+)$" or goal.text:match "^wall of (.+) >="
      if other then assert.is_true(known[goal.workload .. other], other) end
    end
  end)
end)
