-- load.lua - thousands of tasks that each ask for their own id and check what comes back.
local mp = require "moonpool"
local driver = require "moonpool.driver"

local load = {}

local QUERY = "select $1::int8 as id, $2::text as name"

local function ask(db, id, turn, tally)
  local number = id * 1000000 + turn
  local name = "task " .. number
  local row = db:one(QUERY, number, name)
  tally.replies = tally.replies + 1
  if row.id ~= number or row.name ~= name then tally.wrong = tally.wrong + 1 end
end

local function work(db, id, tally, on_error)
  local turn = 0
  while driver.system.hrtime() < tally.until_time do
    turn = turn + 1
    tally.asked = tally.asked + 1
    local ok, err = pcall(ask, db, id, turn, tally)
    if not ok then on_error(err, tally) end
  end
  tally.finished = tally.finished + 1
end

-- The longest time that the loop kept a 5 ms timer waiting beyond its due time.
local function beat(tally)
  local last = driver.system.hrtime()
  while tally.finished < tally.tasks do
    mp.sleep(0.005)
    local now = driver.system.hrtime()
    tally.stall = math.max(tally.stall, now - last - 0.005)
    last = now
  end
end

local function raise(err)
  error(err, 0)
end

---Run `tasks` tasks against `db` for `seconds`. Meanwhile `beside(tally)` runs here; it may end the
---load by `tally.until_time = 0`.
---@async
---@param db table
---@param given { tasks: integer, seconds: number, on_error: function?, beside: function? }
---@return table tally  asked, replies, wrong, stall (seconds), elapsed (seconds)
function load.run(db, given)
  local start = driver.system.hrtime()
  local tally = { tasks = given.tasks, finished = 0, asked = 0, replies = 0, wrong = 0, stall = 0,
    until_time = start + given.seconds }
  local running = { mp.spawn(beat, tally) }
  for id = 1, given.tasks do
    running[#running + 1] = mp.spawn(work, db, id, tally, given.on_error or raise)
  end
  if given.beside then given.beside(tally) end
  for _, task in ipairs(running) do
    task:await()
  end
  tally.elapsed = driver.system.hrtime() - start
  return tally
end

return load
