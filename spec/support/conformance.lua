-- conformance.lua - steps with all kinds of statements, whose answers must not depend on how the
-- bytes of a connection come.
--
-- Each of `conformance.STEPS` is a name and a function of an engine that gives its answer.
local both = require "spec.support.both_formats"
local mp = require "moonpool"
local random_types = require "spec.support.random_types"
local random_values = require "spec.support.random_values"

local conformance = {}

local ERROR_FIELDS = {
  "kind", "message", "sqlstate", "severity", "detail", "hint", "position", "schema", "table",
  "column", "constraint", "query", "retryable", "in_transaction",
}

local RAISE_ALL = [[do $$ begin
  raise exception 'all of it' using errcode = 'P4711', detail = 'a detail', hint = 'a hint',
    schema = 'a schema', table = 'a table', column = 'a column', constraint = 'a constraint',
    datatype = 'a type';
end $$]]

local function fields_of(fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok and mp.is_error(err), err)
  local fields = {}
  for _, name in ipairs(ERROR_FIELDS) do fields[name] = err[name] end
  return fields
end

local function collect(...)
  local seen = {}
  for row in ... do seen[#seen + 1] = row end
  return seen
end

local function values_at_their_edges(db)
  local answers = {}
  for _, row in ipairs(random_values.ROWS) do
    for _, value in ipairs(row.edges) do
      answers[#answers + 1] = { row.type, both.round_trip(db, row.type, value) }
    end
  end
  return answers
end

local function values_of_made_types(db)
  local answers = {}
  for _, row in ipairs(random_types.ROWS) do
    answers[#answers + 1] = { row[1], both.round_trip(db, row[1], row[2]()) }
  end
  return answers
end

local function rows(db)
  local text = ("x"):rep(3000)
  return {
    db:query "select n, repeat('x', n) as filler, null as nothing from generate_series(1, 40) n",
    db:one "select 1 as a where false", db:exec "select 1 where false",
    db:tuples "values (1, 'a'), (2, 'b')", db:column "select generate_series(1, 300)",
    db:value("select md5($1::text)", text), db:value("select $1::text", text),
    db:many("select $1::int + $2::int as sum", { { 1, 2 }, { 3, 4 } }),
  }
end

local function errors(db)
  return {
    fields_of(db.exec, db, RAISE_ALL),
    fields_of(db.value, db, "select 1 / $1::int", 0),
    fields_of(db.query, db, "select 1,\n  nope"),
    fields_of(db.exec, db, "insert into conformance values (null, 'x')"),
    fields_of(db.script, db, "select 1; select nonsense; select 2"),
    db:value "select 'goes on'",
  }
end

local function notices(db)
  local seen = {}
  local _ <close> = db:on("notice", function(notice) seen[#seen + 1] = notice end)
  db:exec "do $$ begin raise notice 'first' using hint = 'a hint', detail = 'a detail'; end $$"
  db:script "select 1; do $$ begin raise warning 'second'; end $$; select 2"
  mp.deadline(10, function()
    while #seen < 2 do mp.sleep(0.005) end
  end)
  return seen
end

local function notifications(db)
  local channel = "conformance_" .. db:value "select pg_backend_pid()::text"
  local sub <close> = db:listen(channel)
  db:notify(channel, "first")
  db:notify(channel, ("y"):rep(3000))
  db:transaction(function(tx) tx:notify(channel, "in a transaction") end)
  local payloads = {}
  for i = 1, 3 do payloads[i] = sub:next({ timeout = 20 }).payload end
  return payloads
end

-- Rows that fill the server's buffer, and after a few no more in time.
local ENDLESS = [[select n, repeat('x', 4000) as filler, pg_sleep(case when n > 10 then 1 end)::text
  from generate_series(1, 1000) n]]

local function streams(db)
  local broken = {}
  for row in db:stream(ENDLESS) do
    broken[#broken + 1] = row.n
    if row.n == 5 then break end
  end
  return { collect(db:stream("select generate_series(1, $1::int) as n", 60)), broken }
end

local function cursors(db)
  local cursor <close> = db:cursor("select n, n::text as t from generate_series(1, $1::int) n",
    { 30 }, { batch = 7 })
  return { cursor:fetch(3), collect(cursor:each()) }
end

local function copies(db)
  local given = {}
  db:exec "delete from conformance"
  for i = 1, 50 do given[i] = { i, i % 5 ~= 0 and ("z"):rep(i) or mp.null } end
  local out = { db:copy_in("conformance", { "id", "line" }, given) }
  out[2] = collect(db:copy_out "select id, line from conformance order by id")
  out[3] = fields_of(db.copy_in, db, "conformance", { "id", "line" },
    { { 1, "a" }, { mp.null, "b" } })
  out[4] = db:value "select count(*) from conformance"
  return out
end

local function pipelines(db)
  db:exec "delete from conformance"
  db:exec "insert into conformance select n, 'row' from generate_series(1, 20) n"
  local out = db:pipeline(function(p)
    p:exec("update conformance set line = $1 where id <= 10", "piped")
    p:value("select count(*) from conformance where line = $1", "piped")
    p:query "select id, line from conformance order by id limit 3"
  end)
  local failure = fields_of(db.pipeline, db, function(p)
    p:exec "delete from conformance"
    p:value "select 1 / 0"
    p:value "select 2"
  end)
  return { out, failure, db:value "select count(*) from conformance" }
end

local function large_objects(db)
  return db:transaction(function(tx)
    local object <close> = tx:large_object()
    local out = { object:write(("0123456789"):rep(200)), object:seek("set", 1990), object:read(5) }
    object:truncate(7)
    object:seek "set"
    out[4] = object:read()
    object:unlink()
    return out
  end)
end

local function transactions(db)
  local out = {}
  db:exec "delete from conformance"
  out[1] = db:transaction(function(tx)
    tx:exec "insert into conformance values (1001, 'kept')"
    tx:transaction(function(savepoint)
      savepoint:exec "insert into conformance values (1002, 'undone')"
      savepoint:abort()
    end)
    local failed = fields_of(tx.transaction, tx, function(savepoint)
      savepoint:exec "insert into conformance values (null, 'undone')"
    end)
    tx:transaction(function(savepoint)
      savepoint:exec "insert into conformance values (1003, 'kept')"
    end)
    return { failed, tx:column "select id from conformance where id > 1000 order by id" }
  end, { isolation = "serializable" })
  out[2] = { select(2, db:transaction(function(tx) tx:abort "no" end)) }
  out[3] = db:column "select id from conformance where id > 1000 order by id"
  return out
end

-- The server is told to stop, and the connection goes on.
local function deadlines(db)
  local stopped = fields_of(mp.deadline, 0.3, db.value, db, "select 'stopped' from pg_sleep(60)")
  local conn <close> = db:connect()
  local pinned = fields_of(mp.deadline, 0.3, conn.value, conn, "select 'pinned' from pg_sleep(60)")
  return { stopped.kind, pinned.kind, conn:value "select 'goes on'" }
end

local function described(db)
  return { db:describe "select $1::int4[] as a, $2::numeric as b, c.* from conformance c",
    db:describe "delete from conformance where id = $1" }
end

conformance.STEPS = {
  { "values of every type, in binary and as text", values_at_their_edges },
  { "values of a database's own types", values_of_made_types },
  { "rows", rows },
  { "errors with all their fields", errors },
  { "notices", notices },
  { "notifications", notifications },
  { "streams", streams },
  { "cursors", cursors },
  { "COPY both ways", copies },
  { "pipelines", pipelines },
  { "large objects", large_objects },
  { "transactions and savepoints", transactions },
  { "deadlines", deadlines },
  { "descriptions", described },
}

---What the steps need.
function conformance.prepare(db)
  db:script [[
    drop schema if exists shapes cascade;
    drop table if exists conformance;
    create table conformance (id int8 not null, line text)]]
  db:script(random_types.SCHEMA)
end

function conformance.clean(db)
  db:script "drop schema shapes cascade; drop table conformance"
end

return conformance
