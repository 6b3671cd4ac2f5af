-- pool_hooks_spec.lua - functions that are given connections: new, lent, and come back.
local mp = require "moonpool"

local function wait_until(fn)
  mp.deadline(10, function()
    while not fn() do mp.sleep(0.005) end
  end)
end

local function setting(target)
  return target:value "select current_setting('my.mark', true)"
end

describe("the hook connect", function()
  it("is given each new connection before anybody else", function()
    local seen = {}
    local db <close> = mp.engine(nil, { pool = { max = 2 }, on = { connect = function(conn)
      conn:exec "set my.mark = 'set up'"
      seen[#seen + 1] = conn:value "select pg_backend_pid()"
    end } })

    assert.equal("set up", setting(db))
    local first <close> = db:connect()
    local second <close> = db:connect()

    assert.equal("set up", setting(first))
    assert.equal("set up", setting(second))
    assert.equal(2, #seen)
    assert.not_equal(seen[1], seen[2])
  end)

  it("may stand in the pool's options", function()
    local count = 0
    local function on_connect() count = count + 1 end
    local db <close> = mp.engine(nil, { pool = { on = { connect = on_connect } } })

    db:value "select 1"

    assert.equal(1, count)
  end)

  it("is refused when it is given twice or is no function", function()
    local function f() end
    local both = { on = { connect = f }, pool = { on = { connect = f } } }
    local _, twice = mp.try(mp.engine, nil, both)
    local _, no_function = mp.try(mp.engine, nil, { on = { connect = 5 } })

    assert.equal("bad_config", twice.kind)
    assert.equal("bad_config", no_function.kind)
  end)

  it("fails the connect with its error, and who waits for it", function()
    local db <close> = mp.engine(nil, { on = { connect = function() error "no vault" end } })

    local _, err = mp.try(db.value, db, "select 1")

    assert.equal("connect_failed", err.kind)
    assert.matches('the hook "connect" failed: .*no vault', err.message)
    assert.is_string(err.hint)
    assert.equal(0, db:pool():stats().total)
  end)

  it("fails with what the server said", function()
    local db <close> = mp.engine(nil, { on = { connect = function(conn) conn:exec "selec" end } })

    local _, err = mp.try(db.value, db, "select 1")

    assert.matches('the hook "connect" failed: syntax error', err.message)
  end)

  it("leaves no transaction open behind it", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 }, on = { connect = function(conn)
      conn:script "begin; create table left_open (a int)"
    end } })

    assert.is_nil(db:value "select to_regclass('left_open')")
  end)

  it("is asked again when the session was reset", function()
    local count = 0
    local db <close> = mp.engine(nil, { pool = { max = 1 }, on = { connect = function(conn)
      count = count + 1
      conn:exec "set my.mark = 'set up'"
    end } })
    do
      local conn <close> = db:connect()
      conn:exec "set my.mark = 'changed'"
    end

    assert.equal("set up", setting(db))
    assert.equal(2, count)
  end)

  it("keeps nobody waiting who has another connection to use", function()
    local hanging, release = 0, false
    local db <close> = mp.engine(nil, { pool = { max = 2 }, on = { connect = function()
      hanging = hanging + 1
      if hanging == 2 then while not release do mp.sleep(0.005) end end
    end } })
    local first = db:connect()
    local waiter = mp.spawn(function()
      local second <close> = db:connect()
      return second:value "select 1"
    end)
    wait_until(function() return hanging == 2 end)

    first:close()

    assert.equal(1, waiter:await())
    release = true
  end)

  it("is cut short by connect_timeout", function()
    local db <close> = mp.engine(nil, { connect_timeout = 1,
      on = { connect = function() mp.sleep(60) end } })

    local _, err = mp.try(db.value, db, "select 1")

    assert.equal("connect_timeout", err.kind)
    assert.matches('the hook "connect" did not end within 1 s', err.message)
  end)

  it("is cancelled when the engine closes", function()
    local began, outcome = false, nil
    local db = mp.engine(nil, { on = { connect = function(conn)
      began = true
      local _, err = mp.try(conn.exec, conn, "select pg_sleep(60)")
      outcome = err
      mp.sleep(60)
    end } })
    local waiter = mp.spawn(db.value, db, "select 1")
    wait_until(function() return began end)

    db:close { timeout = 1 }

    local ok, err = waiter:join()
    assert.is_false(ok)
    assert.equal("shutting_down", err.kind)
    wait_until(function() return outcome end)
    assert.equal("cancelled", outcome.kind)
  end)

  it("fails when its connection is lost, whatever it says", function()
    local count = 0
    local db <close> = mp.engine(nil, { on = { connect = function(conn)
      count = count + 1
      pcall(conn.exec, conn, "select pg_terminate_backend(pg_backend_pid())")
    end } })

    local _, err = mp.try(db.value, db, "select 1")

    assert.equal("connection_lost", err.kind)
    assert.is_true(count <= 2)
  end)

  it("may keep its connection as long as it runs, no longer", function()
    local kept
    local db <close> = mp.engine(nil, { on = { connect = function(conn) kept = conn end } })
    db:value "select 1"

    local _, err = mp.try(kept.value, kept, "select 1")

    assert.equal("bad_argument", err.kind)
  end)

  it("may close its connection", function()
    local db <close> = mp.engine(nil, { on = { connect = function(conn) conn:close() end } })

    assert.equal(1, db:value "select 1")
  end)

  it("goes with its engine when nobody has that any more", function()
    local gone = setmetatable({}, { __mode = "k" })
    do
      local db
      db = mp.engine(nil, { on = { connect = function() return db end } })
      db:value "select 1"
      gone[db] = true
    end

    collectgarbage()
    collectgarbage()

    assert.is_nil(next(gone))
  end)
