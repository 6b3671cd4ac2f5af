-- transaction_spec.lua - transactions, savepoints, hooks, retries, and use after the end.
local mp = require "moonpool"

describe("transactions", function()
  local db

  setup(function()
    db = mp.engine(nil, { pool = { max = 4 } })
    db:script "drop table if exists ledger; create table ledger (id int primary key, n int)"
  end)
  teardown(function()
    db:exec "drop table ledger"
    db:close()
  end)
  before_each(function() db:exec "truncate ledger" end)
  after_each(function()
    mp.deadline(5, function()
      while db:pool():stats().in_use > 0 do mp.sleep(0.002) end
    end)
  end)

  local function count()
    return db:value "select count(*) from ledger"
  end

  -- Until it is gone, what is sent to it may be answered or not.
  local function terminate(pid)
    db:value("select pg_terminate_backend($1)", pid)
    mp.deadline(5, function()
      while db:value("select count(*) from pg_stat_activity where pid = $1", pid) > 0 do
        mp.sleep(0.005)
      end
    end)
  end

  local function insert(tx, id)
    tx:exec("insert into ledger values ($1, 0)", id)
  end

  it("commit what the function did, and return its results", function()
    local a, b = db:transaction(function(tx)
      insert(tx, 1)
      return "a", "b"
    end)

    assert.same({ "a", "b" }, { a, b })
    assert.equal(1, count())
  end)

  it("roll back on an error, and raise it again", function()
    local failure = {}

    local ok, err = pcall(db.transaction, db, function(tx)
      insert(tx, 1)
      error(failure)
    end)

    assert.is_false(ok)
    assert.equal(failure, err)
    assert.equal(0, count())
  end)

  it("abort with a reason", function()
    local result, reason = db:transaction(function(tx)
      insert(tx, 1)
      tx:abort "no money"
    end)

    assert.is_nil(result)
    assert.equal("no money", reason)
    assert.equal(0, count())
  end)

  it("abort even when the function swallows it", function()
    local _, reason = db:transaction(function(tx)
      insert(tx, 1)
      pcall(tx.abort, tx, "swallowed")
      return 1
    end)

    assert.equal("swallowed", reason)
    assert.equal(0, count())
  end)

  it("nest as savepoints", function()
    db:transaction(function(tx)
      insert(tx, 1)
      tx:transaction(function(sp)
        insert(sp, 2)
        sp:abort()
      end)
      pcall(tx.transaction, tx, function(sp)
        insert(sp, 3)
        error "inner"
      end)
      tx:transaction(function(sp) insert(sp, 4) end)
    end)

    assert.same({ 1, 4 }, db:column "select id from ledger order by id")
  end)

  it("go on after an error inside a savepoint", function()
    db:transaction(function(tx)
      insert(tx, 1)
      local ok, err = pcall(tx.transaction, tx, function(sp) insert(sp, 1) end)
      assert.is_false(ok)
      assert.is_true(mp.is_error(err, "unique_violation"))
      insert(tx, 2)
    end)

    assert.equal(2, count())
  end)

  it("roll back when the block is left without a commit", function()
    do
      local tx <close> = db:begin()
      insert(tx, 1)
    end

    assert.equal(0, count())
  end)

  it("commit by hand", function()
    local tx <close> = db:begin { isolation = "repeatable read" }
    assert.equal("repeatable read", tx:value "show transaction_isolation")
    insert(tx, 1)
    tx:commit()

    assert.equal(1, count())
  end)

  it("take their options", function()
    db:transaction(function(tx)
      assert.equal("serializable", tx:value "show transaction_isolation")
      assert.equal("on", tx:value "show transaction_read_only")
    end, { isolation = "serializable", read_only = true })
  end)

  it("refuse an unknown option with a suggestion", function()
    local ok, err = pcall(db.begin, db, { isolaton = "serializable" })

    assert.is_false(ok)
    assert.is_truthy(err.message:find('did you mean "isolation"', 1, true))
  end)

  it("refuse use after the end, saying where that was", function()
    local tx = db:begin()
    tx:commit()

    local ok, err = pcall(tx.query, tx, "select 1")

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "bad_argument"))
    assert.is_truthy(err.message:find "already committed at .*transaction_spec.lua:%d+")
  end)

  it("refuse to commit around an open savepoint", function()
    local tx <close> = db:begin()
    local sp = tx:begin()

    local ok, err = pcall(tx.commit, tx)

    assert.is_false(ok)
    assert.is_truthy(err.message:find("still open", 1, true))
    sp:rollback()
  end)

  it("say so when a failed transaction is committed", function()
    local tx <close> = db:begin()
    insert(tx, 1)
    pcall(insert, tx, 1)

    local ok, err = pcall(tx.commit, tx)

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "tx_rolled_back"), tostring(err))
    assert.equal(0, count())
  end)

  it("run hooks after the outermost commit", function()
    local seen = {}

    db:transaction(function(tx)
      tx:after_commit(function() seen[#seen + 1] = "outer" .. count() end)
      tx:transaction(function(sp)
        insert(sp, 1)
        sp:after_commit(function() seen[#seen + 1] = "inner" end)
      end)
      tx:transaction(function(sp)
        sp:after_commit(function() seen[#seen + 1] = "never" end)
        sp:after_rollback(function() seen[#seen + 1] = "rolled back" end)
        sp:abort()
      end)
    end)

    assert.same({ "rolled back", "outer1", "inner" }, seen)
  end)

  it("run on a pinned connection, which stays open", function()
    local conn <close> = db:connect()

    conn:transaction(function(tx) insert(tx, 1) end)

    assert.equal(1, conn:value "select count(*) from ledger")
  end)

  it("retry a serialization failure from the start", function()
    insert(db, 1)
    local attempts = 0

    db:transaction(function(tx)
      attempts = attempts + 1
      local n = tx:value "select n from ledger where id = 1"
      if attempts == 1 then db:exec "update ledger set n = 10 where id = 1" end
      tx:exec("update ledger set n = $1 where id = 1", n + 1)
    end, { isolation = "repeatable read", retries = 2 })

    assert.equal(2, attempts)
    assert.equal(11, db:value "select n from ledger where id = 1")
  end)

  it("raise the failure when no retry is left", function()
    insert(db, 1)

    local ok, err = pcall(db.transaction, db, function(tx)
      tx:value "select n from ledger where id = 1"
      db:exec "update ledger set n = n + 1 where id = 1"
      tx:exec "update ledger set n = 0 where id = 1"
    end, { isolation = "repeatable read" })

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "serialization_failure"))
  end)

  it("hand the rollback to the runtime where they cannot wait", function()
    local tx = db:begin()
    insert(tx, 1)

    local sorted = pcall(table.sort, { 1, 2 }, function(a, b)
      if tx.state == "open" then
        local _ <close> = tx
      end
      return a < b
    end)

    assert.is_true(sorted)
    assert.equal(0, count())
  end)

  it("let only one task at a time begin a savepoint", function()
    local tx <close> = db:begin()
    local kinds = {}
    local function try_begin()
      local savepoint, err = mp.try(tx.begin, tx)
      kinds[#kinds + 1] = savepoint and "begun" or err.kind
    end

    mp.all(try_begin, try_begin)

    table.sort(kinds)
    assert.same({ "bad_argument", "begun" }, kinds)
  end)

  it("roll back with savepoints still open inside", function()
    local tx = db:begin()
    insert(tx, 1)
    insert(tx:begin(), 2)
    local inner = tx.child:begin()

    tx:rollback()

    assert.equal(0, count())
    assert.is_false(inner:is_open())
  end)

  it("leave a pinned connection clean where they cannot wait, savepoints and all", function()
    local conn <close> = db:connect()
    local tx = conn:begin()
    insert(tx, 1)
    insert(tx:begin(), 2)

    table.sort({ 1, 2 }, function(a, b)
      local _ <close> = tx
      return a < b
    end)
    mp.deadline(5, function()
      while conn:depth() > 0 do mp.sleep(0.002) end
    end)

    assert.equal(0, conn:value "select count(*) from ledger")
  end)

  it("stay open when a commit was cancelled before it was sent", function()
    local kind
    local task = mp.spawn(function()
      local own <close> = db:connect()
      local tx <close> = own:begin()
      insert(tx, 1)
      mp.try(mp.sleep, 30)
      kind = select(2, mp.try(tx.commit, tx)).kind
    end)
    mp.sleep(0.05)
    task:cancel()
    task:join()

    assert.equal("cancelled", kind)
    assert.equal(0, count())
  end)

  it("know that they are lost with their connection", function()
    local tx = db:begin()
    local pid = tx:value "select pg_backend_pid()"
    terminate(pid)
    mp.deadline(5, function()
      while tx.connection:is_alive() do mp.sleep(0.002) end
    end)

    local first_ok, first = pcall(tx.query, tx, "select 1")
    local second_ok, second = pcall(tx.query, tx, "select 1")

    assert.is_false(first_ok or second_ok)
    assert.same({ "tx_lost", "57P01" }, { first.kind, first.sqlstate })
    assert.is_true(mp.is_error(second, "tx_lost"), tostring(second))
    tx:rollback()
  end)
end)
