-- cancel_race_spec.lua - cancels that come as their statements end: they stop no other, on shared
-- connections, on leased ones, and on encrypted ones.
local cluster = require "spec.support.cluster"
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local seed = require "spec.support.seed"
local settle = require "spec.support.settle"

local NAME = "moonpool-race-spec"
local ROUNDS = full(2000, 50000)
local WORKERS = 20

local function open(url, given)
  local options = { pool = { max = 4 }, application_name = NAME }
  for key, value in pairs(given or {}) do options[key] = value end
  return mp.engine(url, options)
end

-- A statement that takes about `seconds`, with a deadline within a millisecond of its end.
local function race(db, id, seconds, tally)
  local begun = driver.system.hrtime()
  local deadline = math.max(tally.expected + (math.random() * 2 - 1) / 1000, 0.001)
  local ok, answer = pcall(mp.deadline, deadline, db.value, db,
    "select $1::int8 from pg_sleep($2::float8)", id, seconds)
  if not ok and answer.kind ~= "timeout" then error(answer, 0) end
  if ok and answer ~= id then tally.wrong = tally.wrong + 1 end
  local took = driver.system.hrtime() - begun
  tally.expected = tally.expected * 0.9 + (ok and took or took * 1.2) * 0.1
  tally[ok and "done" or "stopped"] = tally[ok and "done" or "stopped"] + 1
  if db:value("select $1::int8", -id) ~= -id then tally.wrong = tally.wrong + 1 end
end

-- `seconds(i)` is how long round i's statement takes.
local function run(db, rounds, seconds)
  local tally = { done = 0, stopped = 0, wrong = 0, expected = seconds(1) * 2, next = 0 }
  local ids = {}
  for id = 1, WORKERS do ids[id] = id end
  mp.map(ids, function()
    while tally.next < rounds do
      tally.next = tally.next + 1
      race(db, tally.next, seconds(tally.next), tally)
    end
  end)
  print(("cancel race: %d done, %d stopped, %d wrong"):format(
    tally.done, tally.stopped, tally.wrong))
  return tally
end

local function check(db, control, tally)
  assert.equal(0, tally.wrong)
  assert.is_true(tally.done > 0 and tally.stopped > 0)
  assert.same(settle.QUIET, settle.wait(db, control, NAME))
end

describe("cancels that come as their statements end", function()
  local control
  setup(function()
    seed.set "cancel race"
    control = mp.engine(nil, { pool = { max = 1 } })
  end)
  teardown(function() control:close() end)

  it("stop no other on shared connections", function()
    local db <close> = open()
    check(db, control, run(db, ROUNDS, function() return 0.001 end))
  end)

  it("stop no other where each statement has its own", function()
    local db <close> = open(nil, { pipeline = { max = 1 } })
    check(db, control, run(db, ROUNDS, function() return 0.001 end))
  end)

  it("stop no other when one in ten is cancelled among those that share", function()
    local db <close> = open()
    check(db, control, run(db, ROUNDS // 4, function(i) return i % 10 == 0 and 0.1 or 0.001 end))
  end)
end)

describe("a cancel on an encrypted connection", function()
  local server, control
  setup(function()
    math.randomseed(os.time())
    server = cluster.open { tls = true }
    control = mp.engine(server.url, { pool = { max = 1 } })
  end)
  teardown(function()
    control:close()
    server:__close()
  end)

  it("reaches its statement, and nothing but TLS goes over the wire", function()
    local db <close> = open(server.tls_url, { pipeline = { max = 1 } })
    local begun = driver.system.hrtime()

    local ok, err = pcall(mp.deadline, 0.05, db.value, db, "select 1 from pg_sleep(60)")
    local seen = settle.wait(db, control, NAME)

    assert.is_false(ok)
    assert.equal("timeout", err.kind)
    assert.same(settle.QUIET, seen)
    assert.is_true(driver.system.hrtime() - begun < 3)
    assert.equal(0, db:pool():stats().closed)
    assert.is_true(control:value("select bool_and(s.ssl) from pg_stat_ssl s"
      .. " join pg_stat_activity a using (pid) where application_name = $1", NAME))
  end)

  it("stops no other", function()
    local db <close> = open(server.tls_url)
    check(db, control, run(db, ROUNDS // 10, function() return 0.002 end))
  end)
end)

describe("cancels that nobody answers", function()
  local server
  local SIGSTOP, SIGCONT = 19, 18
  setup(function() server = cluster.open { tls = true } end)
  teardown(function() server:__close() end)

  it("keep the loop from no other work, and end in their time", function()
    local db <close> = mp.engine(server.url, { pool = { max = 64 }, application_name = NAME })
    local ids = {}
    for id = 1, 64 do ids[id] = id end
    mp.map(ids, function() db:value "select 1 from pg_sleep(0.2)" end)
    local stall, last, beating = 0, driver.system.hrtime(), true
    local heart = mp.spawn(function()
      while beating do
        mp.sleep(0.005)
        local now = driver.system.hrtime()
        stall, last = math.max(stall, now - last - 0.005), now
      end
    end)

    server.server:kill(SIGSTOP)
    local begun = driver.system.hrtime()
    local outcomes = mp.map(ids, function()
      local ok, err = pcall(mp.deadline, 0.2, db.value, db, "select 1 from pg_sleep(30)")
      return ok and "done" or err.kind
    end)
    local took = driver.system.hrtime() - begun
    local looking = driver.system.hrtime()
    pcall(function()
      local other <close> = mp.engine "postgresql://nobody@localhost:1/none"
      other:value "select 1"
    end)
    local looked = driver.system.hrtime() - looking
    local threads = #driver.system.list "/proc/self/task"
    while db:pool():stats().in_use > 0 do mp.sleep(0.05) end
    local settled = driver.system.hrtime() - begun
    server.server:kill(SIGCONT)
    beating = false
    heart:await()

    print(("cancels unanswered: %d threads, stall %.1f ms, settled in %.1f s"):format(
      threads, stall * 1000, settled))
    for _, outcome in ipairs(outcomes) do assert.equal("timeout", outcome) end
    assert.is_true(took < 0.6)
    assert.is_true(stall <= 0.1)
    assert.is_true(looked <= 0.2)
    assert.is_true(settled < 7)
    assert.is_true(threads <= 1 + 8) -- the look-ups'
  end)
end)
