-- transaction_loss_spec.lua - transactions whose connection is lost: nothing runs elsewhere.
local command = require "spec.support.command"
local driver = require "moonpool.driver"
local eventually = require "spec.support.eventually"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"

local NAME = "moonpool-loss-spec"

local function server_log()
  local file <close> = assert(io.open(os.getenv "MOONPOOL_SPEC_PGDATA" .. "/../server.log"))
  return file:read "a"
end

describe("a transaction whose connection is lost", function()
  local db, control

  setup(function()
    control = mp.engine(nil, { pool = { max = 2 } })
    control:script "drop table if exists loss; create table loss (n int)"
    db = mp.engine(nil, { pool = { max = 2 }, application_name = NAME,
      settings = { log_statement = "all" } })
  end)
  before_each(function() control:exec "truncate loss" end)
  teardown(function()
    db:close()
    control:exec "drop table loss"
    control:close()
  end)

  local function kill(tx)
    local pid = tx:value "select pg_backend_pid()"
    control:value("select pg_terminate_backend($1)", pid)
    eventually(function()
      return control:value("select count(*) = 0 from pg_stat_activity where pid = $1", pid)
    end)
    eventually(function() return not tx.connection:is_alive() end)
  end

  local CALLS = {
    exec = { "insert into loss values (1) /* NEVER */" },
    query = { "select n from loss /* NEVER */" },
    many = { "insert into loss values ($1) /* NEVER */", { { 1 }, { 2 } } },
    script = { "insert into loss values (1); insert into loss values (2) /* NEVER */" },
    begin = {},
    commit = {},
    prepare = { "never" },
  }

  it("sends nothing any more, whatever is called, and says why", function()
    for name, arguments in pairs(CALLS) do
      local tx <close> = db:begin()
      kill(tx)

      for _ = 1, 3 do
        local _, err = mp.try(tx[name], tx, table.unpack(arguments))
        assert.same({ "tx_lost", true }, { err.kind, err.in_transaction }, name)
        if err.sqlstate then assert.equal("57P01", err.sqlstate) end
        assert.matches("begun at .*transaction_loss_spec.lua:%d+", err.message)
      end
      tx:rollback()
    end

    assert.equal(0, control:value "select count(*) from loss")
    assert.is_nil(server_log():find("NEVER", 1, true))
  end)

  it("sends nothing in a savepoint, nor for other tasks", function()
    local tx <close> = db:begin()
    local sp <close> = tx:begin()
    kill(tx)
    local kinds = {}
    local function use(target)
      return function()
        local _, err = mp.try(target.exec, target, CALLS.exec[1])
        kinds[err.kind] = (kinds[err.kind] or 0) + 1
      end
    end

    mp.all(use(tx), use(sp), use(sp), use(tx))

    assert.same({ tx_lost = 4 }, kinds)
    assert.is_nil(server_log():find("NEVER", 1, true))
  end)

  it("tells each of the statements that were queued", function()
    local tx <close> = db:begin()
    local pid = tx:value "select pg_backend_pid()"
    tx:exec "insert into loss values (0)" -- known from here on: sent in the order of the calls
    tx:value("select pg_sleep($1)::text", 0)
    local tasks = { mp.spawn(mp.try, tx.value, tx, "select pg_sleep($1)::text", 30) }
    for i = 2, 4 do tasks[i] = mp.spawn(mp.try, tx.exec, tx, "insert into loss values (0)") end
    eventually(function()
      return control:value("select count(*) = 1 from pg_stat_activity where pid = $1 and "
        .. "wait_event = 'PgSleep'", pid)
    end)
    control:value("select pg_terminate_backend($1)", pid)

    for _, task in ipairs(tasks) do
      local _, err = task:await()
      assert.same({ "connection_lost", "57P01", true },
        { err.kind, err.sqlstate, err.in_transaction })
    end
    assert.equal(0, control:value "select count(*) from loss")
  end)

  it("is rolled back when it was left idle, and names where it began", function()
    local short <close> = mp.engine(nil, { pool = { max = 1 }, application_name = NAME,
      settings = { idle_in_transaction_session_timeout = "200ms" } })
    control:exec "insert into loss values (7)"
    local called
    local tx <close> = short:begin()
    tx:after_rollback(function() called = true end)
    tx:value "select n from loss where n = 7 for update"
    local begun = driver.system.hrtime()

    control:exec "update loss set n = 8"
    local free_after = driver.system.hrtime() - begun
    eventually(function() return not tx.connection:is_alive() end)
    local _, err = mp.try(tx.query, tx, "select 1")

    assert.same({ "tx_lost", "25P03" }, { err.kind, err.sqlstate })
    assert.matches("begun at .*transaction_loss_spec.lua:%d+ was lost", err.message)
    assert.matches("idle_in_transaction_session_timeout", err.hint)
    assert.is_true(free_after < 2, free_after)
    tx:rollback()
    assert.is_true(called)
  end)

  it("tells people of it, though its coroutine never goes on", function()
    local project <close> = setmetatable(command.project { ["main.lua"] = [[
      local mp = require "moonpool"
      local db = mp.engine(arg[1], { pool = { max = 1 },
        settings = { idle_in_transaction_session_timeout = "100ms" } })
      local other = mp.engine(arg[1])
      local sleeper = coroutine.create(function()
        local tx <close> = db:begin()
        coroutine.yield(tx)
      end)
      local _, tx = coroutine.resume(sleeper)
      while tx.connection:is_alive() do mp.sleep(0.01) end
      os.exit(0, true)
    ]] }, { __index = getmetatable(command.project {}).__index,
      __close = function(self) self:remove() end })

    local result = project:run({ "run", "main.lua", os.getenv "DATABASE_URL" })

    assert.equal(0, result.code, result.err)
    assert.matches("begun at main.lua:6 was lost", result.err)
    assert.matches("idle%-in%-transaction", result.err)
  end)
end)

