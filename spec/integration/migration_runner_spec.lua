-- Migrations on a real server: transactions, the race, the lock, and the way back.
local c = require "moonpool.column"
local memory_files = require "spec.support.memory_files"
local migration = require "moonpool.migration"
local mp = require "moonpool"

local URL = os.getenv "MOONPOOL_SPEC_URL" or os.getenv "DATABASE_URL"

local HEAD = "local mp, c = require \"moonpool\", require \"moonpool.column\"\n"

local TEAMS = HEAD .. [[
return mp.migration {
  revision = "r1", message = "teams and people",
  change = function(op)
    op:create_table("mig_teams", { c.int8("id", { primary_key = true }), c.text "name" })
    op:create_table("mig_people", {
      c.int8("id", { primary_key = true, identity = true }),
      c.text("email", { unique = true, check = "email <> ''" }),
      c.jsonb("settings", { default = {} }),
    }, { comment = "it's people" })
  end,
}
]]

local MEMBERS = HEAD .. [[
return mp.migration {
  revision = "r2", down_revision = "r1", message = "people belong to teams",
  change = function(op)
    op:add_column("mig_people", c.int8("team_id", { null = true, index = true }))
    op:create_foreign_key("mig_people", "team_id", "mig_teams", { on_delete = "set null" })
    op:create_unique("mig_teams", { "name" })
    op:create_check("mig_people", "team_id > 0", { name = "ck_mig_team" })
    op:rename_column("mig_people", "email", "address", { allow = { "MP16" } })
    op:execute("create view mig_a as select 1; create view mig_b as select ';'",
      { inverse = "drop view mig_a, mig_b" })
  end,
}
]]

local SLOW = HEAD .. [[
return mp.migration {
  revision = "r3", down_revision = "r2", message = "takes its time",
  upgrade = function(op)
    op:execute "select pg_catalog.pg_sleep(0.2)"
    op:execute "insert into mig_teams (id, name) values (1, 'once')"
  end,
  downgrade = function(op)
    op:execute "delete from mig_teams"
  end,
}
]]

local BROKEN = HEAD .. [[
return mp.migration {
  revision = "r2", down_revision = "r1",
  upgrade = function(op)
    op:create_table("mig_new", { c.int8 "id" })
    op:execute "select *\nfrom mig_nowhere"
  end,
}
]]

local function require_module(name)
  if name == "moonpool" then return migration end
  if name == "moonpool.column" then return c end
  error("unexpected module " .. name)
end

local function migrations_of(db, texts, given)
  local fs = memory_files.new {}
  fs.directories["m/versions"] = true
  for number, text in ipairs(texts) do fs.files[("m/versions/%d.lua"):format(number)] = text end
  local options = {
    path = "m", fs = fs, require = require_module, sleep = mp.sleep, shield = mp.shield,
  }
  for key, value in pairs(given or {}) do options[key] = value end
  return migration.migrations(db, options)
end

local function clean(db)
  db:script [[
    drop view if exists mig_a, mig_b;
    drop table if exists mig_people, mig_teams, mig_new cascade;
    drop schema if exists moonpool cascade]]
end

-- Everything that the migrations make, as text.
local CATALOG = [[
select pg_catalog.string_agg(line, E'\n' order by line) from (
  select pg_catalog.format('%s %s %s %s', table_name, column_name, data_type, is_nullable) as line
  from information_schema.columns where table_name like 'mig\_%'
  union all select indexdef from pg_catalog.pg_indexes where tablename like 'mig\_%'
  union all select conname || pg_catalog.pg_get_constraintdef(oid) from pg_catalog.pg_constraint
  where conrelid <> 0 and conrelid::regclass::text like 'mig\_%') as lines]]

local LOCKS = "select pg_catalog.count(*) from pg_catalog.pg_locks where locktype = 'advisory'"

local SLEEPERS = [[
select pg_catalog.count(*) from pg_catalog.pg_stat_activity
where state = 'active' and query like 'select pg_catalog.pg_sleep(30)%']]

local function ids_of(steps)
  local ids = {}
  for index, step in ipairs(steps) do ids[index] = step.revision end
  return ids
end

local function wait_for(db, sql, value)
  mp.deadline(10, function()
    repeat until db:value(sql) == value
  end)
end

