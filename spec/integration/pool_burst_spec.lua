-- pool_burst_spec.lua - connections above the pool's max, while tasks wait for one.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local function wait_until(fn)
  mp.deadline(10, function()
    while not fn() do mp.sleep(0.005) end
  end)
end

describe("a pool with burst", function()
  it("opens more than max for who would wait, and closes them when they are idle", function()
    local db <close> = mp.engine(nil, { pool = { max = 1, burst = 2 } })
    local conns = { db:connect(), db:connect(), db:connect() }

    assert.equal(3, db:pool():stats().total)
    conns[3]:close()
    conns[2]:close()
    wait_until(function() return db:pool():stats().total == 1 end)
    conns[1]:close()
    wait_until(function() return db:pool():stats().idle == 1 end)
  end)

  it("lends one that comes back to who waits, and opens no more", function()
    local db <close> = mp.engine(nil, { pool = { max = 1, burst = 1 } })
    local conns = { db:connect(), db:connect() }
    local waiter = mp.spawn(function()
      local conn <close> = db:connect()
      return conn:value "select pg_backend_pid()"
    end)
    wait_until(function() return db:pool():stats().waiting == 1 end)
    local pid = conns[2]:value "select pg_backend_pid()"

    conns[2]:close()

    assert.equal(pid, waiter:await())
    assert.equal(2, db:pool():stats().connected)
    conns[1]:close()
  end)

  it("lets plain reads share its max first", function()
    local db <close> = mp.engine(nil, { pool = { max = 1, burst = 5 } })
    local tasks = {}
    db:value "select 1"

    for at = 1, 20 do tasks[at] = mp.spawn(db.value, db, "select 1") end
    for _, task in ipairs(tasks) do task:await() end

    assert.equal(1, db:pool():stats().connected)
  end)

  it("tells a task apart that holds all of them and wants one more", function()
    local db <close> = mp.engine(nil, { pool = { max = 1, burst = 1 } })
    local first <close> = db:connect()
    local second <close> = db:connect()

    refusal.check({ kind = "acquire_timeout", says = "already holds 2 connections" },
      db.connect, db)
    assert.equal(1, db:pool():stats().deadlocks)
    first:close()
    second:close()
  end)
end)
