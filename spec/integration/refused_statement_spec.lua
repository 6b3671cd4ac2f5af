-- refused_statement_spec.lua - statements that may not run on the engine, whatever hides them.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

-- what the hint names, and the statements
local REFUSED = {
  { "db:begin()", {
    "BEGIN", "begin;", "  bEgIn  ", "/* why */ BEGIN", "-- why\nbegin", "/* /* nested */ */ commit",
    ";begin", "\f\v begin", "START TRANSACTION", "COMMIT", "END", "ROLLBACK", "ABORT",
    "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "PREPARE TRANSACTION 'a'", "COMMIT PREPARED 'a'",
    "ROLLBACK PREPARED 'a'",
  } },
  { "db:connect()", {
    "SET search_path = a", "set\tx = 1", "SET LOCAL x = 1", "SET ROLE postgres",
    "SET SESSION AUTHORIZATION a", "SET CONSTRAINTS ALL DEFERRED", "RESET ALL", "DISCARD ALL",
    "PREPARE a AS SELECT 1", "EXECUTE a", "DEALLOCATE a", "DECLARE c CURSOR FOR SELECT 1",
    "FETCH c", "MOVE c", "CLOSE c", "LOCK TABLE a", "lock /* x */ a", "LOAD 'a'",
    "CREATE TEMP TABLE t (i int)", "create temporary table t ()", "create local temp table t ()",
    "CREATE TEMP VIEW v AS SELECT 1", "create or replace temporary view v as select 1",
    "CREATE TEMP SEQUENCE s", "select 1 into temp t",
    "with x as (select 1) select * into temp y from x",
  } },
  { "db:listen", { "LISTEN a", "listen/**/a", "UNLISTEN *" } },
  { "db:copy_in", { "COPY t FROM STDIN", "copy t to stdout", "COPY (SELECT 1) TO STDOUT" } },
  { "db:script", { "select 1; select 2", "select 1; begin", "select 1 /* ; */ ; drop table x" } },
}

local HARMLESS = {
  "select 1;", "select 1;; -- the end", "(select 1)", "select 'begin; commit'", "select $$;$$",
  'select 1 as "set"', "select 1 -- ; begin", "show all", "values (1)", "do $$ begin end $$",
}

-- The whole table, one statement per kind; each is hidden in every way below.
local KINDS = {
  ["db:begin()"] = {
    "begin", "begin isolation level serializable", "start transaction read only", "commit",
    "commit work", "end", "rollback", "abort", "savepoint a", "release savepoint a",
    "rollback to savepoint a", "prepare transaction 'g'", "commit prepared 'g'",
    "rollback prepared 'g'",
  },
  ["db:connect()"] = {
    "set search_path = a", "set session x.y = 1", "set local x.y to default",
    "set time zone 'UTC'", "set role none", "set session authorization default",
    "set session characteristics as transaction read only", "set constraints all immediate",
    "set transaction read only", "reset all", "reset role", "discard all", "discard temp",
    "prepare p as select 1", "execute p", "deallocate p", "deallocate all",
    "declare c cursor for select 1",
    "declare c binary insensitive scroll cursor with hold for select 1", "fetch 1 from c",
    "move forward all in c", "close c", "lock t", "lock table t in share mode nowait",
    "create temp table t (i int)", "create temporary table t (i int)",
    "create local temp table t (i int)", "create local temporary table t (i int)",
    "create global temp table t (i int)", "create global temporary table t (i int)",
    "create temp table if not exists t as select 1", "create temporary sequence s",
    "create temp view v as select 1", "create temp recursive view v (n) as select 1",
    "create or replace temp view v as select 1", "create table pg_temp.t (i int)",
    'create table "pg_temp".t (i int)', "create view pg_temp.v as select 1",
    "create function pg_temp.f() returns int language sql as 'select 1'",
    "create type pg_temp.e as enum ('a')", "select 1 into temp t",
    "select 1 into temporary table t", "select 1 into local temp t", "select 1 into pg_temp.t",
    "with w as (select 1) select * into temporary t from w", "load 'auto_explain'",
    "explain execute p", "explain analyze execute p",
    "explain (analyze) create temp table t as select 1",
    "explain analyze declare c cursor for select 1",
  },
  ["db:listen"] = { "listen a", "unlisten a", "unlisten *" },
  ["db:copy_in"] = {
    "copy t from stdin", "copy t (a, b) from stdin with (format csv)", "copy t to stdout",
    "copy (select 1) to stdout", "copy (select 'x') to stdout (format binary)",
    "copy binary t from stdin",
  },
}

local function odd_case(sql)
  return (sql:gsub("%a", function(letter)
    return letter:byte() % 2 == 0 and letter:upper() or letter
  end))
end

