-- transaction_hooks_spec.lua - what is called after a commit or a rollback, and what it may do.
local mp = require "moonpool"

describe("functions called behind a transaction", function()
  local db

  setup(function()
    db = mp.engine(nil, { pool = { max = 1, acquire_timeout = 2 } })
    db:script "drop table if exists hooks; create table hooks (n int unique deferrable)"
  end)
  before_each(function() db:exec "truncate hooks" end)
  teardown(function()
    db:exec "drop table hooks"
    db:close()
  end)

  local function count()
    return db:value "select count(*) from hooks"
  end

  it("may wait and use the engine: the connection has been given back", function()
    local seen
    db:transaction(function(tx)
      tx:exec "insert into hooks values (1)"
      tx:after_commit(function()
        mp.sleep(0.001)
        seen = count()
        db:transaction(function(other) other:exec "insert into hooks values (2)" end)
      end)
    end)

    assert.same({ 1, 2 }, { seen, count() })
  end)

  it("may wait after a rollback", function()
    local seen
    db:transaction(function(tx)
      tx:after_rollback(function() seen = count() end)
      tx:abort()
    end)

    assert.equal(0, seen)
  end)

  it("are all called, and the first failure says that it was committed", function()
    local called = {}
    local failure = {}
    local _, err = mp.try(db.transaction, db, function(tx)
      tx:exec "insert into hooks values (1)"
      tx:after_commit(function() error(failure) end)
      tx:after_commit(function() error "the second" end)
      tx:after_commit(function() called[#called + 1] = "third" end)
    end)

    assert.same({ "hook_failed", true, { "third" }, 1 },
      { err.kind, err.committed, called, count() })
    assert.equal(failure, err.cause)
    assert.matches("was committed", err.message)
  end)

  it("are no reason to run the transaction again", function()
    local runs = 0
    local _, err = mp.try(db.transaction, db, function(tx)
      runs = runs + 1
      tx:after_commit(function()
        db:script "do $$ begin raise sqlstate '40001'; end $$"
      end)
    end, { retries = 3 })

    assert.same({ "hook_failed", 1 }, { err.kind, runs })
  end)

  it("say that it was rolled back when that was asked for", function()
    local tx = db:begin()
    tx:after_rollback(function() error "broken" end)

    local _, err = mp.try(tx.rollback, tx)

    assert.same({ "hook_failed", false }, { err.kind, err.committed })
    assert.matches("broken", err.message)
  end)

  it("are called when the COMMIT itself fails", function()
    local called = {}
    local _, err = mp.try(db.transaction, db, function(tx)
      tx:exec "set constraints all deferred"
      tx:exec "insert into hooks values (1), (1)"
      tx:after_commit(function() called[#called + 1] = "commit" end)
      tx:after_rollback(function() called[#called + 1] = "rollback" end)
    end)

    assert.same({ "unique_violation", { "rollback" } }, { err.kind, called })
  end)

  it("are called in a task that was cancelled during the COMMIT", function()
    local called
    local task = mp.spawn(function()
      local tx <close> = db:begin()
      tx:exec "insert into hooks values (1)"
      tx:after_commit(function()
        mp.sleep(0.001)
        called = count()
      end)
      tx:commit()
    end)
    while db:pool():stats().in_use == 0 do coroutine.yield() end
    for _ = 1, 3 do coroutine.yield() end
    task:cancel()
    task:join()

    assert.is_true(called == nil or called == 1)
    assert.equal(called or 0, count())
  end)

  it("of a failed attempt are not those of the next", function()
    local called, runs = {}, 0
    db:transaction(function(tx)
      runs = runs + 1
      local run = runs
      tx:after_commit(function() called[#called + 1] = "commit " .. run end)
      tx:after_rollback(function() called[#called + 1] = "rollback " .. run end)
      if runs < 3 then tx:script "do $$ begin raise sqlstate '40P01'; end $$" end
    end, { retries = 5 })

    assert.same({ "rollback 1", "rollback 2", "commit 3" }, called)
  end)
end)
