-- engine_events_spec.lua - what an engine tells of its connections and transactions.
local command = require "spec.support.command"
local mp = require "moonpool"
local observation = require "moonpool.observation"
local refusal = require "spec.support.refusal"

local function wait_until(fn)
  mp.deadline(10, function()
    while not fn() do mp.sleep(0.005) end
  end)
end

local function watch(db, name)
  local events = {}
  local handler = db:on(name, function(event) events[#events + 1] = event end)
  return events, handler
end

describe("an engine tells", function()
  it("of each connection that it opens, leases and closes", function()
    local db = mp.engine(nil, { pool = { max = 1 } })
    local connects, acquires, closes = watch(db, "connect"), watch(db, "acquire"),
      watch(db, "close")

    db:connect():close()
    db:connect():close()
    wait_until(function() return #acquires == 2 end)
    db:pool():recycle()
    wait_until(function() return #closes == 1 end)

    assert.equal(1, #connects)
    assert.is_true(connects[1].seconds >= 0)
    assert.is_nil(connects[1].error)
    assert.is_true(acquires[1].seconds >= 0)
    assert.is_string(closes[1].reason)
    db:close()
  end)

  it("of what could not be opened or lent", function()
    local db <close> = mp.engine("postgresql://postgres@127.0.0.1:1/none",
      { pool = { acquire_timeout = 1 } })
    local connects, acquires = watch(db, "connect"), watch(db, "acquire")

    mp.try(db.value, db, "select 1")
    wait_until(function() return #connects > 0 and #acquires > 0 end)

    assert.equal("connect_failed", connects[1].error.kind)
    assert.equal("connect_failed", acquires[1].error.kind)
  end)

  it("of the outcome of each transaction, once", function()
    local db <close> = mp.engine()
    local events = watch(db, "transaction")

    db:with { label = "feed" }:transaction(function(tx)
      tx:transaction(function(sp) sp:value "select 1" end)
    end)
    mp.try(db.transaction, db, function() error "no" end)
    do
      local tx <close> = db:begin()
      tx:value "select 1"
    end
    wait_until(function() return #events == 3 end)

    assert.same({ "committed", "rolled back", "rolled back" },
      { events[1].outcome, events[2].outcome, events[3].outcome })
    assert.equal("feed", events[1].label)
    assert.matches("engine_events_spec.lua:%d+", events[1].begun_at)
    assert.is_true(events[1].seconds > 0)
  end)

  it("what its read only engines do", function()
    local db <close> = mp.engine()
    local connects = watch(db, "connect")

    db:read():value "select 1"
    wait_until(function() return #connects == 1 end)
  end)

  it("nothing more once the handler is closed", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 } })
    local events, handler = watch(db, "acquire")
    db:value "select 1"
    wait_until(function() return #events > 0 end)
    local count = #events

    handler:close()
    db:value "select 1"
    mp.sleep(0)
    mp.sleep(0)

    assert.equal(count, #events)
  end)

  it("how many events it left out, when too many came at once", function()
    local lines, waiters = {}, 20000
    local db <close> = mp.engine(nil, { pool = { max = 1, acquire_timeout = 600,
      max_waiters = waiters } })
    observation.install(db, { level = "warn" }, function(line) lines[#lines + 1] = line end)
    local told, tasks = 0, {}
    db:on("acquire", function(event) told = told + (event.error and 1 or 0) end)
    local _ <close> = db:connect()

    for at = 1, waiters do tasks[at] = mp.spawn(pcall, db.value, db, "select 1") end
    wait_until(function() return db:pool():stats().waiting == waiters end)
    db:reconfigure { pool = { acquire_timeout = 0.001 } } -- all of them are late at one moment
    for _, task in ipairs(tasks) do task:await() end
    local left_out = db:metrics().events.left_out
    wait_until(function() return told + left_out == waiters and #lines > 0 end)

    assert.is_true(left_out > 0 and left_out < waiters)
    assert.equal(1, #lines)
    assert.matches(("^moonpool: warn: %d events were not told"):format(left_out), lines[1])
    assert.matches("moonpool_events_left_out_total{[^}]+} " .. left_out .. "\n",
      db:metrics "prometheus")
  end)

  it("no events that there are not", function()
    local db <close> = mp.engine()
    refusal.check({ kind = "bad_argument", says = "connect" }, db.on, db, "conect", print)
  end)
end)

describe("an engine's log", function()
  local function run(program)
    local project = command.project {}
    local result = project:run({ "-e", program }, { DATABASE_URL = os.getenv "DATABASE_URL" })
    project:remove()
    return result
  end

  it("tells of a transaction that is lost while nobody looks", function()
    local result = run [[
      local mp = require "moonpool"
      local db <close> = mp.engine()
      local tx = db:begin()
      db:value("select pg_terminate_backend($1)", tx:value "select pg_backend_pid()")
      while tx.connection:is_alive() do mp.sleep(0.002) end
      mp.sleep(0.01)
    ]]

    assert.matches("moonpool: error: the transaction begun at .- was lost with its connection",
      result.err)
  end)

  it("says nothing of leaks and losses when it is off", function()
    local result = run [[
      local mp = require "moonpool"
      local db <close> = mp.engine(nil, { pool = { leak_after = 0.01 }, log = { level = "off" } })
      local conn <close> = db:connect()
      local tx = db:begin()
      db:value("select pg_terminate_backend($1)", tx:value "select pg_backend_pid()")
      while tx.connection:is_alive() do mp.sleep(0.002) end
      mp.sleep(0.05)
    ]]

    assert.equal("", result.err)
  end)
end)