end)

describe("the hooks checkout and checkin", function()
  local function counting(options)
    local log = {}
    options = options or {}
    local function noted(what)
      return function(conn)
        local pid = conn:value "select pg_backend_pid()"
        log[#log + 1] = what .. " " .. pid
      end
    end
    options.on = { checkout = noted "out", checkin = noted "in" }
    return mp.engine(nil, options), log
  end

  it("are asked in turn, around each lease", function()
    local engine, log = counting { pool = { max = 1 } }
    local db <close> = engine

    local pid = db:value "select pg_backend_pid()"
    db:transaction(function(tx) tx:value "select 1" end)
    wait_until(function() return db:pool():stats().in_use == 0 end)

    -- A text that is new is described on a lease of its own.
    assert.same({ "out " .. pid, "in " .. pid }, table.move(log, 1, 2, 1, {}))
    log = table.move(log, #log - 3, #log, 1, {})
    assert.same({ "out " .. pid, "in " .. pid, "out " .. pid, "in " .. pid }, log)
  end)

  it("may set up what the lease sees", function()
    local tenant = "a"
    local db <close> = mp.engine(nil, { pool = { max = 1 }, on = {
      checkout = function(conn) conn:query("select set_config('my.mark', $1, false)", tenant) end,
      checkin = function(conn) conn:exec "reset my.mark" end,
    } })

    local first = setting(db)
    tenant = "b"

    assert.equal("a", first)
    assert.equal("b", setting(db))
  end)

  it("are asked for each of many reads at once", function()
    local engine, log = counting { pool = { max = 3 } }
    local db <close> = engine

    mp.map({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, function(i) return db:value("select $1::int", i) end)
    wait_until(function() return db:pool():stats().in_use == 0 end)

    local acquired = db:pool():stats().acquired
    assert.is_true(acquired >= 10)
    assert.equal(2 * acquired, #log)
  end)

  it("fails who asked when checkout fails, and closes the connection", function()
    local fails = true
    local db <close> = mp.engine(nil, { pool = { max = 1 }, on = { checkout = function()
      if fails then error "not now" end
    end } })

    local _, err = mp.try(db.value, db, "select 1")
    fails = false

    assert.equal("connect_failed", err.kind)
    assert.matches('the hook "checkout" failed: .*not now', err.message)
    assert.equal(1, db:value "select 1")
  end)

  it("closes the connection when checkin fails, and says so", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 }, log = { level = "off" },
      on = { checkin = function() error "it is dirty" end } })

    local first = db:value "select pg_backend_pid()"

    assert.not_equal(first, db:value "select pg_backend_pid()")
  end)

  it("sees a connection that was rolled back", function()
    local depth
    local db <close> = mp.engine(nil, { pool = { max = 1 }, on = { checkin = function(conn)
      depth = conn:value "select pg_current_xact_id_if_assigned()::text"
    end } })
    do
      local tx <close> = db:begin()
      tx:value "select pg_current_xact_id()::text"
    end
    db:value "select 1"

    assert.is_nil(depth)
  end)

  it("gives back what nobody waits for any more", function()
    local release, log = false, {}
    local db <close> = mp.engine(nil, { pool = { max = 1, acquire_timeout = 0.05 }, on = {
      checkout = function()
        log[#log + 1] = "out"
        while not release do mp.sleep(0.005) end
      end,
      checkin = function() log[#log + 1] = "in" end,
    } })

    local _, err = mp.try(db.value, db, "select 1")
    release = true
    wait_until(function() return #log == 2 end)

    assert.equal("acquire_timeout", err.kind)
    assert.same({ "out", "in" }, log)
    wait_until(function() return db:pool():stats().idle == 1 end)
  end)

  it("change with the options", function()
    local count = 0
    local db <close> = mp.engine(nil, { pool = { max = 1 } })
    db:value "select 1"

    db:reconfigure { pool = { on = { checkout = function() count = count + 1 end } } }
    db:value "select 1"

    assert.equal(1, count)
  end)
end)
