-- reconfigure_spec.lua - an engine whose pool, password or age changes while it is used.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local function pid(target)
  return target:value "select pg_backend_pid()"
end

local function wait_until(fn)
  mp.deadline(10, function()
    while not fn() do mp.sleep(0.005) end
  end)
end

describe("an engine that is reconfigured", function()
  it("has a larger pool at once, also for those who wait already", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 } })
    local conn <close> = db:connect()
    local waiter = mp.spawn(pid, db)
    while db:pool():stats().waiting < 1 do mp.sleep(0.001) end

    db:reconfigure { pool = { max = 2 } }

    assert.equal("integer", math.type(waiter:await()))
    assert.equal(2, db:pool():stats().max)
    conn:close()
  end)

  it("has a smaller pool as connections come back", function()
    local db <close> = mp.engine(nil, { pool = { max = 3 } })
    local conns = { db:connect(), db:connect(), db:connect() }
    conns[1]:close()

    db:reconfigure { pool = { max = 1 } }

    assert.equal(2, db:pool():stats().total)
    conns[2]:close()
    assert.equal(1, db:pool():stats().total)
    conns[3]:close()
    assert.equal(pid(db), pid(db))
  end)

  it("keeps the options that are not named", function()
    local db <close> = mp.engine(nil, { pool = { max = 1, acquire_timeout = 0.05 },
      settings = { statement_timeout = "7s" } })

    db:reconfigure { pool = { min = 1 } }

    local conn <close> = db:connect()
    assert.equal("7s", conn:value "show statement_timeout")
    local ok, err = mp.spawn(pid, db):join()
    assert.is_false(ok)
    assert.equal("acquire_timeout", err.kind)
    conn:close()
  end)

  it("connects with another password, and keeps lent connections until they come back", function()
    local url = os.getenv "MOONPOOL_SPEC_TCP_URL"
    local db <close> = mp.engine(url, { pool = { max = 2 } })
    local conn <close> = db:connect()
    local idle, lent = pid(db), pid(conn)

    db:reconfigure { password = "wrong" }

    local ok, err = mp.spawn(pid, db):join()
    assert.is_false(ok)
    assert.equal(lent, pid(conn))
    conn:close()
    local _, refused = pcall(pid, db)
    assert.equal("auth_failed", refused.kind)
    assert.is_nil(tostring(err):find("wrong", 1, true))
    db:reconfigure { password = "password" }
    local now = pid(db)
    assert.is_true(now ~= idle and now ~= lent)
  end)

  it("keeps its connections when nothing about them changes", function()
    local db <close> = mp.engine()
    local before = pid(db)

    db:reconfigure { pool = { max = 5 } }

    assert.equal(before, pid(db))
  end)

  it("is left as it was by what is wrong", function()
    local db <close> = mp.engine(nil, { pool = { max = 2 } })

    refusal.check({ kind = "bad_config", says = "pool.min" }, db.reconfigure, db,
      { pool = { min = 5 } })
    refusal.check({ kind = "bad_config", says = "unknown option" }, db.reconfigure, db,
      { replicas = {} })

    assert.equal(2, db:pool():stats().max)
  end)
end)

describe("a pool that is recycled", function()
  it("replaces its connections at once", function()
    local db <close> = mp.engine(nil, { pool = { max = 2 } })
    local conn <close> = db:connect()
    local before = pid(conn)
    db:value "select 1"

    db:pool():recycle()

    assert.equal(1, db:pool():stats().total)
    assert.equal(before, pid(conn))
    conn:close()
    assert.are_not.equal(before, pid(db))
  end)

  it("replaces them over the time it is given", function()
    local db <close> = mp.engine(nil, { pool = { max = 4, min = 4 } })
    wait_until(function() return db:pool():stats().idle == 4 end)

    db:pool():recycle { over = 0.2 }

    wait_until(function()
      local stats = db:pool():stats()
      return stats.closed == 4 and stats.idle == 4
    end)
    assert.equal(8, db:pool():stats().connected)
  end)
end)

describe("an engine", function()
  it("has the settings that values are read by, and a bound for idle transactions", function()
    local db <close> = mp.engine(nil, { settings = { lock_timeout = "3s" } })

    local seen = {}
    for _, name in ipairs { "client_encoding", "DateStyle", "IntervalStyle", "extra_float_digits",
      "idle_in_transaction_session_timeout", "lock_timeout" } do
      seen[name] = db:value("show " .. name)
    end

    assert.same({
      client_encoding = "UTF8", DateStyle = "ISO, MDY", IntervalStyle = "postgres",
      extra_float_digits = "1", idle_in_transaction_session_timeout = "1min", lock_timeout = "3s",
    }, seen)
  end)

  it("tells what it is connected to", function()
    local db <close> = mp.engine()

    local server = db:server()

    assert.equal(db:value "show server_version_num", tostring(server.number))
    assert.is_truthy(server.version:find "^%d+%.?%d*$")
    assert.is_false(server.is_standby)
  end)

  it("lets running work end within the time that close is given, and no longer", function()
    local db = mp.engine(nil, { pool = { max = 2 }, pipeline = { max = 1 } })
    local nap = "select 'done' from pg_sleep($1)"
    db:value(nap, 0)
    pid(db)
    local short = mp.spawn(db.value, db, nap, 0.1)
    local long = mp.spawn(db.value, db, nap, 60)
    while db:pool():stats().in_use < 2 do mp.sleep(0.001) end
    local waiter = mp.spawn(pid, db)
    mp.sleep(0)
    while db:pool():stats().waiting < 1 do mp.sleep(0.001) end

    db:close { timeout = 0.4 }

    assert.equal("done", short:await())
    local _, cut = long:join()
    local _, refused = waiter:join()
    assert.equal("shutting_down", cut.kind)
    assert.equal("shutting_down", refused.kind)
  end)
end)
