-- sharing_spec.lua - plain reads of many tasks on few connections: only the wire is common.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local settle = require "spec.support.settle"

local NAME = "moonpool-sharing-spec"
local SECONDS = full(2, 60)
local ECHO = "select $1::int8 from pg_sleep($2::float8)"

local function range(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

-- An engine that knows ECHO to be fast, its connections open.
local function open(max, given)
  local options = { pool = { max = max }, application_name = NAME }
  for key, value in pairs(given or {}) do options[key] = value end
  local db = mp.engine(nil, options)
  mp.map(range(max), function() db:value(ECHO, 1, 0.002) end)
  for _ = 1, 20 do db:value(ECHO, 1, 0) end
  return db
end

local function backend_of(control)
  return control:value("select min(pid) from pg_stat_activity where application_name = $1", NAME)
end

local function wait_until(condition)
  while not condition() do mp.sleep(0.001) end
end

describe("plain reads on a pool that has grown to its maximum", function()
  local control
  setup(function()
    control = mp.engine(nil, { pool = { max = 2 } })
    control:script "drop table if exists sharing_spec; create table sharing_spec (n int8)"
  end)
  teardown(function()
    control:exec "drop table sharing_spec"
    control:close()
  end)

  it("go beside each other on one connection, and each gets its own answer", function()
    local db <close> = open(1)
    local acquired, waiting = {}, {}

    local answers = mp.map(range(200), function(id)
      local before = db:pool():stats()
      acquired[id], waiting[id] = before.acquired, before.waiting
      return db:value(ECHO, id, 0)
    end)

    assert.same(range(200), answers)
    assert.equal(0, waiting[60])
    assert.equal(acquired[1] + 59, acquired[60])
    assert.is_true(waiting[100] > 0)
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("have a connection each where pipeline.max is 1", function()
    local db <close> = open(1, { pipeline = { max = 1 } })
    local waiting = {}

    mp.map(range(20), function(id)
      waiting[id] = db:pool():stats().waiting
      db:value(ECHO, id, 0)
    end)

    assert.equal(18, waiting[20])
  end)

  it("fail apart", function()
    local db <close> = open(1)
    for _ = 1, 5 do db:value("select 100 / $1::int", 1) end

    local outcomes = mp.map(range(100), function(id)
      local ok, answer = pcall(db.value, db, "select 100 / $1::int", id % 10)
      return ok and answer or answer.kind
    end)

    for id, outcome in ipairs(outcomes) do
      assert.equal(id % 10 == 0 and "division_by_zero" or 100 // (id % 10), outcome)
    end
  end)

  it("do not keep a writer waiting, nor does it keep them", function()
    local db <close> = open(2)
    local until_time = driver.system.hrtime() + SECONDS
    local reads, writes, longest = 0, 0, 0
    local function read()
      while driver.system.hrtime() < until_time do
        assert(db:value(ECHO, reads, 0.001) >= 0)
        reads = reads + 1
      end
    end
    local function write()
      while driver.system.hrtime() < until_time do
        local begun = driver.system.hrtime()
        db:exec("insert into sharing_spec values ($1)", writes)
        writes, longest = writes + 1, math.max(longest, driver.system.hrtime() - begun)
      end
    end

    local tasks = { mp.spawn(write), mp.spawn(write), mp.spawn(write) }
    for _ = 1, 50 do tasks[#tasks + 1] = mp.spawn(read) end
    for _, task in ipairs(tasks) do task:await() end

    print(("sharing: %d reads, %d writes, longest write %.1f ms"):format(
      reads, writes, longest * 1000))
    assert.is_true(reads > 20 * SECONDS and writes > 20 * SECONDS)
    assert.is_true(longest < 0.5)
    assert.equal(writes, control:value "select count(*) from sharing_spec")
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("are told apart of its loss, and go on with another connection", function()
    local db <close> = open(1)
    local tasks = {}
    for id = 1, 20 do
      tasks[id] = mp.spawn(pcall, db.value, db, ECHO, id, id == 1 and 10 or 0)
    end
    wait_until(function() return db:pool():stats().in_use == 1 end)
    mp.sleep(0.05)

    control:value("select pg_terminate_backend($1)", backend_of(control))

    for _, task in ipairs(tasks) do
      local ok, err = task:await()
      assert.is_false(ok)
      assert.equal("connection_lost", err.kind)
    end
    assert.equal(7, db:value(ECHO, 7, 0))
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("leave a connection whose time is over", function()
    local db <close> = open(1, { pool = { max = 1, max_uses = 100 } })

    mp.map(range(20), function(id)
      for _ = 1, 50 do assert(db:value(ECHO, id, 0) == id) end
    end)

    assert.is_true(db:pool():stats().connected >= 8)
  end)

  it("are sent again unseen when a neighbour's cancel hits them", function()
    local db <close> = open(1)
    local again, stopped = 0, 0
    for round = 1, 12 * SECONDS do
      local before = db:pool():stats().acquired
      -- The first ends about when its cancel arrives, 20 ms after its deadline.
      local outcomes = mp.map(range(30), function(id)
        if id > 1 then return db:value(ECHO, id, 0.002) end
        local duration = 0.026 + (round % 12) * 0.0005
        return select(2, pcall(mp.deadline, 0.005, db.value, db, ECHO, id, duration))
      end)
      again = again + db:pool():stats().acquired - before - 30
      stopped = stopped + (mp.is_error(outcomes[1], "timeout") and 1 or 0)
      for id = 2, 30 do assert.equal(id, outcomes[id]) end
    end

    print(("sharing: %d stopped, %d neighbours sent again"):format(stopped, again))
    assert.is_true(stopped > 0)
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("are alone while their task holds a transaction, or was spawned by one that does", function()
    local db <close> = open(2)
    local tx <close> = db:begin()
    tx:exec "lock table sharing_spec"
    -- Reads until the lock is given back, on the one connection that is left.
    local blocked = mp.spawn(db.value, db, "select count(*) from sharing_spec")
    wait_until(function()
      return control:value "select count(*) from pg_locks where not granted" == 1
    end)

    local ok, err = pcall(mp.deadline, 0.1, db.value, db, ECHO, 1, 0)
    local child = mp.spawn(pcall, mp.deadline, 0.1, db.value, db, ECHO, 1, 0)
    local child_ok, child_err = child:await()

    assert.is_false(ok or child_ok)
    assert.matches("waiting for a connection", err.message)
    assert.matches("waiting for a connection", child_err.message)
    tx:rollback()
    assert.is_true(blocked:await() >= 0)
  end)

  it("are alone once they are known to be slow", function()
    local db <close> = open(1)
    db:value("select 5 from pg_sleep(0.05)")
    local slow = mp.spawn(db.value, db, "select 5 from pg_sleep(0.05)")
    wait_until(function() return db:pool():stats().in_use == 1 end)

    local quick = mp.spawn(db.value, db, ECHO, 1, 0)
    coroutine.yield()
    coroutine.yield()

    assert.equal(1, db:pool():stats().waiting)
    assert.equal(1, quick:await())
    assert.equal(5, slow:await())
  end)
end)
