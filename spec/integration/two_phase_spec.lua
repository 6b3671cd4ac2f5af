-- two_phase_spec.lua - transactions that are prepared here and ended elsewhere.
local eventually = require "spec.support.eventually"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local refusal = require "spec.support.refusal"

describe("a prepared transaction", function()
  local db

  setup(function()
    db = mp.engine(nil, { pool = { max = 3 } })
    db:script "drop table if exists two_phase; create table two_phase (n int unique)"
  end)
  before_each(function()
    for _, found in ipairs(db:prepared()) do db:rollback_prepared(found.gid) end
    db:exec "truncate two_phase"
  end)
  teardown(function()
    db:exec "drop table two_phase"
    db:close()
  end)

  local function prepare(gid, engine)
    local tx <close> = (engine or db):begin()
    tx:exec "insert into two_phase values (1)"
    tx:prepare(gid)
    return tx
  end

  local function count()
    return db:value "select count(*) from two_phase"
  end

  it("is listed, and takes effect when it is committed", function()
    local before = db:value "select clock_timestamp()"
    prepare "order 1"

    local listed = db:prepared()
    assert.equal(0, count())
    db:commit_prepared "order 1"

    assert.same({ 1, "order 1", "postgres", "spec" },
      { #listed, listed[1].gid, listed[1].owner, listed[1].database })
    assert.is_true(listed[1].at >= before)
    assert.same({ 1, 0 }, { count(), #db:prepared() })
  end)

  it("is gone when it is rolled back", function()
    prepare "order 2"

    db:rollback_prepared "order 2"

    assert.same({ 0, 0 }, { count(), #db:prepared() })
  end)

  it("may bear any name", function()
    for _, gid in ipairs { "o'clock", [[back\slash]], [[\'; drop table two_phase; --]], "größe",
      ("x"):rep(199), "a\nb" } do
      prepare(gid)
      assert.equal(gid, db:prepared()[1].gid)
      db:commit_prepared(gid)
      assert.equal(1, db:exec "delete from two_phase")
    end
  end)

  it("may bear any name where backslashes escape", function()
    local old <close> = mp.engine(nil, { settings = { standard_conforming_strings = "off" } })

    prepare([[back\slash'd]], old)

    assert.equal([[back\slash'd]], old:prepared()[1].gid)
    old:rollback_prepared [[back\slash'd]]
  end)

  for _, case in ipairs {
    { name = "is not named by nothing", gid = "", says = "0 bytes" },
    { name = "has no endless name", gid = ("x"):rep(200), says = "200 bytes" },
    { name = "has no NUL in its name", gid = "a\0b", says = "NUL byte at offset 1" },
    { name = "has a name of UTF-8", gid = "a\xff", says = "offset 1" },
    { name = "has a text for its name", gid = 7, says = "got number" },
  } do
    it(case.name, function()
      local tx <close> = db:begin()
      local wanted = { kind = "bad_argument", says = case.says, cure = "gid" }

      refusal.check(wanted, tx.prepare, tx, case.gid)
      refusal.check(wanted, db.commit_prepared, db, case.gid)

      assert.is_true(tx:is_open())
    end)
  end

  it("is no savepoint", function()
    local tx <close> = db:begin()
    local sp <close> = tx:begin()

    refusal.check({ kind = "bad_argument", says = "savepoint" }, sp.prepare, sp, "x")
    refusal.check({ kind = "bad_argument", says = "still open" }, tx.prepare, tx, "x")
  end)

  it("calls no hooks, and takes no statement", function()
    local called = 0
    local tx <close> = db:begin()
    tx:after_commit(function() called = called + 1 end)
    tx:after_rollback(function() called = called + 1 end)
    tx:prepare "hooked"

    local err = refusal.check({ kind = "bad_argument", says = "already prepared at" }, tx.exec, tx,
      "select 1")

    assert.matches("two_phase_spec.lua", err.message)
    assert.equal(0, called)
    db:commit_prepared "hooked"
    assert.equal(0, called)
  end)

  it("leaves a pinned connection usable", function()
    local conn <close> = db:connect()
    local tx = conn:begin()
    tx:exec "insert into two_phase values (1)"

    tx:prepare "pinned"

    assert.same({ 0, 0 }, { conn:depth(), conn:value "select count(*) from two_phase" })
  end)

  it("needs a name of its own", function()
    prepare "same"
    local tx <close> = db:begin()

    refusal.check({ kind = "duplicate_object" }, tx.prepare, tx, "same")

    assert.is_false(tx:is_open())
    assert.equal(1, #db:prepared())
  end)

  it("does not come of a failed one", function()
    local tx <close> = db:begin()
    pcall(tx.exec, tx, "insert into two_phase values (1), (1)")

    local err = refusal.check({ kind = "tx_rolled_back", says = "PREPARE TRANSACTION" }, tx.prepare,
      tx, "failed")

    assert.equal("23505", err.sqlstate)
    assert.equal(0, #db:prepared())
  end)

  it("is missed by its name", function()
    local wanted = { kind = "undefined_object", cure = "db:prepared()" }

    refusal.check(wanted, db.commit_prepared, db, "nowhere")
    refusal.check(wanted, db.rollback_prepared, db, "nowhere")
  end)

  it("is in doubt when the answer is lost, and then is listed or not", function()
    local between <close> = proxy.open "back C:PREPARE fin"
    local through <close> = mp.engine(between.url, { pool = { max = 2 } })
    local tx <close> = through:begin()
    tx:exec "insert into two_phase values (1)"

    local err = refusal.check({ kind = "commit_unknown", says = "PREPARE TRANSACTION" }, tx.prepare,
      tx, "doubt")

    assert.equal("in_progress", mp.resolve(err))
    assert.equal("doubt", db:prepared()[1].gid)
    db:commit_prepared "doubt"
    assert.equal("committed", mp.resolve(err))
    assert.equal(1, count())
  end)

  it("is not there when the server never heard of it", function()
    local err
    do
      local between <close> = proxy.open "front P:PREPARE fin"
      local through <close> = mp.engine(between.url, { pool = { max = 1 } })
      err = select(2, mp.try(prepare, "unheard", through))
    end

    eventually(function()
      return db:value [[select count(*) = 0 from pg_stat_activity
        where query like '%xact_id_if_assigned%' and pid <> pg_backend_pid()]]
    end)
    assert.is_true(err.kind == "commit_unknown", tostring(err))
    assert.equal(0, #db:prepared())
  end)

  it("may still be there when the end's answer is lost", function()
    prepare "ending"
    local between <close> = proxy.open "back C:COMMIT fin"
    local through <close> = mp.engine(between.url, { pool = { max = 1 } })

    refusal.check({ kind = "outcome_unknown", cure = "db:prepared()" }, through.commit_prepared,
      through, "ending")

    assert.same({ 1, 0 }, { count(), #db:prepared() })
  end)
end)
