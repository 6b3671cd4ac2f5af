-- listen_spec.lua - notifications: subscribed to, waited for, sent.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

describe("a subscription", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 4 } }) end)
  teardown(function() db:close() end)

  it("gives each note with channel, payload and sender, in the order of their sending", function()
    local sub <close> = db:listen { "listen_a", "listen_b" }
    db:notify("listen_a", "1")
    db:notify "listen_b"
    db:notify("listen_elsewhere", "no")
    db:notify("listen_a", "")

    local first = sub:next { timeout = 5 }
    local second, third = sub:next { timeout = 5 }, sub:next { timeout = 5 }

    assert.equal("integer", math.type(first.pid))
    first.pid, second.pid, third.pid = nil, nil, nil
    assert.same({ channel = "listen_a", payload = "1" }, first)
    assert.same({ channel = "listen_b", payload = "" }, second)
    assert.same({ channel = "listen_a", payload = "" }, third)
  end)

  it("ends its loop when nothing came for the time given", function()
    local sub <close> = db:listen "listen_loop"
    for i = 1, 3 do db:notify("listen_loop", tostring(i)) end
    local seen = {}
    for note in sub:each { timeout = 0.2 } do seen[#seen + 1] = note.payload end

    assert.same({ "1", "2", "3" }, seen)
    assert.is_nil(sub:next { timeout = 0.01 })
  end)

  it("wakes its waiting task, and lets others run meanwhile", function()
    local sub <close> = db:listen "listen_wake"
    local waiter = mp.spawn(function() return sub:next().payload end)
    assert.equal(5, db:value "select 5")
    db:notify("listen_wake", "now")

    assert.equal("now", waiter:await())
  end)

  it("is sent by a transaction with its commit, and by no rollback", function()
    local sub <close> = db:listen "listen_tx"
    db:transaction(function(tx)
      tx:notify("listen_tx", "kept")
      assert.is_nil(sub:next { timeout = 0.05 })
    end)
    local tx = db:begin()
    tx:notify("listen_tx", "undone")
    tx:rollback()
    do
      local conn <close> = db:connect()
      conn:notify("listen_tx", "pinned")
    end

    assert.equal("kept", sub:next { timeout = 5 }.payload)
    assert.equal("pinned", sub:next { timeout = 5 }.payload)
  end)

  it("takes any name as it is written", function()
    for _, name in ipairs { "Mixed Case", 'quo"te', "'; drop table x; --", "grüße", ("n"):rep(63),
      "select", "$1", ":name", "\\" } do
      local sub <close> = db:listen(name)
      db:notify(name, name)
      local note = sub:next { timeout = 5 }
      assert.equal(name, note.channel)
      assert.equal(name, note.payload)
    end
  end)

  it("takes channels on and off while it lives", function()
    local sub <close> = db:listen "listen_first"
    sub:listen "listen_second"
    sub:listen "listen_second"
    sub:unlisten "listen_first"
    sub:unlisten "listen_never"
    db:notify("listen_first", "a")
    db:notify("listen_second", "b")

    assert.equal("b", sub:next { timeout = 5 }.payload)
    assert.is_nil(sub:next { timeout = 0.05 })
  end)

  it("has a connection of its own, which comes back clean", function()
    local one <close> = mp.engine(nil, { pool = { max = 1 } })
    local sub = one:listen "listen_clean"
    assert.equal(1, one:pool():stats().in_use)
    sub:close()
    sub:close()

    assert.equal(0, one:value "select count(*) from pg_listening_channels()")
    refusal.check({ kind = "bad_argument", says = "closed" }, sub.next, sub)
    refusal.check({ kind = "bad_argument", says = "closed" }, sub.listen, sub, "a")
  end)

  it("keeps a bounded number of notes for a busy consumer, and tells what it missed", function()
    local gaps = {}
    local sub <close> = db:listen("listen_full", {
      buffer = 10, on_gap = function(gap) gaps[#gaps + 1] = gap end })
    db:transaction(function(tx)
      for i = 1, 25 do tx:notify("listen_full", tostring(i)) end
    end)
    -- A note that comes later shows that all of those have come.
    local witness <close> = db:listen "listen_witness"
    db:notify "listen_witness"
    witness:next { timeout = 5 }
    mp.sleep(0.05)
    local seen = {}
    for note in sub:each { timeout = 0.1 } do seen[#seen + 1] = note.payload end
    db:notify("listen_full", "after")

    assert.equal(10, #seen)
    assert.equal("10", seen[10])
    assert.equal("overflow", gaps[1].reason)
    assert.equal(15, gaps[1].dropped)
    assert.equal("after", sub:next { timeout = 5 }.payload)
  end)

  it("is asked for a sign of life while nothing comes", function()
    local name = "moonpool-listen-beat"
    local one <close> = mp.engine(nil, { pool = { max = 1 }, application_name = name })
    local sub <close> = one:listen("listen_beat", { heartbeat = 0.05, heartbeat_timeout = 2 })
    assert.is_nil(sub:next { timeout = 0.3 })

    local query = db:value("select query from pg_stat_activity where application_name = $1", name)
    assert.equal("select 1", query)
  end)

  it("ends with its task when that is cancelled or out of time", function()
    local ok, err = pcall(mp.deadline, 0.05, function()
      local sub <close> = db:listen "listen_deadline"
      sub:next()
    end)
    local task = mp.spawn(function()
      local sub <close> = db:listen("listen_cancel", { heartbeat = 0.02 })
      sub:next()
    end)
    mp.sleep(0.05)
    task:cancel()
    local done, cancelled = task:join()

    assert.is_false(ok or done)
    assert.equal("timeout", err.kind)
    assert.equal("cancelled", cancelled.kind)
    for _ = 1, 500 do
      if db:pool():stats().in_use == 0 then break end
      mp.sleep(0.01)
    end
    assert.equal(0, db:pool():stats().in_use)
  end)

  it("ends with the task that made it, whoever else uses it", function()
    local sub
    mp.spawn(function() sub = db:listen "listen_owner" end):await()

    refusal.check({ kind = "bad_argument", says = "its task" }, sub.next, sub)
  end)

  it("refuses names and payloads that the server would refuse or cut", function()
    local names = { "", ("n"):rep(64), "a\0b", "\xff", 5, false }
    for _, name in ipairs(names) do
      refusal.check({ kind = "bad_argument" }, db.listen, db, name)
      refusal.check({ kind = "bad_argument" }, db.notify, db, name)
    end
    refusal.check({ kind = "bad_argument", says = "none" }, db.listen, db, {})
    refusal.check({ kind = "bad_argument", says = "none" }, db.listen, db)
    refusal.check({ kind = "bad_argument", says = "7999", cure = "table" }, db.notify, db, "a",
      ("x"):rep(8000))
    refusal.check({ kind = "bad_argument" }, db.notify, db, "a", "a\0b")
    refusal.check({ kind = "bad_argument" }, db.notify, db, "a", 5)
    refusal.check({ kind = "bad_argument", says = "on_gap" }, db.listen, db, "a", { on_gap = 5 })
    refusal.check({ kind = "bad_argument", says = "heartbeat" }, db.listen, db, "a",
      { hartbeat = 5 })
  end)

  it("carries payloads of up to 7999 bytes", function()
    local sub <close> = db:listen "listen_long"
    db:notify("listen_long", ("x"):rep(7999))

    assert.equal(7999, #sub:next { timeout = 5 }.payload)
  end)
end)