describe("the first cause of a rollback", function()
  local db

  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  local function swallow(cause)
    local tx <close> = db:begin()
    local _, first = mp.try(cause, tx)
    pcall(tx.query, tx, "select 'too late'")
    local _, err = mp.try(tx.commit, tx)
    return err, first
  end

  it("is what the server said first", function()
    local err = swallow(function(tx) tx:value "select 1/0" end)

    assert.same({ "tx_rolled_back", "22012", "division by zero", "select 1/0" },
      { err.kind, err.sqlstate, err.detail, err.query })
  end)

  it("is the statement that ran out of time", function()
    local err, first = swallow(function(tx)
      mp.deadline(0.05, tx.value, tx, "select pg_sleep(30)::text")
    end)

    assert.same({ "timeout", true }, { first.kind, first.in_transaction })
    assert.same({ "tx_rolled_back", "select pg_sleep(30)::text" }, { err.kind, err.query })
    assert.matches("deadline", err.detail)
  end)

  it("is the statement that was cancelled", function()
    local tx <close> = db:begin()
    local slept
    local task = mp.spawn(function()
      slept = select(2, mp.try(tx.value, tx, "select pg_sleep(30)::text"))
    end)
    mp.sleep(0.05)
    task:cancel()
    task:join()
    local _, err = mp.try(tx.commit, tx)

    assert.same({ "cancelled", true }, { slept.kind, slept.in_transaction })
    assert.same({ "tx_rolled_back", "select pg_sleep(30)::text" }, { err.kind, err.query })
  end)

  it("is not a statement that ended before its cancel came", function()
    for _ = 1, 50 do
      local tx <close> = db:begin()
      pcall(mp.deadline, 0.001, tx.value, tx, "select 1::text from pg_sleep(0.001)")
      local _, probe = mp.try(tx.value, tx, "select 1/0")
      local _, err = mp.try(tx.commit, tx)

      assert.equal("tx_rolled_back", err.kind)
      if probe.sqlstate == "22012" then assert.equal("22012", err.sqlstate) end
    end
  end)
end)

describe("a statement outside of transactions that is lost on its way", function()
  local control

  setup(function()
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script "drop table if exists flight; create table flight (n int)"
  end)
  before_each(function() control:exec "truncate flight" end)
  teardown(function()
    control:exec "drop table flight"
    control:close()
  end)

  for rule, rows in pairs { ["back C:INSERT fin"] = 1, ["front B fin"] = 0 } do
    it(("leaves the outcome of a write unknown: %s"):format(rule), function()
      local between <close> = proxy.open(rule)
      local db <close> = mp.engine(between.url, { pool = { max = 1 } })

      local _, err = mp.try(db.exec, db, "insert into flight values (1)")

      assert.same({ "outcome_unknown", false }, { err.kind, err.retryable })
      assert.equal(1, db:value "select 1")
      assert.equal(rows, control:value "select count(*) from flight")
    end)
  end

  it("is a lost connection for a read", function()
    local between <close> = proxy.open "back D fin"
    local db <close> = mp.engine(between.url, { pool = { max = 1 } })

    local _, err = mp.try(db.value, db, "select 1")

    assert.equal("connection_lost", err.kind)
  end)

  it("moves unseen when nothing of it was sent", function()
    local between <close> = proxy.open()
    local db <close> = mp.engine(between.url, { pool = { max = 1 } })
    db:exec "insert into flight values (1)"
    between:cut()
    between:wait_for "close"

    assert.equal(1, db:exec "insert into flight values (1)")
    assert.equal(2, control:value "select count(*) from flight")
  end)
end)
