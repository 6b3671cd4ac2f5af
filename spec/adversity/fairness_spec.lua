-- fairness_spec.lua - first come, first served; each wait ends when its own time is up.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"

local hrtime = driver.system.hrtime

local is_slowed = os.getenv("MOONPOOL_SPEC_SANITIZED") ~= nil
  or os.getenv("MOONPOOL_SPEC_GC") == "hostile"
local FAIR_SECONDS = full(3, 300)
local HOLD_SECONDS = full(0.02, 0.2)
local WAITERS = full(is_slowed and 500 or 2000, 10000)
local ACQUIRE_SECONDS = 0.25
local RACES = full(is_slowed and 300 or 3000, 10000)

local function percentile(list, share)
  table.sort(list)
  return list[math.max(1, math.ceil(#list * share))]
end

local function hold_in_turn(db, worker, until_time)
  while hrtime() < until_time do
    local start = hrtime()
    local conn <close> = db:connect()
    worker.longest = math.max(worker.longest, hrtime() - start)
    worker.turns = worker.turns + 1
    mp.sleep(HOLD_SECONDS)
    conn:close()
  end
end

describe("a pool that is asked for more than it has", function()
  it("gives a hundred workers equal turns on ten connections", function()
    local db <close> = mp.engine(nil, { pool = { max = 10, acquire_timeout = 10 } })
    local workers, tasks = {}, {}
    local until_time = hrtime() + FAIR_SECONDS
    for i = 1, 100 do
      workers[i] = { turns = 0, longest = 0 }
      tasks[i] = mp.spawn(hold_in_turn, db, workers[i], until_time)
    end
    for i = 1, 100 do tasks[i]:await() end

    local least, most, longest = math.huge, 0, 0
    for _, worker in ipairs(workers) do
      least, most = math.min(least, worker.turns), math.max(most, worker.turns)
      longest = math.max(longest, worker.longest)
    end
    print(("fairness: %d to %d turns, longest wait %.0f ms, ideal %.0f ms"):format(least, most,
      longest * 1000, 10 * HOLD_SECONDS * 1000))
    assert.is_true(most - least <= 1)
    assert.equal(0, db:pool():stats().acquire_timeouts)
    if not is_slowed then assert.is_true(longest <= 12.5 * HOLD_SECONDS + 0.2) end
  end)

  -- All tasks wait for one connection, each as long as `seconds()` says; how late each was told.
  local function time_out(kind, pool, seconds, wait)
    pool.max, pool.max_waiters = 1, WAITERS
    local db <close> = mp.engine(nil, { pool = pool })
    local holder <close> = db:connect { label = "holder" }
    holder:value "select 1"
    collectgarbage()
    local late, answers, tasks = {}, {}, {}
    for i = 1, WAITERS do
      tasks[i] = mp.spawn(function()
        local given, start = seconds(), hrtime()
        local _, err = pcall(wait, db, given)
        late[i], answers[i] = hrtime() - start - given, err
      end)
    end
    for i = 1, WAITERS do tasks[i]:await() end

    for _, err in ipairs(answers) do
      assert(mp.is_error(err, kind), tostring(err))
      assert(err.message:find "max 1, 1 in use, 0 connecting, %d+ waiting; held by holder", err)
    end
    assert.equal(0, db:pool():stats().waiting)
    local p99, worst, earliest = percentile(late, 0.99), late[#late], late[1]
    print(("timeouts: %s, %d waiters, p99 %.1f ms late, worst %.1f ms"):format(kind, WAITERS,
      p99 * 1000, worst * 1000))
    assert.is_true(earliest >= 0)
    return p99, worst
  end

  it("ends each wait when its own time is up", function()
    local p99, worst = time_out("timeout", {}, function() return 0.05 + math.random() * 0.45 end,
      function(db, seconds) mp.deadline(seconds, db.value, db, "select 1") end)

    if is_slowed then return end
    assert.is_true(p99 <= 0.03)
    assert.is_true(worst <= 0.1)
  end)

  -- All of them at one moment, so that the last is as late as thousands of tasks take to go on: a
  -- microsecond or two each on a quiet machine, with their errors.
  it("ends all waits when the pool's time is up", function()
    local p99 = time_out("acquire_timeout", { acquire_timeout = ACQUIRE_SECONDS },
      function() return ACQUIRE_SECONDS end, function(db) db:value "select 1" end)

    if not is_slowed then assert.is_true(p99 <= 0.05, p99) end
  end)

  -- Deadline and release fall into the same turn of the loop. Timers come first in a turn; whoever
  -- does not let it turn until the deadline has passed comes before them.
  it("never hands a connection to a wait that is over", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 } })
    db:value "select 1"
    local served, over = 0, 0
    for round = 1, RACES do
      local holder = db:connect()
      local is_released_first = math.random(2) == 1
      local function release()
        local due = hrtime() + 0.0015
        while is_released_first and hrtime() < due do end
        if not is_released_first then mp.sleep(0.001) end
        holder:close()
      end
      local function wait()
        local ok, err = pcall(mp.deadline, 0.001, db.connect, db)
        if ok then
          served = served + 1
          err:close()
        else
          over = over + 1
        end
      end
      local first, second = mp.spawn(wait), mp.spawn(release)
      first:await()
      second:await()
      local stats = db:pool():stats()
      assert(stats.in_use == 0 and stats.waiting == 0, "round " .. round .. " leaked")
    end

    print(("races: %d served, %d timed out"):format(served, over))
    assert.equal(RACES, served + over)
    assert.is_true(served >= RACES // 10 and over >= RACES // 10)
    assert.equal(1, db:pool():stats().total)
  end)
end)