local DISGUISES = {
  function(sql) return sql end,
  function(sql) return sql:upper():gsub("'[^']*'", string.lower):gsub('"[^"]*"', string.lower) end,
  function(sql) return odd_case(sql:gsub('"pg_temp"', "pg_temp")) end,
  function(sql) return "/* a /* nested */ one */" .. sql end,
  function(sql) return "-- select 1\n\t" .. sql end,
  function(sql) return " \n\r\f" .. sql .. " ; " end,
  function(sql) return ";;" .. sql end,
  function(sql) return (sql:gsub(" ", "/**/ --'\n ")) end,
}

describe("every statement of the table, in every disguise,", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  for cure, statements in pairs(KINDS) do
    it(("is refused naming %s"):format(cure), function()
      for _, plain in ipairs(statements) do
        for _, disguise in ipairs(DISGUISES) do
          local sql = disguise(plain)
          local wanted = { kind = "bad_argument", cure = cure }
          local ok, err = pcall(refusal.check, wanted, db.query, db, sql)
          assert(ok, ("%s\n%s"):format(sql, tostring(err)))
        end
      end
    end)
  end

  it("is refused behind another statement as one text of several", function()
    for _, statements in pairs(KINDS) do
      for _, sql in ipairs(statements) do
        refusal.check({ kind = "bad_argument", cure = "db:script" }, db.query, db,
          "select 1;" .. sql)
      end
    end
  end)

  it("was not sent", function()
    assert.equal(0, db:pool():stats().total)
  end)
end)

describe("a function that leaves something on its connection", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  it("leaves it for nobody else", function()
    for _, sql in ipairs {
      "select set_config('work_mem', '1MB', false)",
      "select \"set_config\"('work_mem', '1MB', false)",
      "select pg_catalog.set_config('work_mem', '1MB', false)",
      "select U&\"set\\005fconfig\"('work_mem', '1MB', false)",
      "do $$ begin set work_mem = '1MB'; end $$",
      "select pg_advisory_lock(4711)::text", "select pg_try_advisory_lock_shared(4711)",
      "do $$ begin create temp table refused_left (i int); listen refused_left; end $$",
    } do
      db:exec(sql)
      assert.equal("4MB", db:value "show work_mem", sql)
      assert.equal(0, db:value "select count(*) from pg_locks where locktype = 'advisory'", sql)
      assert.is_nil(db:value "select to_regclass('refused_left')::text", sql)
      assert.equal(0, db:value "select count(*) from pg_listening_channels()", sql)
    end
  end)

  it("leaves it for nobody else from a pipeline", function()
    db:pipeline(function(p) p:value "select set_config('work_mem', '1MB', false)" end)

    assert.equal("4MB", db:value "show work_mem")
  end)
end)

describe("the engine refuses", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  for _, row in ipairs(REFUSED) do
    local cure, statements = table.unpack(row)
    for _, sql in ipairs(statements) do
      it(("%q, naming %s"):format(sql, cure), function()
        for _, method in ipairs { "query", "exec", "value" } do
          local err = refusal.check({ kind = "bad_argument", cure = cure }, db[method], db, sql)
          assert.equal(sql, err.query)
        end
      end)
    end
  end

  it("none of these, and has sent none of those", function()
    for _, sql in ipairs(HARMLESS) do db:query(sql) end

    assert.equal(1, db:pool():stats().total)
    assert.equal(0, db:value "select count(*) from pg_listening_channels()")
    assert.equal(0, db:value "select count(*) from pg_prepared_statements where name = 'a'")
  end)
end)

describe("a connection refuses", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  local REFUSED_HERE = {
    { "db:begin()", "begin" }, { "db:begin()", "commit" },
    { "db:begin()", "prepare transaction 'a'" },
    { "db:copy_in", "copy (select 1) to stdout" }, { "db:script", "select 1; select 2" },
  }
  for _, row in ipairs(REFUSED_HERE) do
    it(("%q, naming %s"):format(row[2], row[1]), function()
      local conn <close> = db:connect()
      refusal.check({ kind = "bad_argument", cure = row[1] }, conn.query, conn, row[2])
    end)
  end

  it("nothing that is its own affair, and hands none of it on", function()
    do
      local conn <close> = db:connect()
      conn:exec "set work_mem = '1MB'"
      conn:exec "create temp table refused_spec (i int)"
      conn:exec "listen refused_spec"
      conn:exec "declare c cursor with hold for select 1"
      conn:value "select pg_advisory_lock(42)"
    end

    assert.equal("4MB", db:value "show work_mem")
    assert.is_nil(db:value "select to_regclass('refused_spec')")
    assert.equal(0, db:value "select count(*) from pg_listening_channels()")
    assert.equal(0, db:value "select count(*) from pg_cursors where name = 'c'")
    assert.equal(0, db:value "select count(*) from pg_locks where locktype = 'advisory'")
  end)

  it("COPY in a script, and goes on", function()
    refusal.check({ kind = "bad_argument", says = "COPY", cure = "copy_in" },
      db.script, db, "select 1; copy (select 1) to stdout")

    assert.equal(2, db:value "select 2")
  end)
end)
