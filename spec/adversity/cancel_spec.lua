-- cancel_spec.lua - statements stopped as they end, and tasks cancelled wherever they wait.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local seed = require "spec.support.seed"
local settle = require "spec.support.settle"

local SECONDS = full(6, 60)
local NAME = "moonpool-cancel-spec"

local function open(max)
  return mp.engine(nil, { pool = { max = max }, application_name = NAME })
end

local function open_descriptors()
  return #driver.system.list("/proc/self/fd")
end

-- One statement whose end and whose deadline fall together, more or less, then one that is checked.
local function round(db, id, tally)
  local begun = driver.system.hrtime()
  local deadline = math.max(tally.expected + (math.random() * 2 - 1) / 1000, 0.001)
  local ok, answer = pcall(mp.deadline, deadline, db.value, db,
    "select $1::int8 from pg_sleep(0.001)", id)
  if not ok and answer.kind ~= "timeout" then error(answer, 0) end
  if ok and answer ~= id then tally.wrong = tally.wrong + 1 end
  local outcome, took = ok and "done" or "stopped", driver.system.hrtime() - begun
  tally[outcome] = tally[outcome] + 1
  -- What was stopped would have taken longer.
  tally.expected = tally.expected * 0.9 + (ok and took or took * 1.2) * 0.1
  if db:value("select $1::int8", -id) ~= -id then tally.wrong = tally.wrong + 1 end
end

local function work(db, tally, task_id)
  local turn = 0
  while driver.system.hrtime() < tally.until_time do
    turn = turn + 1
    round(db, task_id * 1000000 + turn, tally)
  end
end

describe("a statement that ends as its deadline passes", function()
  it("stops no other", function()
    seed.set "cancel"
    local db <close> = open(4)
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    local tally = { done = 0, stopped = 0, wrong = 0, expected = 0.005,
      until_time = driver.system.hrtime() + SECONDS }
    local ids = {}
    for id = 1, 20 do ids[id] = id end

    mp.map(ids, function(id) work(db, tally, id) end)

    print(("cancel: %d done, %d stopped"):format(tally.done, tally.stopped))
    assert.equal(0, tally.wrong)
    assert.is_true(tally.done > 100 and tally.stopped > 100)
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)
end)

local PHASES = 9

local function scenario(db, at)
  at.phase = 1
  local conn <close> = db:connect()
  at.phase = 2
  conn:value "select 1 from pg_sleep(0.001)"
  at.phase = 3
  local tx <close> = conn:begin()
  at.phase = 4
  tx:exec "insert into cancel_spec values (1)"
  at.phase = 5
  local savepoint <close> = tx:begin()
  at.phase = 6
  savepoint:value "select pg_advisory_xact_lock(4711)::text from pg_sleep(0.001)"
  at.phase = 7
  savepoint:commit()
  at.phase = 8
  tx:commit()
  at.phase = 9
  db:value "select 1 from pg_sleep(0.001)"
end

-- Each turn of the scheduler may bring the scenario further.
local function take_turns(count)
  for _ = 1, count do coroutine.yield() end
end

local function cancel_in(db, phase, turns)
  local at = { phase = 0 }
  local task = mp.spawn(scenario, db, at)
  while at.phase < phase do
    coroutine.yield()
  end
  take_turns(turns)
  task:cancel()
  local ok, err = task:join()
  return at.phase, ok, err
end

describe("a task that is cancelled", function()
  local control
  setup(function()
    control = mp.engine(nil, { pool = { max = 1 } })
    control:exec "drop table if exists cancel_spec"
    control:exec "create table cancel_spec (n int)"
  end)
  teardown(function()
    control:exec "drop table cancel_spec"
    control:close()
  end)

  for phase = 1, PHASES do
    it(("at wait %d leaves nothing behind"):format(phase), function()
      local descriptors = open_descriptors()
      for _, turns in ipairs { 0, 1, 2, 3, 5, 10, 20, 40, 80 } do
        control:exec "truncate cancel_spec"
        local db <close> = open(2)

        local reached, ok, err = cancel_in(db, phase, turns)

        assert.same(settle.QUIET, settle.wait(db, control, NAME))
        if not ok then assert.equal("cancelled", err.kind) end
        local rows = control:value "select count(*) from cancel_spec"
        if reached < 8 then assert.equal(0, rows) end
        if reached > 8 then assert.equal(1, rows) end
      end
      assert.equal(descriptors, open_descriptors())
    end)
  end
end)
