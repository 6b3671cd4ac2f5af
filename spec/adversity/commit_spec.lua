-- commit_spec.lua - COMMITs cut off before and after they took effect, and what became of them.
local command = require "spec.support.command"
local eventually = require "spec.support.eventually"
local held_commit = require "spec.support.held_commit"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local settle = require "spec.support.settle"

local NAME = "moonpool-commit-spec"
local SIGTERM, SIGCONT, SIGSTOP = 15, 18, 19

describe("a COMMIT whose answer is lost", function()
  local control

  setup(function()
    control = mp.engine(nil, { pool = { max = 3 } })
    held_commit.create(control, "commit_spec")
  end)
  teardown(function()
    held_commit.drop(control, "commit_spec")
    control:close()
  end)
  before_each(function() control:exec "truncate commit_spec" end)

  local function open(url)
    return mp.engine(url, { pool = { max = 2 }, application_name = NAME })
  end

  local function rows()
    return control:value "select count(*) from commit_spec"
  end

  -- The error of a COMMIT behind an insert of `n`, and the id the server gave the transaction.
  local function commit(db, n)
    local tx <close> = db:begin()
    tx:exec("insert into commit_spec values ($1)", n)
    local xid = tx:value "select pg_current_xact_id()::text"
    local _, err = mp.try(tx.commit, tx)
    return err, xid
  end

  it("was committed when only the answer was swallowed", function()
    local between <close> = proxy.open "back C:COMMIT fin"
    local db <close> = open(between.url)

    local err, xid = commit(db, 1)

    assert.same({ "commit_unknown", xid, true }, { err.kind, err.xid, err.in_transaction })
    assert.is_false(err.retryable)
    assert.equal("committed", mp.resolve(err))
    assert.equal(1, rows())
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("was not when the server's process ended before its commit point", function()
    local db <close> = open()
    local lock <close> = held_commit.hold(control)
    local task = mp.spawn(commit, db, -1)
    control:value("select pg_terminate_backend($1)", held_commit.wait(control))

    local err, xid = task:await()

    assert.same({ "commit_unknown", "57P01", xid }, { err.kind, err.sqlstate, err.xid })
    eventually(function() return mp.resolve(err) == "aborted" end)
    lock:rollback()
    assert.equal(0, rows())
  end)

  it("is still in progress while the server has not noticed", function()
    local between <close> = proxy.open()
    local db <close> = open(between.url)
    local lock <close> = held_commit.hold(control)
    local task = mp.spawn(commit, db, -1)
    held_commit.wait(control)
    between:cut()

    local err = task:await()

    assert.equal("commit_unknown", err.kind)
    assert.equal("in_progress", mp.resolve(err))
    lock:rollback()
    eventually(function() return mp.resolve(err) == "committed" end)
    assert.equal(1, rows())
  end)

  it("was not when the COMMIT never reached the server", function()
    local err
    do
      local between <close> = proxy.open "front P:COMMIT stall"
      local db <close> = open(between.url)
      local task = mp.spawn(commit, db, 1)
      between:wait_for "rule"
      eventually(function()
        return control:value("select count(*) from pg_stat_activity where application_name = $1 "
          .. "and wait_event = 'ClientRead' and query like '%xact_id_if_assigned%'", NAME) == 1
      end)
      between:cut()

      err = task:await()
    end

    assert.equal("commit_unknown", err.kind)
    assert.is_string(err.xid)
    eventually(function() return mp.resolve(err, control) == "aborted" end)
    assert.equal(0, rows())
  end)

  it("was not, for certain, when the server ended before it read it", function()
    local db <close> = open()
    local tx <close> = db:begin()
    tx:exec "insert into commit_spec values (1)"
    local pid = tx:value "select pg_backend_pid()"
    assert(command.signal(pid, SIGSTOP))
    assert(command.signal(pid, SIGTERM))
    local task = mp.spawn(mp.try, tx.commit, tx)
    coroutine.yield()
    coroutine.yield()
    assert(command.signal(pid, SIGCONT))

    local _, err = task:await()

    assert.same({ "connection_lost", "57P01" }, { err.kind, err.sqlstate })
    assert.is_true(err.in_transaction)
    assert.matches("COMMIT was not run", err.message)
    assert.equal(0, rows())
  end)

  it("had nothing to lose when nothing was written", function()
    for _, options in ipairs { { read_only = true }, { read_only = false } } do
      local between <close> = proxy.open "back C:COMMIT fin"
      local db <close> = open(between.url)
      local tx <close> = db:begin(options)
      tx:value "select count(*) from commit_spec"

      local _, err = mp.try(tx.commit, tx)

      assert.equal("connection_lost", err.kind, tostring(err))
      assert.matches("nothing was lost", err.message)
      assert.is_false(mp.is_error(err, "commit_unknown"))
    end
  end)

  it("is not resolved by what it is not", function()
    local between <close> = proxy.open "back C:COMMIT fin"
    local err = commit(open(between.url), 1)
    local foreign = mp.try(error, "no error of ours")

    assert.equal("bad_argument", select(2, mp.try(mp.resolve, foreign)).kind)
    assert.equal("bad_argument", select(2, mp.try(mp.resolve, { kind = "commit_unknown" })).kind)
    for key, value in pairs(err) do
      assert.is_true(type(value) ~= "userdata" and key ~= "node", key)
    end
  end)

  it("is never run again by retries", function()
    local between <close> = proxy.open "back C:COMMIT fin"
    local db <close> = open(between.url)
    local runs = 0

    local _, err = mp.try(db.transaction, db, function(tx)
      runs = runs + 1
      tx:exec "insert into commit_spec values (1)"
    end, { retries = 5 })

    assert.same({ "commit_unknown", 1, 1 }, { err.kind, runs, rows() })
  end)

  it("leaves open whether functions are to be called", function()
    local between <close> = proxy.open "back C:COMMIT fin"
    local db <close> = open(between.url)
    local called = 0
    local tx <close> = db:begin()
    tx:exec "insert into commit_spec values (1)"
    tx:after_commit(function() called = called + 1 end)
    tx:after_rollback(function() called = called + 1 end)

    pcall(tx.commit, tx)
    local _, after = mp.try(tx.exec, tx, "insert into commit_spec values (2)")

    assert.same({ 0, "tx_lost", 1 }, { called, after.kind, rows() })
  end)
end)

describe("a COMMIT that is cancelled or timed out", function()
  local control

  setup(function()
    control = mp.engine(nil, { pool = { max = 3 } })
    held_commit.create(control, "commit_spec")
  end)
  teardown(function()
    held_commit.drop(control, "commit_spec")
    control:close()
  end)
  before_each(function() control:exec "truncate commit_spec" end)

  for _, interruption in ipairs { "cancel", "deadline" } do
    it(("by %s takes effect, and says so"):format(interruption), function()
      local db <close> = mp.engine(nil, { pool = { max = 1 }, application_name = NAME })
      local lock = held_commit.hold(control)
      local committed, err = nil, nil
      local function work()
        local tx <close> = db:begin()
        tx:exec "insert into commit_spec values (-1)"
        if interruption == "cancel" then tx:commit() else mp.deadline(0.05, tx.commit, tx) end
        committed = true
      end
      local task = mp.spawn(function() err = select(2, mp.try(work)) end)
      held_commit.wait(control)
      if interruption == "cancel" then task:cancel() else mp.sleep(0.1) end
      lock:rollback()
      task:join()

      assert.is_nil(err)
      assert.is_true(committed)
      assert.equal(1, control:value "select count(*) from commit_spec")
    end)
  end

  it("is in doubt when its answer does not come", function()
    local between <close> = proxy.open "back C:COMMIT stall"
    local db <close> = mp.engine(between.url, { pool = { max = 1 }, application_name = NAME })
    local tx <close> = db:begin()
    tx:exec "insert into commit_spec values (1)"

    local _, err = mp.try(mp.deadline, 0.05, tx.commit, tx)

    assert.equal("commit_unknown", err.kind)
    assert.equal("committed", mp.resolve(err))
  end)
end)
