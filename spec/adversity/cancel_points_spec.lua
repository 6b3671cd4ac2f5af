-- cancel_points_spec.lua - a task cancelled at each of its waits, and again while it cleans up.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local settle = require "spec.support.settle"

local NAME = "moonpool-points-spec"
local ECHO = "select $1::int8 from pg_sleep($2::float8)"
local STEPS = 13
-- Looks of the scheduler after the step has begun: first waits are short, the server's are long.
local TURNS = full({ 0, 2, 13 }, { 0, 1, 2, 3, 4, 5, 8, 13, 21, 34, 55, 89 })
local AGAIN = full({ false, 1 }, { false, 0, 1, 3 })

-- A value whose leaving is counted, and which asks the server something while it is left.
local function guard(seen, db)
  return setmetatable({}, { __close = function()
    seen.closed = seen.closed + 1
    local ok, err = pcall(db.value, db, ECHO, 1, 0)
    seen.cleanup = ok and "answered" or err.kind
  end })
end

local function scenario(db, seen)
  local function at(step) seen.step = step end
  local _ <close> = guard(seen, db)
  at(1)
  db:value "select 1"
  at(2)
  db:value(ECHO, 2, 0.001)
  at(3)
  db:value(ECHO, 3, 0.03)
  at(4)
  db:exec "insert into points_spec values (0)"
  at(5)
  local conn <close> = db:connect()
  at(6)
  conn:value(ECHO, 6, 0.001)
  at(7)
  local tx <close> = conn:begin()
  at(8)
  tx:exec "insert into points_spec values (1)"
  at(9)
  local savepoint <close> = tx:begin()
  at(10)
  savepoint:many("insert into points_spec values ($1)", { { 2 }, { 3 } })
  at(11)
  savepoint:rollback()
  at(12)
  tx:commit()
  at(13)
  db:with({ timeout = 1 }):value(ECHO, 13, 0.001)
  at(14)
end

local function take_turns(count)
  for _ = 1, count do coroutine.yield() end
end

-- Neighbours, so that the reads of the scenario share.
local function read_beside(db, seen)
  while not seen.over do
    assert(db:value(ECHO, 7, 0.0005) == 7)
  end
end

local function run(db, step, turns, again)
  local seen = { step = 0, closed = 0 }
  for _ = 1, 5 do db:value(ECHO, 1, 0) end
  local beside = { mp.spawn(read_beside, db, seen), mp.spawn(read_beside, db, seen) }
  local task = mp.spawn(scenario, db, seen)
  while seen.step < step do coroutine.yield() end
  take_turns(turns)
  task:cancel()
  if again then
    take_turns(again)
    task:cancel()
  end
  seen.ok, seen.err = task:join()
  seen.over = true
  for _, neighbour in ipairs(beside) do neighbour:await() end
  return seen
end

describe("a task that is cancelled", function()
  local control
  setup(function()
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script "drop table if exists points_spec; create table points_spec (n int)"
  end)
  teardown(function()
    control:exec "drop table points_spec"
    control:close()
  end)

  for step = 1, STEPS do
    it(("in step %d leaves nothing behind, however often it is cancelled"):format(step), function()
      local descriptors = #driver.system.list "/proc/self/fd"
      for _, turns in ipairs(TURNS) do
        for _, again in ipairs(AGAIN) do
          control:exec "truncate points_spec"
          do
            local db <close> = mp.engine(nil, { pool = { max = 2 }, application_name = NAME })
            local seen = run(db, step, turns, again)

            assert.equal(1, seen.closed)
            if seen.step < 14 then
              assert.is_false(seen.ok)
              assert.equal("cancelled", seen.err.kind)
              assert.equal("cancelled", seen.cleanup)
            end
            assert.same(settle.QUIET, settle.wait(db, control, NAME))
            local kept = control:value "select count(*) from points_spec where n = 1"
            if seen.step < 12 then assert.equal(0, kept) end
            if seen.step > 12 then assert.equal(1, kept) end
            assert.equal(0, control:value "select count(*) from points_spec where n > 1")
          end
        end
      end
      assert.equal(descriptors, #driver.system.list "/proc/self/fd")
    end)
  end
end)