describe("migrations on a server", function()
  local db

  before_each(function()
    db = mp.engine(URL)
    clean(db)
  end)

  after_each(function()
    clean(db)
    db:close()
  end)

  it("build the schema and say so", function()
    local migrations = migrations_of(db, { TEAMS, MEMBERS, SLOW })

    assert.same({ "r1", "r2", "r3" }, ids_of(migrations:upgrade "head"))

    assert.same({ "r1", "r2", "r3" },
      db:column "select revision from moonpool.version order by applied_at")
    assert.equal("r3", migrations:current()[1].revision)
    assert.equal("once", db:value "select name from mig_teams")
  end)

  it("find nothing to do the second time", function()
    local migrations = migrations_of(db, { TEAMS })
    migrations:upgrade "head"

    assert.same({}, migrations:upgrade "head")
  end)

  it("come back to the same schema after going down", function()
    local migrations = migrations_of(db, { TEAMS, MEMBERS, SLOW })
    migrations:upgrade "head"
    local before = db:value(CATALOG)

    migrations:downgrade "base"
    local at_base = db:value(CATALOG)
    migrations:upgrade "head"

    assert.is_nil(at_base)
    assert.equal(before, db:value(CATALOG))
  end)

  it("undo exactly one revision", function()
    local migrations = migrations_of(db, { TEAMS, MEMBERS })
    migrations:upgrade "r1"
    local before = db:value(CATALOG)
    migrations:upgrade "+1"

    migrations:downgrade "-1"

    assert.equal(before, db:value(CATALOG))
  end)

  it("roll a failed migration back and keep those before it", function()
    local migrations = migrations_of(db, { TEAMS, BROKEN })

    local _, err = mp.try(migrations.upgrade, migrations, "head")

    assert.is_true(mp.is_error(err, "42P01"))
    assert.is_truthy(err.message:find("m/versions/2.lua:6: execute failed", 1, true), err.message)
    assert.equal("r2", err.migration)
    assert.is_nil(db:value "select pg_catalog.to_regclass('mig_new')::text")
    assert.same({ "r1" }, db:column "select revision from moonpool.version")
  end)

  it("run each migration once when two runners start together", function()
    local other <close> = mp.engine(URL)
    local texts = { TEAMS, MEMBERS, SLOW }

    local first, second = mp.all(
      function() return migrations_of(db, texts):upgrade "head" end,
      function() return migrations_of(other, texts):upgrade "head" end)

    assert.equal(3, #first + #second)
    assert.equal(0, math.min(#first, #second))
    assert.equal(1, db:value "select count(*) from mig_teams")
  end)

  it("give up when the lock is held, naming who holds it", function()
    local holder <close> = mp.engine(URL, { application_name = "the other deploy" })
    local conn <close> = holder:connect()
    conn:value "select pg_catalog.pg_try_advisory_lock(1836019566, hashtext(current_database()))"
    local waiting
    local migrations = migrations_of(db, { TEAMS }, {
      wait = 0.3, on_step = function(step) waiting = step end,
    })

    local _, err = mp.try(migrations.upgrade, migrations, "head")

    assert.equal("migration", err.kind)
    assert.equal("lock_held", err.reason)
    assert.equal("the other deploy", err.holder_application_name)
    assert.equal(conn:value "select pg_catalog.pg_backend_pid()", err.holder_pid)
    assert.equal("waiting", waiting.event)
    assert.is_nil(db:value "select pg_catalog.to_regclass('mig_teams')::text")
  end)

  it("leave no lock behind, done or failed", function()
    local migrations = migrations_of(db, { TEAMS, BROKEN })

    mp.try(migrations.upgrade, migrations, "head")

    assert.equal(0, db:value(LOCKS))
  end)

  it("leave no lock behind when a listener raises", function()
    local migrations = migrations_of(db, { TEAMS }, { on_step = function() error("stop", 0) end })

    local _, err = mp.try(migrations.upgrade, migrations, "head")

    assert.equal("stop", err)
    assert.equal(0, db:value(LOCKS))
  end)

  it("end with the task that runs them, and leave no lock behind", function()
    local migrations = migrations_of(db, { TEAMS, MEMBERS, (SLOW:gsub("0%.2", "30")) })
    local task = mp.spawn(function() migrations:upgrade "head" end)
    wait_for(db, SLEEPERS, 1)

    task:cancel()
    local _, err = mp.try(task.await, task)

    assert.is_true(mp.is_error(err, "cancelled"), tostring(err))
    wait_for(db, LOCKS, 0)
    assert.same({ "r1", "r2" }, db:column "select revision from moonpool.version order by 1")
  end)

  it("stop waiting for a table's lock in time", function()
    local migrations = migrations_of(db, { TEAMS, MEMBERS }, { lock_timeout = 0.1 })
    migrations:upgrade "r1"
    local conn <close> = db:connect()
    local err
    conn:transaction(function(tx)
      tx:exec "lock table mig_people in access share mode"
      err = select(2, mp.try(migrations.upgrade, migrations, "head"))
    end)

    assert.is_true(mp.is_error(err, "55P03"), tostring(err))
    assert.same({ "r1" }, db:column "select revision from moonpool.version")
  end)

  it("run the offline script to the same schema", function()
    local migrations = migrations_of(db, { TEAMS, MEMBERS, SLOW })
    migrations:upgrade "head"
    local online = db:value(CATALOG)
    local script = migrations:sql("head", "upgrade"):gsub("begin;", ""):gsub("commit;", "")
    clean(db)

    db:script(script)

    assert.equal(online, db:value(CATALOG))
    assert.equal("r3", migrations:current()[1].revision)
  end)
end)
