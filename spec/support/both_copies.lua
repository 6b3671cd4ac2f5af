-- both_copies.lua - a program: COPY in and COPY out beside each other, first free, then throttled
-- and set free: both_copies.lua ROWS BYTES_PER_SECOND NAME
--
-- It has a process of its own so that its memory is its own, too. The tables both_writing_in and
-- both_writing_out are there, the second with the rows. It prints what it measured, `name value`.
package.path = "./?.lua;" .. package.path

local driver = require "moonpool.driver"
local eventually = require "spec.support.eventually"
local mp = require "moonpool"
local progress = require "spec.support.progress"
local proxy = require "spec.support.proxy"
local resident_kb = require "spec.support.resident_kb"

local hrtime = driver.system.hrtime

local ROWS, BYTES_PER_SECOND = math.tointeger(arg[1]), math.tointeger(arg[2])
local LINE = ("x"):rep(1000)

local function beat(loop)
  while not loop.is_over do
    local due = hrtime() + 0.005
    mp.sleep(0.005)
    loop.stall = math.max(loop.stall, hrtime() - due)
    loop.memory = math.max(loop.memory, resident_kb())
  end
end

local Beating = {}

function Beating.__close(loop)
  loop.is_over = true
end

local function copy_in(db, moves)
  local given = 0
  return db:copy_in("both_writing_in", { "n", "line" }, function()
    given = given + 1
    if given > ROWS then return nil end
    moves:step()
    return { given, LINE }
  end)
end

local function copy_out(db, moves)
  for row in db:copy_out "both_writing_out" do
    if row.line ~= LINE then error("row " .. moves.count .. " is not as it was") end
    moves:step()
  end
  return moves.count
end

-- `beside` runs until it returns.
local function copy_both(db, beside)
  local coming, going = progress(), progress()
  local loop <close> = setmetatable({ stall = 0, memory = 0 }, Beating)
  local heart = mp.spawn(beat, loop)
  local into, out = mp.spawn(copy_in, db, coming), mp.spawn(copy_out, db, going)
  if beside then beside(coming, going) end
  local start = hrtime()
  loop.copied_in, loop.copied_out = into:await(), out:await()
  loop.seconds = hrtime() - start
  loop.is_over = true
  heart:await()
  loop.longest = math.max(coming.stall, going.stall)
  return loop
end

local function open(between)
  local db = mp.engine(between.url, { pool = { max = 2 }, application_name = arg[3] })
  db:value "select 1"
  return db
end

local function tell(prefix, measured)
  for name, value in pairs(measured) do
    if type(value) == "number" then print(("%s_%s %s"):format(prefix, name, value)) end
  end
end

local plain <close> = proxy.open()
local narrow <close> = proxy.open(("front d rate:%d"):format(BYTES_PER_SECOND),
  ("back d rate:%d"):format(BYTES_PER_SECOND))
local free <close> = open(plain)
local slow <close> = open(narrow)
collectgarbage()
print("memory_before " .. resident_kb())

tell("free", copy_both(free))
free:exec "truncate both_writing_in"
tell("throttled", copy_both(slow, function(coming, going)
  coming:wait_until_stuck()
  eventually(function() return going.count >= 3 end)
  tell("moved", { coming = coming.count, going = going.count })
  narrow:release()
  coming:restart_clock()
  going:restart_clock()
end))
