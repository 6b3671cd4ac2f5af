-- contract_spec.lua - every name that users rely on is there, and has the shape they were told.
local hints = require "moonpool.errors.hints"
local mp = require "moonpool"

local EXECUTOR = { "query", "one", "get", "value", "column", "tuples", "exec", "many", "script",
  "cursor", "large_object", "stream", "pipeline", "copy_in", "copy_out", "notify", "lock",
  "describe", "explain", "transaction", "begin", "with" }
local ENGINE = { "prepared", "commit_prepared", "rollback_prepared", "listen", "connect", "read",
  "pool", "close", "on", "metrics", "reconfigure", "codec", "top", "server" }
local TRANSACTION = { "commit", "rollback", "abort", "after_commit", "after_rollback", "prepare" }

local OPTIONS = {
  { pool = { min = 0, max = 10, acquire_timeout = 30, max_waiters = 10000, order = "lifo",
    max_lifetime = 1800, max_idle_time = 600, max_uses = false, check_after_idle = 1,
    leak_after = 60 } },
  { pool = { order = "fifo", acquire_timeout = false, max_lifetime = false, max_idle_time = false,
    max_uses = 10, check_after_idle = false, leak_after = false } },
  { connect_timeout = 10 }, { connect_timeout = false },
  { settings = { search_path = "app,public", statement_timeout = "15s" } },
  { prepare = "auto" }, { prepare = "named" }, { prepare = "unnamed" },
  { pooler = "auto" }, { pooler = "none" }, { pooler = "transaction" },
  { pipeline = { max = 64 } },
  { replicas = { "postgresql://replica-1/app" } },
  { password = "secret" }, { password = function() return "secret" end },
  { log = { level = "info", slow = 0.2, params = false } },
  { on = { connect = print, checkout = print, checkin = print } },
  { pool = { on = { connect = print, checkout = print, checkin = print } } },
}

-- setting -> what each connection has
local SETTINGS = {
  client_encoding = "UTF8", DateStyle = "ISO", IntervalStyle = "postgres",
  extra_float_digits = "1",
  idle_in_transaction_session_timeout = "1min",
}

local STATS = { "total", "idle", "in_use", "waiting", "acquired", "wait_seconds" }
local EVENTS = { "connect", "acquire", "query", "transaction", "notice", "close" }

-- statement -> the call that is named instead
local REFUSED = {
  ["begin"] = "db:begin", ["commit"] = "db:begin", ["set work_mem = '8MB'"] = "db:connect",
  ["reset all"] = "db:connect", ["discard all"] = "db:connect", ["listen a"] = "db:listen",
  ["prepare a as select 1"] = "db:connect", ["declare a cursor for select 1"] = "db:c",
  ["lock table pg_class"] = "db:connect", ["create temp table a (n int)"] = "db:connect",
  ["copy pg_class to stdout"] = "db:copy_out", ["copy pg_class from stdin"] = "db:copy_in",
}

local KINDS = { "connect_failed", "auth_failed", "tls_failed", "connect_timeout", "acquire_timeout",
  "queue_full", "timeout", "cancelled", "connection_lost", "outcome_unknown", "commit_unknown",
  "tx_lost", "tx_rolled_back", "not_found", "multiple_rows", "not_loaded", "stale_object",
  "invalid", "encode", "decode", "bad_argument", "bad_config", "unsupported_behind_pooler",
  "shutting_down", "wrong_thread", "wrong_process", "out_of_memory", "migration", "server_error" }

