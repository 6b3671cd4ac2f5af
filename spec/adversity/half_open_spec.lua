-- half_open_spec.lua - idle connections that went silent are found before anyone uses them.
local driver = require "moonpool.driver"
local mp = require "moonpool"

local SIGSTOP, SIGCONT = 19, 18
local IDLE_SECONDS, CHECKED_AFTER = 0.05, 0.02

local system = driver.system

local function engine_of(pool)
  if pool.check_after_idle == nil then pool.check_after_idle = CHECKED_AFTER end
  return mp.engine(os.getenv "MOONPOOL_SPEC_TCP_URL", { pool = pool })
end

-- As many connections as the pool may have; gives their server processes.
local function fill(db, count)
  local conns, pids = {}, {}
  for i = 1, count do
    conns[i] = db:connect()
    pids[i] = conns[i]:value "select pg_backend_pid()"
  end
  for i = 1, count do conns[i]:close() end
  return pids
end

local function signal(pids, number)
  for _, pid in ipairs(pids) do system.kill(pid, number) end
end

-- A frozen process acknowledges what is sent to it and never answers, like a network that has
-- forgotten the connection; ended here, however the block is left.
local function freeze(pids)
  signal(pids, SIGSTOP)
  return setmetatable({}, { __close = function() signal(pids, SIGCONT) end })
end

describe("idle connections whose way to the server has gone", function()
  it("cost their next users a moment, and no error", function()
    local db <close> = engine_of { max = 9 }
    local pids = fill(db, 8)
    local _ <close> = freeze(pids)
    mp.sleep(IDLE_SECONDS)
    local start = system.hrtime()

    local calls = {}
    for i = 1, 100 do
      calls[i] = mp.spawn(db.value, db, "select $1::int", i)
    end
    local answers = {}
    for i = 1, 100 do answers[i] = calls[i]:await() end

    local seconds = system.hrtime() - start
    for i = 1, 100 do assert.equal(i, answers[i]) end
    print(("half open: 100 queries over 8 silent connections took %.0f ms"):format(seconds * 1000))
    assert.is_true(seconds <= 1.5)
    mp.deadline(5, function()
      while db:pool():stats().invalidations == 0 do mp.sleep(0.005) end
    end)
    assert.is_true(db:pool():stats().total <= 1)
  end)

  it("are found by one alone", function()
    local db <close> = engine_of { max = 1 }
    local _ <close> = freeze(fill(db, 1))
    mp.sleep(IDLE_SECONDS)
    local start = system.hrtime()

    assert.equal(7, db:value "select 7")

    local seconds = system.hrtime() - start
    assert.is_true(seconds >= 0.4 and seconds <= 1.5)
  end)

  it("are asked in parallel, one for each who waits", function()
    local db <close> = engine_of { max = 4 }
    fill(db, 4)
    mp.sleep(IDLE_SECONDS)

    local before = db:pool():stats().connected
    local calls = {}
    for i = 1, 4 do calls[i] = mp.spawn(db.value, db, "select pg_backend_pid()") end
    for i = 1, 4 do calls[i]:await() end

    assert.equal(4, db:pool():stats().idle_checks)
    assert.equal(before, db:pool():stats().connected)
  end)

  it("are not asked at all when check_after_idle is false", function()
    local db <close> = engine_of { max = 1, check_after_idle = false }
    fill(db, 1)
    mp.sleep(IDLE_SECONDS)

    db:value "select 1"

    assert.equal(0, db:pool():stats().idle_checks)
  end)
end)

describe("a connection that the server has ended", function()
  it("condemns the idle ones, and spares one that works until it is given back", function()
    local db <close> = mp.engine(nil, { pool = { max = 4 } })
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    local pids = fill(db, 4)
    local conn <close> = db:connect()
    local own = conn:value "select pg_backend_pid()"
    local victim = pids[1] == own and pids[2] or pids[1]

    control:value("select pg_terminate_backend($1)", victim)
    mp.deadline(5, function()
      while db:pool():stats().invalidations == 0 do mp.sleep(0.002) end
    end)

    assert.equal(1, db:pool():stats().total)
    assert.equal(own, conn:value "select pg_backend_pid()")
    conn:close()
    assert.equal(0, db:pool():stats().total)
    assert.are_not.equal(own, db:value "select pg_backend_pid()")
  end)

  it("condemns no other when it was ended for its own idleness", function()
    local db <close> = mp.engine(nil, { pool = { max = 2 },
      settings = { idle_session_timeout = "100ms" } })
    local conn <close> = db:connect()
    conn:exec "set idle_session_timeout = 0"
    db:value "select 1"
    mp.deadline(5, function()
      while db:pool():stats().lost == 0 do mp.sleep(0.002) end
    end)

    assert.equal(0, db:pool():stats().invalidations)
  end)
end)
