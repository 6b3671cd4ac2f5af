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