-- expression -> what it is, as text
local VALUES = {
  { "uuid v4", function() return #mp.uuid.v4() end, 36 },
  { "uuid v7", function() return mp.uuid.v7():sub(15, 15) end, "7" },
  { "decimal", function() return tostring(mp.decimal "1.50" + mp.decimal "1") end, "2.50" },
  { "decimal //", function() return tostring(mp.decimal "7" // mp.decimal "2") end, "3" },
  { "timestamp", function()
    return tostring(mp.timestamp { year = 2026, month = 1, day = 2, hour = 3, min = 4, sec = 5,
      usec = 6, offset = 0 })
  end, "2026-01-02T03:04:05.000006Z" },
  { "timestamp text", function() return mp.timestamp("2026-01-02T03:04:05Z").hour end, 3 },
  { "timestamp epoch", function() return mp.timestamp("1970-01-01T00:00:01Z"):epoch() end, 1.0 },
  { "infinity", function() return tostring(mp.timestamp.infinity) end, "infinity" },
  { "date", function() return tostring(mp.date { year = 2026, month = 1, day = 2 }) end,
    "2026-01-02" },
  { "time", function() return mp.time("03:04:05").min end, 4 },
  { "interval", function() return mp.interval { months = 1, days = 2, microseconds = 3 }.days end,
    2 },
  { "interval hours", function()
    return mp.interval { years = 1, hours = 1, minutes = 1, seconds = 1 }.microseconds
  end, 3661000000 },
  { "range", function() return mp.range(1, 3, "[)").lower_inc end, true },
  { "range contains", function() return mp.range(1, 3):contains(2) end, true },
  { "range overlaps", function() return mp.range(1, 3):overlaps(mp.range(2, 9)) end, true },
  { "range empty", function() return mp.range(1, 3).empty end, false },
  { "null", function() return type(mp.null) end, "userdata" },
}

describe("the contract of engines", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 4 } }) end)
  teardown(function() db:close() end)

  for number, given in ipairs(OPTIONS) do
    it(("takes the options of row %d (%s)"):format(number, next(given)), function()
      local engine <close> = mp.engine("postgresql://app@db-1:5432/app", given)

      assert.matches("^engine%(app@db%-1:5432/app, 0/%d+ in use%)$", tostring(engine))
    end)
  end

  for name, value in pairs(SETTINGS) do
    it(("gives each connection %s = %s"):format(name, value), function()
      assert.equal(value, (db:value("show " .. name):match "^[^,]+"))
    end)
  end

  it("counts what the pool does", function()
    local stats = db:pool():stats()

    for _, name in ipairs(STATS) do assert.is_number(stats[name], name) end
  end)

  it("tells of each event that it names", function()
    for _, name in ipairs(EVENTS) do db:on(name, function() end):close() end
  end)

  it("gives metrics and takes new options", function()
    assert.is_string(db:metrics "prometheus")
    db:reconfigure { pool = { max = 5 } }
    assert.equal(5, db:pool():stats().max)
  end)
end)

