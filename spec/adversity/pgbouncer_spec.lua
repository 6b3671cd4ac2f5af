-- pgbouncer_spec.lua - behind PgBouncer in transaction mode: another session for each transaction.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local pgbouncer = require "spec.support.pgbouncer"

local SECONDS = full(3, 60)

if not pgbouncer.find() then
  describe("PgBouncer", function()
    pending "is not installed: the specs behind a pooler are left out"
  end)
  return
end

describe("behind PgBouncer in transaction mode", function()
  local control, bouncer
  setup(function()
    control = mp.engine(nil, { pool = { max = 2 } })
    control:script [[
      drop schema if exists pooler_a, pooler_b cascade;
      create schema pooler_a; create schema pooler_b;
      create table pooler_a.whose as select 'a' as name; grant all on schema pooler_a to spec_trust;
      create table pooler_b.whose as select 'b' as name; grant all on schema pooler_b to spec_trust;
      grant select on pooler_a.whose, pooler_b.whose to spec_trust]]
    bouncer = pgbouncer.open { users = { "postgres", "spec_trust" }, pool_size = 5 }
  end)
  teardown(function()
    bouncer:__close()
    control:script "drop schema pooler_a, pooler_b cascade"
    control:close()
  end)

  local function open(given) return mp.engine(bouncer:url "postgres", given) end

  it("finds it out, and asks for nothing that it could not keep", function()
    local db <close> = open()

    assert.equal(5, db:value("select $1::int", 5))
    assert.equal(0, db:value "select count(*) from pg_prepared_statements")
  end)

  it("finds it out where its startup parameters are ignored", function()
    local quiet <close> = pgbouncer.open { users = { "postgres" }, pool_size = 2,
      ignore = "options" }
    local db <close> = mp.engine(quiet:url "postgres")

    for i = 1, 5 do assert.equal(i, db:value("select $1::int", i)) end

    assert.equal(0, db:value "select count(*) from pg_prepared_statements")
  end)

  it("serves many tasks, and keeps their tenants apart", function()
    local db <close> = open { pool = { max = 50 }, pooler = "transaction" }
    local until_time, count, ids = driver.system.hrtime() + SECONDS, 0, {}
    for id = 1, 200 do ids[id] = id end

    mp.map(ids, function(id)
      local tenant = id % 2 == 0 and "a" or "b"
      while driver.system.hrtime() < until_time do
        assert.equal(id, db:value("select $1::int8", id))
        local name, role = db:transaction(function(tx)
          tx:exec("set local search_path = pooler_" .. tenant)
          tx:exec "set local role spec_trust"
          return tx:value "select name from whose", tx:value "select current_user::text"
        end)
        assert.equal(tenant, name)
        assert.equal("spec_trust", role)
        local after = db:one [[
          select current_user::text as role, current_setting('search_path') as path]]
        assert.same({ role = "postgres", path = '"$user", public' }, after)
        count = count + 1
      end
    end)

    print(("pooler: %d transactions of two tenants"):format(count))
    assert.is_true(count > 50)
  end)

  it("stops a statement that is too late", function()
    local db <close> = open { pool = { max = 1 } }
    db:value "select 1"

    local ok, err = pcall(mp.deadline, 0.05, db.value, db, "select 1 from pg_sleep(30)")

    assert.is_false(ok)
    assert.equal("timeout", err.kind)
    assert.equal(2, mp.deadline(5, db.value, db, "select 2"))
  end)

  for text, where in pairs {
    ["set search_path = pooler_a"] = "connection",
    ["select pg_advisory_lock(1)"] = "engine",
    ["listen somebody"] = "connection",
    ["prepare known as select 1"] = "connection",
    ["create temp table gone (n int)"] = "connection",
  } do
    it(("refuses %q"):format(text), function()
      local db <close> = open { pooler = "transaction" }
      local conn <close> = db:connect()
      local target = where == "engine" and db or conn

      local ok, err = pcall(target.exec, target, text)

      assert.is_false(ok)
      assert.equal("unsupported_behind_pooler", err.kind)
    end)
  end

  it("lets a cursor live in a transaction, but not beyond", function()
    local db <close> = open { pooler = "transaction" }

    local ok, err = pcall(db.transaction, db, function(tx)
      tx:exec "declare inside cursor without hold for select 1"
      assert.equal(1, tx:value "fetch 1 from inside")
      tx:exec "declare beyond cursor with hold for select 1"
    end)

    assert.is_false(ok)
    assert.equal("unsupported_behind_pooler", err.kind)
  end)

  for name, feature in pairs {
    listen = function(db) db:listen "somebody" end,
    lock = function(db) db:lock "import" end,
    ["lock of a connection"] = function(db)
      local conn <close> = db:connect()
      conn:lock "import"
    end,
    ["cursor with hold"] = function(db)
      local conn <close> = db:connect()
      conn:cursor("select 1", {}, { hold = true })
    end,
  } do
    for _, pooler in ipairs { "transaction", "auto" } do
      it(("refuses a %s, pooler = %q"):format(name, pooler), function()
        local db <close> = open { pooler = pooler }

        local _, err = mp.try(feature, db)

        assert.equal("unsupported_behind_pooler", err.kind)
        assert.is_string(err.hint)
        assert.equal(0, db:pool():stats().in_use)
      end)
    end
  end

  it("connects to nothing for a listener where it knows", function()
    local db <close> = open { pooler = "transaction" }

    local _, err = mp.try(db.listen, db, "somebody")

    assert.matches("which a pooler does not give", err.message)
    assert.equal(0, db:pool():stats().connected)
  end)

  it("lets scripts set what ends with their transaction", function()
    local db <close> = open { pooler = "transaction" }

    local seen = db:transaction(function(tx)
      tx:script "set local work_mem = '8MB'; select 1"
      return tx:value "show work_mem"
    end)
    local _, err = mp.try(db.transaction, db, function(tx)
      tx:script "set local work_mem = '8MB'; set work_mem = '9MB'"
    end)
    local _, late = mp.try(db.transaction, db, function(tx)
      tx:script "set work_mem = '9MB'; set local work_mem = '8MB'"
    end)

    assert.equal("8MB", seen)
    assert.equal("unsupported_behind_pooler", err.kind)
    assert.equal("unsupported_behind_pooler", late.kind)
  end)

  it("refuses settings, and scripts that change the session", function()
    local opened, config = pcall(open, { pooler = "transaction", settings = { work_mem = "8MB" } })
    local found <close> = open { settings = { work_mem = "8MB" } }
    local answered, found_out = pcall(found.value, found, "select 1")
    assert.is_false(answered)
    assert.equal("bad_config", found_out.kind)
    local db <close> = open { pooler = "transaction" }
    local ok, err = pcall(db.script, db, "select 1; set work_mem = '8MB'")

    assert.is_false(opened or ok)
    assert.equal("bad_config", config.kind)
    assert.equal("unsupported_behind_pooler", err.kind)
  end)
end)
