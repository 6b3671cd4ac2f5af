-- bench.lua - clocks and reports for Moonpool's own programs; each is run by `moonpool run`.
local mp = require "moonpool"
local system = require("moonpool.driver").system

local SECONDS = tonumber(os.getenv "BENCH_SECONDS") or 1
local WARM_UP_S = 0.2
local TASKS = 64

local bench = {
  accounts = 1000000,
  point_select = "select aid, bid, abalance, filler from pgbench_accounts where aid = $1",
}

---@class bench.Stopwatch
---@field wall_s number
---@field cpu_s number

---@return bench.Stopwatch
function bench.start()
  return { wall_s = system.hrtime(), cpu_s = os.clock() }
end

---Print what one of `operations` has cost since `watch` was started.
---@param watch bench.Stopwatch
---@param operations integer
function bench.report(watch, operations)
  local wall_s, cpu_s = system.hrtime() - watch.wall_s, os.clock() - watch.cpu_s
  print(("wall_us %.4f\ncpu_us %.4f"):format(wall_s / operations * 1e6, cpu_s / operations * 1e6))
end

---Print a field of /proc/self/status, in KiB.
---@param metric string
---@param field string
function bench.report_memory(metric, field)
  for line in io.lines "/proc/self/status" do
    local kb = line:match("^" .. field .. ":%s+(%d+)")
    if kb then print(metric, kb) end
  end
end

local function repeat_for(seconds, work)
  local stop, done = system.hrtime() + seconds, 0
  repeat done = done + work() until system.hrtime() > stop
  return done
end

---Call `work`, which returns how many operations it did, for a while, and report.
---@async
---@param work fun(): integer
function bench.measure(work)
  repeat_for(WARM_UP_S, work)
  local watch = bench.start()
  bench.report(watch, repeat_for(SECONDS, work))
end

-- Each statement in a task of its own, `TASKS` of them at any time: who ends starts the next, and
-- nobody keeps those that have ended.
local function spawn_for(seconds, work)
  local stop, done, tasks = system.hrtime() + seconds, 0, {}
  local function ask(at)
    work()
    done = done + 1
    if system.hrtime() < stop then tasks[at] = mp.spawn(ask, at) end
  end
  for at = 1, TASKS do tasks[at] = mp.spawn(ask, at) end
  for at = 1, TASKS do
    local task
    repeat
      task = tasks[at]
      task:await()
    until tasks[at] == task
  end
  return done
end

---Call `work` in a new task each time, 64 at once, for a while, and report.
---@async
---@param work function
function bench.measure_tasks(work)
  spawn_for(WARM_UP_S, work)
  local watch = bench.start()
  bench.report(watch, spawn_for(SECONDS, work))
end

---The rows to load: integer, text, float and a time.
---@param count integer
---@return any[][]
function bench.load_rows(count)
  local start = mp.timestamp("2024-01-01T00:00:00Z"):epoch()
  local rows = {}
  for i = 1, count do
    local at = os.date("!%Y-%m-%dT%H:%M:%SZ", math.tointeger(start) + i)
    rows[i] = { i, "text value " .. i, i * 0.25, mp.timestamp(at) }
  end
  return rows
end

return bench