describe("the contract of statements", function()
  local db
  setup(function()
    db = mp.engine()
    db:script [[
      create table if not exists contract (id int primary key, tags text[]);
      truncate contract;
      insert into contract values (1, '{a}'), (2, null)]]
  end)
  teardown(function() db:close() end)

  it("has every method on engines, connections and transactions", function()
    local conn <close> = db:connect()
    local tx <close> = db:begin()
    for _, name in ipairs(EXECUTOR) do
      for what, target in pairs { engine = db, connection = conn, transaction = tx,
        view = db:with { label = "x" } } do
        assert.is_function(target[name], what .. ":" .. name)
      end
    end
    for _, name in ipairs(ENGINE) do assert.is_function(db[name], name) end
    for _, name in ipairs(TRANSACTION) do assert.is_function(tx[name], name) end
  end)

  it("gives sequences that know more, of which pairs shows rows only", function()
    local rows = db:query "select id, tags from contract order by id"

    assert.same({ 2, "SELECT 2", "id", "tags" },
      { rows.count, rows.command, rows.columns[1].name, rows.columns[2].name })
    local keys = {}
    for key in pairs(rows) do keys[#keys + 1] = key end
    assert.same({ 1, 2 }, keys)
  end)

  it("gives the shape that each method is named for", function()
    local by_id = "select id from contract where id = $1"

    assert.equal(1, db:one(by_id, 1).id)
    assert.is_nil(db:one(by_id, 9))
    assert.equal("not_found", select(2, mp.try(db.get, db, by_id, 9)).kind)
    assert.is_nil(db:value(by_id, 9))
    assert.equal("multiple_rows", select(2, mp.try(db.value, db, "select id from contract")).kind)
    assert.same({ "{a}", mp.null }, db:column "select tags::text from contract order by id")
    assert.equal(2, db:tuples("select 1 as a, 2 as a")[1].n)
    assert.equal(1, db:exec("update contract set tags = null where id = :id", { id = 1 }))
    assert.equal(2, db:many("select $1::int as n", { { 1 }, { 2 } })[2][1].n)
    assert.equal(2, #db:query("select * from contract where id = any(:ids)", { ids = { 1, 2, 3 } }))
  end)

  it("streams, copies, pipelines, describes and explains", function()
    local seen = 0
    for row in db:stream "select id from contract order by id" do seen = seen + row.id end
    for row in db:copy_out "select id from contract" do seen = seen + row.id end
    local results = db:pipeline(function(p)
      p:exec "update contract set tags = null"
      p:value "select 7"
    end)
    local described = db:describe "select id from contract where id = $1"
    local plan = db:explain "select 1"

    assert.equal(6, seen)
    assert.same({ 2, 7 }, { results[1], results[2] })
    assert.equal(2, db:copy_in("contract", { "id", "tags" }, { { 3, mp.null }, { 4, { "b" } } }))
    assert.same({ "int4" }, described.params)
    assert.same({ "id", "int4", 23 }, { described.columns[1].name, described.columns[1].type,
      described.columns[1].oid })
    assert.is_table(plan)
    assert.is_string(tostring(plan))
  end)

  it("listens, notifies and locks", function()
    local sub <close> = db:listen("contract_orders", { on_gap = print })
    local lock <close> = db:lock("contract", { wait = 10 })

    db:notify("contract_orders", "42")

    local note = sub:each { timeout = 60 }()
    assert.same({ "contract_orders", "42", "integer" },
      { note.channel, note.payload, math.type(note.pid) })
    assert.is_true(lock:held())
  end)

  for sql, call in pairs(REFUSED) do
    it(("refuses %q on the engine and names %s"):format(sql, call), function()
      local _, err = mp.try(db.exec, db, sql)

      assert.equal("bad_argument", err.kind)
      assert.is_truthy((err.message .. err.hint):find(call, 1, true), tostring(err))
    end)
  end
end)

describe("the contract of values", function()
  for _, row in ipairs(VALUES) do
    it("has " .. row[1], function() assert.equal(row[3], row[2]()) end)
  end

  it("has json, lists and maps that say what they are", function()
    local db <close> = mp.engine()

    assert.equal("[]", db:value("select $1::jsonb::text", mp.list {}))
    assert.equal("{}", db:value("select $1::jsonb::text", mp.map {}))
    assert.equal("null", db:value("select $1::jsonb::text", mp.json(mp.null)))
    assert.equal('{"a": 1}', db:value("select $1::jsonb::text", mp.json.raw '{"a":1}'))
    assert.is_nil(db:value("select $1::jsonb", mp.null))
  end)
end)

describe("the contract of transactions and tasks", function()
  local db
  setup(function() db = mp.engine() end)
  teardown(function() db:close() end)

  it("takes every option of a transaction", function()
    local seen = db:transaction(function(tx)
      return tx:one [[select current_setting('transaction_isolation') as isolation,
        current_setting('transaction_read_only') as read_only]]
    end, { isolation = "serializable", read_only = true, deferrable = false, retries = 5 })

    assert.same({ isolation = "serializable", read_only = "on" }, seen)
  end)

  it("leaves it by abort with nil and the reason", function()
    local result, reason = db:transaction(function(tx) tx:abort "insufficient funds" end)

    assert.is_nil(result)
    assert.equal("insufficient funds", reason)
  end)

  it("has the functions of tasks", function()
    local a, b = mp.all(function() return 1, 2 end, function() return 3 end)
    local doubled = mp.map({ 1, 2 }, function(n) return n * 2 end, { limit = 8 })
    local _, late = mp.try(mp.deadline, 0.01, mp.sleep, 10)
    local task = mp.spawn(mp.sleep, 10)
    task:cancel()
    local _, cancelled = mp.try(task.await, task)

    assert.same({ 1, 3 }, { a, b })
    assert.same({ 2, 4 }, doubled)
    assert.same({ "timeout", "cancelled" }, { late.kind, cancelled.kind })
    assert.equal(5, mp.shield(function() return 5 end))
    for _, name in ipairs { "run", "resolve", "is_error", "try" } do
      assert.is_function(mp[name], name)
    end
    assert.is_table(mp.coroutine)
  end)
end)

describe("the contract of errors", function()
  it("has every kind, each with its cure", function()
    for _, kind in ipairs(KINDS) do assert.is_string(hints[kind], kind) end
  end)

  it("has every field, where the server tells it", function()
    local db <close> = mp.engine()
    local conn <close> = db:connect()
    conn:script [[
      create temp table contract_error (id int constraint contract_key primary key);
      insert into contract_error values (1)]]

    local _, err = mp.try(conn.exec, conn, "insert into contract_error values ($1)", 1)
    local _, syntax = mp.try(conn.exec, conn, "selec 1")

    for _, name in ipairs { "kind", "message", "sqlstate", "severity", "detail", "hint", "schema",
      "table", "constraint", "query", "traceback" } do
      assert.is_string(err[name], name)
    end
    assert.same({ false, false, 1 }, { err.retryable, err.in_transaction, syntax.position })
    assert.is_true(mp.is_error(err, "unique_violation") and mp.is_error(err, "23"))
    assert.is_truthy(tostring(err):find("contract_spec.lua:", 1, true))
    assert.is_truthy(tostring(syntax):find("^", 1, true))
  end)
end)
