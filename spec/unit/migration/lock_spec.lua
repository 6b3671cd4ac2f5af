-- The migration lock: polled with growing pauses, bounded, and given back on every path.
local errors = require "moonpool.errors"
local lock = require "moonpool.migration.lock"
local migration_database = require "spec.support.migration_database"

local HOLDER = { pid = 4711, application_name = "deploy" }

local function acquire(db, wait, log)
  return lock.acquire(db, {
    wait = wait,
    sleep = function(seconds) log.pauses[#log.pauses + 1] = seconds end,
    on_wait = function(holder) log.holders[#log.holders + 1] = holder end,
    shield = function(f) f() end,
  })
end

local function new_log()
  return { pauses = {}, holders = {} }
end

describe("moonpool.migration.lock", function()
  it("takes a free lock without a pause", function()
    local db, log = migration_database.new(), new_log()

    local held <close> = acquire(db, 60, log)

    assert.is_truthy(held)
    assert.is_true(db.is_locked)
    assert.same({}, log.pauses)
  end)

  it("never waits inside a statement", function()
    local db = migration_database.new { busy_tries = 2 }

    local _ <close> = acquire(db, 60, new_log())

    for _, sql in ipairs(db.log) do
      assert.is_nil(sql:find("pg_advisory_lock", 1, true))
    end
  end)

  it("grows its pauses from 50 ms to 1 s", function()
    local db, log = migration_database.new { busy_tries = 7 }, new_log()

    local _ <close> = acquire(db, 60, log)

    assert.same({ 0.05, 0.1, 0.2, 0.4, 0.8, 1, 1 }, log.pauses)
  end)

  it("gives up after the wait, naming the holder", function()
    local db, log = migration_database.new { busy_tries = 1000, holder = HOLDER }, new_log()

    local _, err = errors.try(acquire, db, 2, log)

    local sum = 0
    for _, pause in ipairs(log.pauses) do sum = sum + pause end
    assert.is_true(math.abs(sum - 2) < 1e-9)
    assert.equal("migration", err.kind)
    assert.equal("lock_held", err.reason)
    assert.equal(4711, err.holder_pid)
    assert.equal("deploy", err.holder_application_name)
    assert.is_truthy(err.message:find("process 4711 (deploy)", 1, true))
  end)

  it("tries once more after its last pause", function()
    local db = migration_database.new { busy_tries = 3 }

    local _ <close> = acquire(db, 0.35, new_log())

    assert.is_true(db.is_locked)
  end)

  it("gives up without a name when the holder has just gone", function()
    local db = migration_database.new { busy_tries = 1000 }

    local _, err = errors.try(acquire, db, 0.1, new_log())

    assert.equal("lock_held", err.reason)
    assert.is_truthy(err.message:find("another process", 1, true))
  end)

  it("waits on when the wait is switched off", function()
    local db, log = migration_database.new { busy_tries = 500 }, new_log()

    local _ <close> = acquire(db, false, log)

    assert.equal(500, #log.pauses)
  end)

  it("tells once who holds it", function()
    local db, log = migration_database.new { busy_tries = 5, holder = HOLDER }, new_log()

    local _ <close> = acquire(db, 60, log)

    assert.same({ HOLDER }, log.holders)
  end)

  it("gives the lock back when the block ends", function()
    local db = migration_database.new()

    do
      local _ <close> = acquire(db, 60, new_log())
    end

    assert.is_false(db.is_locked)
  end)

  it("gives the lock back when the block raises", function()
    local db = migration_database.new()

    pcall(function()
      local _ <close> = acquire(db, 60, new_log())
      error "stop"
    end)

    assert.is_false(db.is_locked)
  end)

  it("gives the lock back once", function()
    local db = migration_database.new()
    local held = acquire(db, 60, new_log())

    held:close()
    db.log = {}
    held:close()

    assert.same({}, db.log)
  end)

  it("keeps the block's own error when the connection is lost", function()
    local db = migration_database.new()

    local _, err = pcall(function()
      local _ <close> = acquire(db, 60, new_log())
      db.failing = "pg_advisory_unlock"
      error("the first cause", 0)
    end)

    assert.equal("the first cause", err)
  end)
end)
