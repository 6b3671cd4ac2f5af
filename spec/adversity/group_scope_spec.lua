-- group_scope_spec.lua - groups that begin or finish something, cut off at every message.
local eventually = require "spec.support.eventually"
local held_commit = require "spec.support.held_commit"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local refusal = require "spec.support.refusal"
local resolve = require "moonpool.resolve"
local settle = require "spec.support.settle"

local NAME = "moonpool-group-scope-spec"

local SCOPES = {
  ["a whole transaction"] = { begin = true, finish = true },
  ["a begun transaction"] = { begin = true },
  ["a savepoint"] = { begin = "savepoint", finish = "release" },
  ["a begun savepoint"] = { begin = "savepoint" },
  ["a savepoint and a COMMIT"] = { begin = "savepoint", finish = "commit" },
  ["a COMMIT"] = { finish = "commit" },
}

describe("a group with a scope whose connection is lost", function()
  local control
  setup(function()
    control = mp.engine(nil, { pool = { max = 3 } })
    held_commit.create(control, "group_scope")
  end)
  teardown(function()
    held_commit.drop(control, "group_scope")
    control:close()
  end)
  before_each(function() control:exec "truncate group_scope" end)

  local function insert(n)
    return { method = "exec", sql = "insert into group_scope values ($1)", n = 1, n }
  end

  local function rows()
    return control:value "select count(*) from group_scope"
  end

  local function open(between)
    return mp.engine(between.url, { pool = { max = 1 }, application_name = NAME })
  end

  -- A connection that is ready for a group with this scope, up to its texts and its node.
  local function lease(db, scope)
    local conn = db:connect()
    conn:transaction(function(tx)
      tx:run_group({ insert(1), insert(2) })
      tx:abort()
    end)
    if scope.begin ~= true then conn:run_group({}, { begin = true }) end
    return conn
  end

  -- How many messages have gone each way when `fn` has been, and without it.
  local function messages(scope, fn)
    local between <close> = proxy.open()
    local db = open(between)
    local conn = lease(db, scope)
    fn(conn)
    between:cut()
    local front, back = between:wait_for "close":match "^%d+ (%d+) (%d+)"
    conn:close()
    db:close()
    return { front = tonumber(front), back = tonumber(back) }
  end

  local function wait_for_end()
    eventually(function()
      return control:value("select count(*) from pg_stat_activity where application_name = $1",
        NAME) == 0
    end)
  end

  local function check_commit(err, where)
    local kept = rows() == 2
    if err.kind == "commit_unknown" then
      local outcome = mp.resolve(err, control)
      assert.equal(err.xid and (kept and "committed" or "aborted") or "unknown", outcome, where)
      return
    end
    assert.equal("connection_lost", err.kind, where)
    assert.is_false(kept, where)
  end

  local function check_others(err, where)
    assert.equal("connection_lost", err.kind, where)
    assert.is_true(err.in_transaction, where)
    assert.equal(0, rows(), where)
  end

  -- A transaction that is open around it goes on to be lost.
  local function check_gone(conn)
    refusal.check({ kind = conn:depth() > 0 and "tx_lost" or "connection_lost" }, conn.value, conn,
      "select 1")
  end

  local function attempt(scope, rule)
    local between <close> = proxy.open(rule)
    local db <close> = open(between)
    local conn = lease(db, scope)
    local ok, err = pcall(conn.run_group, conn, { insert(1), insert(2) }, scope)
    if not ok then resolve.remember(err, db) end
    local commits = scope.finish == true or scope.finish == "commit"
    if not ok then
      assert.is_false(conn:is_alive(), rule)
      check_gone(conn)
    end
    conn:close()
    if not ok then wait_for_end() end
    if ok then
      assert.equal(commits and 2 or 0, rows(), rule)
    elseif commits then
      check_commit(err, rule)
    else
      check_others(err, rule)
    end
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
    control:exec "truncate group_scope"
  end

  for name, scope in pairs(SCOPES) do
    it(("says what is true of %s, at each message"):format(name), function()
      local before = messages(scope, function() end)
      local after = messages(scope, function(conn)
        conn:run_group({ insert(1), insert(2) }, scope)
      end)
      for _, direction in ipairs { "front", "back" } do
        assert.is_true(after[direction] > before[direction] + 4)
        for n = before[direction] + 1, after[direction] do
          attempt(scope, ("%s message:%d fin"):format(direction, n))
        end
      end
    end)
  end

  for name, scope in pairs(SCOPES) do
    local commits = scope.finish == true or scope.finish == "commit"
    it(("is told by the server's last word of %s"):format(name), function()
      local between <close> = proxy.open()
      local db <close> = open(between)
      local conn = lease(db, scope)
      local pid = conn:value "select pg_backend_pid()"
      local task = mp.spawn(pcall, conn.run_group, conn, { insert(1),
        { method = "value", sql = "select pg_sleep(30)::text", n = 0 } }, scope)
      eventually(function()
        return control:value("select count(*) = 1 from pg_stat_activity where pid = $1 "
          .. "and wait_event = 'PgSleep'", pid)
      end)
      control:value("select pg_terminate_backend($1)", pid)
      local _, err = task:await()
      conn:close()

      local is_whole = scope.begin == true and commits
      assert.equal(is_whole and "commit_unknown" or "connection_lost", err.kind)
      assert.equal("57P01", err.sqlstate)
      assert.equal(0, rows())
    end)
  end

  for _, name in ipairs { "a COMMIT", "a savepoint and a COMMIT" } do
    it(("in the middle of %s is in doubt, with the transaction's number and node"):format(name),
      function()
        local db <close> = mp.engine(nil, { pool = { max = 1 }, application_name = NAME })
        local conn = lease(db, SCOPES[name])
        local lock <close> = held_commit.hold(control)
        local task = mp.spawn(pcall, conn.run_group, conn, { insert(-1) }, SCOPES[name])
        control:value("select pg_terminate_backend($1)", held_commit.wait(control))
        local _, err = task:await()
        resolve.remember(err, db)
        conn:close()

        assert.same({ "commit_unknown", "57P01" }, { err.kind, err.sqlstate })
        eventually(function() return mp.resolve(err, control) == "aborted" end)
        lock:rollback()
      end)

    it(("by its deadline, which %s does not obey, says so"):format(name), function()
      local between <close> = proxy.open "back C:COMMIT stall"
      local db <close> = open(between)
      local conn = lease(db, SCOPES[name])
      local err = refusal.check({ kind = "commit_unknown" }, mp.deadline, 0.05, conn.run_group,
        conn, { insert(1) }, SCOPES[name])
      resolve.remember(err, db)
      conn:close()

      assert.equal("committed", mp.resolve(err, control))
      assert.equal(1, rows())
    end)
  end

  it("by its deadline, while nothing can be in doubt, is a timeout", function()
    for _, name in ipairs { "a begun transaction", "a savepoint", "a begun savepoint" } do
      local between <close> = proxy.open "back C:INSERT stall"
      local db <close> = open(between)
      local scope = SCOPES[name]
      local conn = db:connect()
      if scope.begin ~= true then conn:run_group({}, { begin = true }) end
      refusal.check({ kind = "timeout" }, mp.deadline, 0.05, conn.run_group, conn, { insert(1) },
        scope)

      assert.is_false(conn:is_alive())
      check_gone(conn)
      conn:close()
    end
    wait_for_end()
    assert.equal(0, rows())
  end)
end)
