-- type_catalog_spec.lua - types that a database has made: learnt once, and anew when they change.
local mp = require "moonpool"

describe("the types of a database", function()
  local db, admin

  before_each(function()
    admin = mp.engine(nil, { pool = { max = 1 } })
    admin:script [[
      create schema app;
      create type app.mood as enum ('sad', 'happy');
      create type app.point as (x int4, y int4);
      create domain app.email as text;
      create table app.people (id int4, mood app.mood, at app.point);
      insert into app.people values (1, 'sad', '(1,2)');
    ]]
    db = mp.engine(nil, { pool = { max = 3 } })
  end)

  after_each(function()
    db:close()
    admin:script "drop schema if exists app cascade; drop schema if exists trap cascade"
    admin:close()
  end)

  it("names the types of a statement", function()
    local answer = db:describe [[
      select $1::app.mood as m, $2::int4[] as i, at, $3::app.email, row(1) from app.people]]

    assert.same({ "app.mood", "int4[]", "app.email" }, answer.params)
    local names = {}
    for i, column in ipairs(answer.columns) do names[i] = column.name .. " " .. column.type end
    assert.same({ "m app.mood", "i int4[]", "at app.point", "email text", "row record" }, names)
    assert.equal(1007, answer.columns[2].oid)
    assert.same({ params = {}, columns = {} }, db:describe "create table app.never ()")
  end)

  it("names them on connections and transactions, and in results", function()
    db:transaction(function(tx)
      assert.equal("app.mood[]", tx:describe("select $1::app.mood[]").params[1])
    end)
    local conn <close> = db:connect()
    assert.equal("app.point", conn:describe("select at from app.people").columns[1].type)
    local rows = conn:query "select mood, array[mood], id from app.people"
    assert.same({ "app.mood", "app.mood[]", "int4" },
      { rows.columns[1].type, rows.columns[2].type, rows.columns[3].type })
  end)

  it("leaves out the schema of what the search path finds", function()
    local own <close> = mp.engine(nil, { settings = { search_path = "app" } })

    assert.equal("mood", own:describe("select $1::mood").params[1])
  end)

  it("reads types that are made after it has read the others", function()
    assert.equal("sad", db:value "select mood from app.people")
    admin:exec "create type app.later as (n int4)"

    assert.same({ n = 5 }, db:value("select $1::app.later", { n = 5 }))
    assert.same({ { n = 5 } }, db:value("select $1::app.later[]", { { n = 5 } }))
  end)

  it("reads a type made anew, in statements that ran before", function()
    local sql = "select at from app.people"
    assert.same({ x = 1, y = 2 }, db:value(sql))
    admin:script [[
      alter table app.people drop column at;
      drop type app.point;
      create type app.point as (name text, z int8);
      alter table app.people add column at app.point default '(a,3)';
    ]]

    assert.same({ name = "a", z = 3 }, db:value(sql))
    assert.same({ name = "a", z = 3 }, db:value(sql))
  end)

  it("reads a type made anew in a transaction's statements too", function()
    local sql = "select at from app.people"
    local conn <close> = db:connect()
    assert.same({ x = 1, y = 2 }, conn:value(sql))
    admin:script [[
      alter table app.people drop column at;
      drop type app.point;
      create type app.point as (name text);
      alter table app.people add column at app.point default '(a)';
    ]]

    assert.same({ name = "a" }, conn:value(sql))
  end)

  it("never reads a type as it was before somebody changed it", function()
    local read, write = "select at from app.people", "select ($1::app.point)::text"
    db:value(read)
    db:value(write, { x = 1, y = 2 })
    admin:exec "alter type app.point add attribute z int4"

    local ok, err = pcall(db.value, db, read)
    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "decode"))
    assert.is_truthy(err.message:find("has changed", 1, true))
    assert.same({ x = 1, y = 2 }, db:value(read))
    assert.equal("(1,2,3)", db:value(write, { x = 1, y = 2, z = 3 }))
  end)

  it("writes a type anew after the server has refused its old fields", function()
    local write = "select ($1::app.point)::text"
    db:value(write, { x = 1, y = 2 })
    admin:exec "alter type app.point add attribute z int4"

    assert.is_false((pcall(db.value, db, write, { x = 1, y = 2 })))
    assert.equal("(1,2,3)", db:value(write, { x = 1, y = 2, z = 3 }))
  end)

  it("knows at once what it has altered itself", function()
    local read = "select at from app.people"
    db:value(read)
    db:exec "alter type app.point rename attribute x to left_side"
    assert.same({ left_side = 1, y = 2 }, db:value(read))

    db:transaction(function(tx)
      tx:exec "alter type app.point add attribute z int4"
      assert.same({ left_side = 1, y = 2, z = 9 }, tx:value "select '(1,2,9)'::app.point")
      tx:exec "alter type app.mood rename to temper"
      assert.equal("app.temper", tx:describe("select mood from app.people").columns[1].type)
    end)
    db:exec "update app.people set at.z = 3"
    assert.same({ left_side = 1, y = 2, z = 3 }, db:value(read))

    db:script "alter type app.point rename attribute y to right_side"
    assert.same({ left_side = 1, right_side = 2, z = 3 }, db:value(read))
  end)

  it("takes labels that are added to an enum", function()
    assert.equal("sad", db:value("select $1::app.mood", "sad"))
    admin:exec "alter type app.mood add value 'calm'"

    assert.equal("calm", db:value("select $1::app.mood", "calm"))
  end)

  it("reads in a transaction what only that one sees, and keeps it there", function()
    local _, reason = db:transaction(function(tx)
      tx:exec "create type app.secret as (a int4)"
      assert.same({ a = 1 }, tx:value("select $1::app.secret", { a = 1 }))
      assert.same({ { a = 1 } }, tx:value("select $1::app.secret[]", { { a = 1 } }))
      tx:transaction(function(inner)
        inner:exec "alter type app.secret add attribute b int4"
        assert.same({ a = 1, b = 2 }, inner:value("select $1::app.secret", { a = 1, b = 2 }))
        inner:abort "undo"
      end)
      assert.same({ a = 1 }, tx:value("select $1::app.secret", { a = 1 }))
      tx:abort "no more"
    end)

    assert.equal("no more", reason)
    admin:exec "create type app.secret as (other text)"
    assert.same({ other = "x" }, db:value("select $1::app.secret", { other = "x" }))
  end)

  it("reads types of a temporary schema", function()
    local conn <close> = db:connect()
    conn:exec "create type pg_temp.short as enum ('a', 'b')"
    conn:exec "create temp table brief (s pg_temp.short, n int4)"
    conn:exec("insert into brief values ($1, 5)", "b")

    assert.same({ { s = "b", n = 5 } }, conn:value "select array_agg(t) from brief t")
  end)

  it("reads each database's own", function()
    admin:exec "create database other_types"
    local url = os.getenv("DATABASE_URL"):gsub("/spec%?", "/other_types?")
    local other = mp.engine(url, { pool = { max = 1 } })
    other:script [[
      create schema app;
      create type app.filler as (a int4);
      create type app.point as (name text);
    ]]

    assert.same({ name = "a" }, other:value("select $1::app.point", { name = "a" }))
    assert.same({ x = 1 }, db:value("select $1::app.point", { x = 1 }))

    other:close()
    admin:exec "drop database other_types"
  end)

  it("asks the server once for many who need it", function()
    local own <close> = mp.engine(nil, { pool = { max = 4 }, application_name = "asks once" })
    local holder <close> = admin:begin()
    holder:exec "lock table pg_catalog.pg_range in access exclusive mode"
    local tasks = {}
    for i = 1, 4 do
      tasks[i] = mp.spawn(own.value, own, ("select $1::app.mood, %d"):format(i), "sad")
    end

    -- One reads the catalogue and waits for the lock; three have described, and wait for the one.
    local seen
    repeat
      seen = db:one [[
        select count(*) filter (where wait_event_type = 'Lock') as waiting,
          count(*) filter (where state = 'idle' and query like '%app.mood%') as described
        from pg_stat_activity where application_name = 'asks once']]
      mp.sleep(0)
    until seen.waiting + seen.described == 4
    holder:rollback()

    assert.same({ waiting = 1, described = 3 }, seen)
    for _, task in ipairs(tasks) do assert.equal("sad", task:await()) end
  end)

  it("is read by another one when the connection that read it is lost", function()
    local own <close> = mp.engine(nil, { pool = { max = 2 }, application_name = "loses one" })
    local holder <close> = admin:begin()
    holder:exec "lock table pg_catalog.pg_range in access exclusive mode"
    local tasks = {}
    for i = 1, 2 do
      tasks[i] = mp.spawn(own.value, own, ("select $1::app.mood, %d"):format(i), "sad")
    end
    local killed
    repeat
      killed = db:value [[
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where application_name = 'loses one' and wait_event_type = 'Lock' and exists (
          select 1 from pg_stat_activity where application_name = 'loses one'
            and state = 'idle' and query like '%app.mood%')]]
      mp.sleep(0)
    until killed == 1
    holder:rollback()

    local answers = {}
    for _, task in ipairs(tasks) do
      local ok, answer = pcall(task.await, task)
      answers[#answers + 1] = ok and answer or answer.kind
    end
    table.sort(answers)
    assert.same({ "connection_lost", "sad" }, answers)
  end)

  it("is not misled by a hostile search path", function()
    admin:script [[
      create schema trap;
      create function trap.eq(oid, oid) returns bool language sql as 'select 1 / 0 = 1';
      create operator trap.= (leftarg = oid, rightarg = oid, procedure = trap.eq);
      create table trap.pg_type (oid oid);
      create function trap.quote_ident(text) returns text language sql as $$ select 'trapped' $$;
    ]]
    local own <close> = mp.engine(nil, { settings = { search_path = "trap, pg_catalog, app" } })

    assert.same({ x = 1, y = 2 }, own:value "select at from app.people")
    assert.equal("mood", own:describe("select $1::app.mood").params[1])
  end)

  it("sends what stays unknown as text, and asks once", function()
    -- A transaction that is older than the type does not see it in the catalogue.
    local tx <close> = db:begin { isolation = "repeatable read" }
    tx:value "select 1"
    admin:exec "create type app.young as (a int4)"

    assert.equal("(1)", tx:value "select '(1)'::app.young")
    assert.equal("???", tx:describe("select '(1)'::app.young").columns[1].type)
    assert.same({ a = 1 }, db:value "select '(1)'::app.young")
  end)

  it("gives connections back when a wait for the types is cancelled", function()
    local holder <close> = admin:begin()
    holder:exec "lock table pg_catalog.pg_range in access exclusive mode"
    local own <close> = mp.engine(nil, { pool = { max = 3 } })
    local tasks = {}
    for i = 1, 3 do
      tasks[i] = mp.spawn(function()
        return mp.deadline(0.3, own.value, own, "select $1::app.mood, " .. i, "sad")
      end)
    end
    for _, task in ipairs(tasks) do
      local ok, err = pcall(task.await, task)
      assert.is_false(ok)
      assert.is_true(mp.is_error(err, "timeout"), tostring(err))
    end
    holder:rollback()

    assert.equal("sad", own:value("select $1::app.mood", "sad"))
    assert.equal(0, own:pool():stats().in_use)
  end)
end)
