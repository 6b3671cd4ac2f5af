-- advisory_lock_spec.lua - advisory locks: held, waited for, lost and given back.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local HELD = "select count(*) from pg_locks where locktype = 'advisory' and granted"

describe("an advisory lock", function()
  local db, control
  setup(function()
    db = mp.engine(nil, { pool = { max = 3 } })
    control = mp.engine(nil, { pool = { max = 2 } })
  end)
  teardown(function()
    db:close()
    control:close()
  end)

  -- A connection whose wait was cancelled may still be on its way to rest.
  local function held_at_last(expected)
    local count
    for _ = 1, 500 do
      count = control:value(HELD)
      if count == expected then break end
      mp.sleep(0.01)
    end
    return count
  end

  it("is held on the server by a connection of its own until its block ends", function()
    do
      local lock <close> = db:lock "import"
      assert.is_true(lock:held())
      assert.equal('lock("import", held)', tostring(lock))
      assert.equal(1, held_at_last(1))
      assert.is_false(control:value "select pg_try_advisory_lock(hashtextextended('import', 0))")
      assert.is_nil(control:lock("import", { try = true }))
    end

    assert.equal(0, held_at_last(0))
    local lock = control:lock("import", { try = true })
    lock:close()
    lock:close()
    assert.is_false(lock:held())
  end)

  it("is named by an integer or two as well", function()
    local one <close> = db:lock(-5)
    local two <close> = db:lock { 1, -2 }

    assert.is_nil(control:lock(-5, { try = true }))
    assert.is_nil(control:lock({ 1, -2 }, { try = true }))
    local other <close> = control:lock({ 1, 2 }, { try = true })
    assert.is_true(other:held() and one:held() and two:held())
  end)

  it("is shared with those who ask for that", function()
    local first <close> = db:lock("shared", { shared = true })
    local second <close> = control:lock("shared", { shared = true, wait = 1 })

    assert.is_true(first:held() and second:held())
    assert.is_nil(db:lock("shared", { try = true }))
  end)

  it("is waited for, and comes when it is free", function()
    local first = db:lock "queue"
    local waiter = mp.spawn(function()
      local second <close> = control:lock("queue", { wait = false })
      return second:held()
    end)
    mp.sleep(0.05)
    assert.equal("waiting", waiter:status())
    first:close()

    assert.is_true(waiter:await())
  end)

  it("raises timeout when it does not come in time, and leaves nothing behind", function()
    local first <close> = db:lock "taken"
    refusal.check({ kind = "timeout", says = { '"taken"', "0.1 seconds" }, cure = "pg_locks" },
      control.lock, control, "taken", { wait = 0.1 })
    local err = refusal.check({ kind = "timeout" }, mp.deadline, 0.05, control.lock, control,
      "taken")

    assert.is_nil(err.message:find "was not free")
    assert.is_true(first:held())
    assert.equal(1, held_at_last(1))
  end)

  it("is not held any more once its connection is lost", function()
    local lock = db:lock(815)
    local pid = control:value [[
      select pid from pg_locks where locktype = 'advisory' and objid = 815]]
    control:value("select pg_terminate_backend($1)", pid)
    for _ = 1, 500 do
      if not lock:held() then break end
      mp.sleep(0.01)
    end

    assert.is_false(lock:held())
    refusal.check({ kind = "connection_lost", says = "815" }, lock.close, lock)
  end)

  it("tells when somebody released it before", function()
    local conn <close> = db:connect()
    local lock = conn:lock "stolen"
    conn:value "select pg_advisory_unlock_all()::text"

    refusal.check({ kind = "bad_argument", says = "not held any more" }, lock.close, lock)
  end)

  it("of a transaction is held until that ends, and waiting in vain does not fail it", function()
    local tx <close> = db:begin()
    assert.is_true(tx:lock "tx")
    local other <close> = control:begin()
    assert.is_false(other:lock("tx", { try = true }))
    refusal.check({ kind = "timeout" }, other.lock, other, "tx", { wait = 0.05 })
    assert.equal(5, other:value "select 5")
    tx:commit()

    assert.is_true(other:lock("tx", { wait = 5 }))
  end)

  it("refuses what names no lock", function()
    for _, key in ipairs { 1.5, true, {}, { 1 }, { 1, 2, 3 }, { 1, 1 << 40 }, { "a", 1 } } do
      refusal.check({ kind = "bad_argument", cure = "db:lock" }, db.lock, db, key)
    end
    refusal.check({ kind = "bad_argument" }, db.lock, db)
    refusal.check({ kind = "bad_argument", says = "wait" }, db.lock, db, 1, { wait = 0 })
  end)
end)
