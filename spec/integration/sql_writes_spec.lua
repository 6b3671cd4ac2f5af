-- sql_writes_spec.lua - what built writes do on a server: own values, conflicts, merge, schemas.
local database = require "spec.support.sql_cases.database"
local models = require "spec.support.sql_cases.models"
local mp = require "moonpool"
local release = require "spec.support.release"

local fn, null = mp.fn, mp.null
local User, Team, Setting = models.User, models.Team, models.Setting

local function map(rows, key, value)
  local by_key = {}
  for _, row in ipairs(rows) do by_key[row[key]] = row[value] end
  return by_key
end

describe("a built write", function()
  local db
  setup(function() db = database.open "sql_writes" end)
  teardown(function() database.close(db, "sql_writes") end)
  before_each(function() db:exec "truncate users, teams, posts, comments, settings" end)

  local function teams(rows)
    mp.insert(Team):overriding("system"):values(rows):exec(db)
  end

  local function names()
    return map(mp.select(Team):all(db), "id", "name")
  end

  it("updates each row to its own values", function()
    mp.insert(User):overriding("system"):values({ { id = 1, email = "a", age = 1, name = "x" },
      { id = 2, email = "b", age = 2, name = "y" }, { id = 3, email = "c", age = 3, name = "z" } })
      :exec(db)

    local changed = mp.update(User):from_values({ { id = 1, age = 10, name = null },
      { id = 3, age = 30, name = "new" }, { id = 9, age = 90, name = "nobody" } }, { key = "id" })
      :returning("id", "age"):all(db)

    assert.same({ [1] = 10, [3] = 30 }, map(changed, "id", "age"))
    assert.same({ [2] = "y", [3] = "new" }, map(mp.select(User):all(db), "id", "name"))
  end)

  it("sets elements, fields and keys and leaves the rest", function()
    mp.insert(User):overriding("system"):values({ id = 1, email = "a", tags = { "x", "y" },
      settings = { theme = "dark", tabs = { { name = "a" } } } }):exec(db)

    local row = mp.update(User):set { [User.tags:at(2)] = "z", [User.settings:at "theme"] = 5,
      [User.settings:at("tabs", 0, "name")] = "home" }:where({ id = 1 }):returning():one(db)

    assert.same({ "x", "z" }, row.tags)
    assert.equal(5, row.settings.theme)
    assert.equal("home", row.settings.tabs[1].name)
  end)

  it("updates ten thousand rows by one text", function()
    local rows = {}
    for at = 1, 10000 do rows[at] = { id = at, name = "t" .. at } end
    teams(rows)
    for _, row in ipairs(rows) do row.name = row.name .. "!" end

    assert.equal(10000, mp.update(Team):from_values(rows, { key = "id" }):exec(db))
    assert.equal(10000, mp.select { Team.id }:from(Team):where(Team.name:ends_with "!"):count(db))
  end)

  it("updates JSON, arrays and enums to their own values", function()
    mp.insert(User):overriding("system")
      :values({ { id = 1, email = "a" }, { id = 2, email = "b" } }):exec(db)
    local rows = { { id = 1, settings = { a = { 1, 2 } }, tags = { "x", "y" }, role = "admin" },
      { id = 2, settings = {}, tags = {}, role = "editor" } }

    assert.equal(2, mp.update(User):from_values(rows, { key = "id" }):exec(db))
    local first = mp.select(User):where({ id = 1 }):one(db)
    assert.same({ "x", "y" }, { table.unpack(first.tags) })
    assert.equal(2, first.settings.a[2])
    assert.same({ "admin", "editor" }, mp.select({ User.role }):from(User):order_by "id":column(db))
  end)

  it("updates by a key of two", function()
    mp.insert(Setting):values({ { scope = "s", key = "a", value = "1" },
      { scope = "t", key = "a", value = "2" } }):exec(db)

    mp.update(Setting):from_values({ { scope = "t", key = "a", value = "3" } },
      { key = { "scope", "key" } }):exec(db)

    assert.same({ s = "1", t = "3" }, map(mp.select(Setting):all(db), "scope", "value"))
  end)

  it("updates and deletes beside other tables", function()
    teams { { id = 1, name = "red" }, { id = 2, name = "blue" } }
    mp.insert(User):overriding("system"):values({ { id = 1, email = "a", team_id = 1 },
      { id = 2, email = "b", team_id = 2 } }):exec(db)
    local g = Team:as "g"

    local row = mp.update(User):set({ name = g.name }):from(g)
      :where(g.id:eq(User.team_id), g.name:eq "blue"):returning(User.id, { team = g.name }):one(db)
    assert.same({ 2, "blue" }, { row.id, row.team })
    assert.equal(1, mp.delete(User):using(g):where(g.id:eq(User.team_id), g.name:eq "red"):exec(db))
    mp.update(User):set_row({ "name", "age" }, mp.select({ fn.upper(g.name), mp.sql "7" }):from(g)
      :where(g.id:eq(User.team_id))):exec(db)
    local left = mp.select(User):one(db)
    assert.same({ "BLUE", 7 }, { left.name, left.age })
  end)

  it("inserts defaults, expressions and selects", function()
    local org = mp.insert(Team):values({ name = fn.upper "x", org = mp.default })
      :returning("name", "org"):one(db)
    assert.same({ "X", "main" }, { org.name, org.org })
    local g = Team:as "g"
    assert.equal(1, mp.insert(Team):from_select({ "name" },
      mp.select({ g.name .. "2" }):from(g)):exec(db))
    assert.equal(70, mp.insert(Team):overriding_system_value():values({ id = 70, name = "y" })
      :returning("id"):value(db))
    assert.equal(2, mp.insert(Team):from_select({ "name", "org" },
      mp.values { { "p", "o" }, { "q", "o" } }):exec(db))
  end)

  it("changes the row that is there, under a condition", function()
    teams { { id = 1, name = "a", org = "x" }, { id = 2, name = "b", org = "y" } }
    local rows = { { name = "a", org = "new" }, { name = "b", org = "new" },
      { name = "c", org = "c" } }

    local changed = mp.insert(Team):values(rows):on_conflict("name"):update({ "org" })
      :where(Team.org:ne "y"):returning("name", { is_new = mp.sql "xmax = 0" }):all(db)

    assert.same({ a = false, c = true }, map(changed, "name", "is_new"))
    assert.same({ a = "new", b = "y", c = "c" }, map(mp.select(Team):all(db), "name", "org"))
    local added = mp.insert(Team):values({ name = "a", org = "!" })
      :on_conflict({ constraint = "uq_teams_name" })
      :update({ org = Team.org .. mp.excluded.org }):returning("org"):value(db)
    assert.equal("new!", added)
  end)

  it("finds the row of a partial index", function()
    db:script [[create unique index on teams (org) where name like 'only%']]
    local function put(name)
      return mp.insert(Team):values({ name = name, org = "o" })
        :on_conflict("org", { where = Team.name:like(mp.lit "only%") }):ignore():exec(db)
    end

    assert.same({ 1, 0, 1 }, { put "only1", put "only2", put "other" })
  end)

  it("gives back the row that was there, unchanged", function()
    teams { { id = 1, name = "a", org = "x" } }
    local function put(name)
      return mp.insert(Team):values({ name = name, org = "new" }):on_conflict("name")
        :ignore({ return_existing = true }):returning("id", "org"):one(db)
    end

    assert.same({ 1, "x" }, { put("a").id, put("a").org })
    local first, second = put "b", put "b"
    assert.same({ first.id, "new" }, { second.id, second.org })
    assert.equal(2, mp.select(Team):count(db))
  end)

  it("gives back all rows, those that were there and those that were not", function()
    teams { { id = 1, name = "a", org = "x" }, { id = 2, name = "b", org = "y" } }

    local rows = mp.insert(Team):values({ { name = "b", org = "n" }, { name = "c", org = "n" },
      { name = "a", org = "n" } }):on_conflict("name"):ignore({ return_existing = true })
      :returning("name", "org"):all(db)

    assert.same({ a = "x", b = "y", c = "n" }, map(rows, "name", "org"))
    local pairs_of = mp.insert(Setting):values({ { scope = "s", key = "k", value = "1" },
      { scope = "s", key = "l", value = "2" } }):on_conflict("scope", "key")
      :ignore({ return_existing = true }):returning "value"
    assert.equal(2, #pairs_of:all(db))
    assert.equal(2, #pairs_of:all(db))
  end)

  it("gives back the row that another transaction was just putting in", function()
    local tx <close> = db:begin()
    mp.insert(Team):values({ name = "new", org = "theirs" }):exec(tx)
    local task = mp.spawn(function()
      return mp.insert(Team):values({ name = "new", org = "mine" }):on_conflict("name")
        :ignore({ return_existing = true }):returning("org"):value(db)
    end)
    -- Only when it waits for the lock does its snapshot lack the row.
    repeat
      mp.sleep(0.005)
      local waiting = db:value "select count(*) from pg_locks where not granted"
    until waiting > 0
    tx:commit()

    assert.equal("theirs", task:await())
  end)

  it("merges", function()
    if release(db) < 15 then return pending "MERGE needs PostgreSQL 15" end
    teams { { id = 1, name = "a", org = "x" }, { id = 2, name = "b", org = "y" },
      { id = 3, name = "c", org = "z" } }
    local g = Team:as "g"
    local s = mp.values({ { 1, "a2" }, { 2, null }, { 7, "d" }, { 8, null } },
      { columns = { "id", "name" }, types = { "int8", "text" } }):as "s"

    local count = mp.merge(g):using(s, g.id:eq(s.id))
      :when_matched(s.name:is_null()):delete()
      :when_matched():update({ name = s.name, org = fn.upper(g.org) })
      :when_not_matched(s.name:is_not_null()):insert({ name = s.name, org = "new" })
      :when_not_matched():do_nothing():exec(db)

    assert.equal(3, count)
    assert.same({ a2 = "X", c = "z", d = "new" }, map(mp.select(Team):all(db), "name", "org"))
  end)

  it("moves rows by a delete in front", function()
    teams { { id = 1, name = "a" }, { id = 2, name = "b" } }
    local gone = mp.cte("gone", mp.delete(Team):where({ id = 1 }):returning("name"))

    mp.insert(Setting):with(gone):from_select({ "scope", "key", "value" },
      mp.select({ mp.lit "team", gone.name, gone.name }):from(gone)):exec(db)

    assert.same({ [2] = "b" }, names())
    assert.equal("a", mp.select({ Setting.key }):from(Setting):value(db))
  end)

  it("is done by a question about what it gives", function()
    teams { { id = 1, name = "a" }, { id = 2, name = "b" }, { id = 3, name = "c" } }
    local function gone(id)
      local rows = mp.cte("gone", mp.delete(Team):where({ id = id }):returning("id"))
      return mp.select({ rows.id }):with(rows):from(rows)
    end

    assert.is_true(gone(1):exists(db))
    assert.is_false(gone(1):exists(db))
    assert.equal(1, gone(2):limit(5):count(db))
    assert.equal(3, gone(3):first(db).id)
    assert.equal(0, mp.select(Team):count(db))
  end)

  it("takes jobs that nobody else has", function()
    teams { { id = 1, name = "a" }, { id = 2, name = "b" }, { id = 3, name = "c" } }
    local next_one = mp.select({ Team.id }):from(Team):order_by("id"):limit(1)
      :for_update { skip_locked = true }
    local first <close> = db:begin()
    local second <close> = db:begin()

    assert.equal(1, next_one:value(first))
    assert.equal(2, next_one:value(second))
    assert.equal(2, mp.delete(Team):where(Team.id:one_of(next_one)):returning("id"):value(second))
  end)
end)

describe("a schema in place of another", function()
  local Entry = models.Entry
  local db, one, two
  setup(function()
    db = database.open "sql_tenants"
    for _, tenant in ipairs { "tenant_1", "Tenant 2" } do
      db:script(('drop schema if exists "%s" cascade; create schema "%s";'
        .. ' create table "%s".entries (like %s.entries including all)'):format(tenant, tenant,
        tenant, models.OTHER))
    end
    one = db:with { schema = { [models.OTHER] = "tenant_1" } }
    two = db:with { schema = { [models.OTHER] = "Tenant 2" } }
  end)
  teardown(function()
    db:script 'set client_min_messages = warning; drop schema tenant_1, "Tenant 2" cascade'
    database.close(db, "sql_tenants")
  end)
  before_each(function()
    for _, schema in ipairs { models.OTHER, "tenant_1", '"Tenant 2"' } do
      db:exec("truncate " .. schema .. ".entries")
    end
  end)

  local function put(executor, action)
    return mp.insert(Entry):values({ action = action, user_id = 1 }):exec(executor)
  end
  local function actions(executor)
    return table.concat(mp.select({ Entry.action }):from(Entry):order_by "action":column(executor),
      " ")
  end

  it("is where statements go, each to its own", function()
    put(db, "a")
    put(one, "b")
    put(two, "c")

    assert.same({ "a", "b", "c" }, { actions(db), actions(one), actions(two) })
    assert.equal("a", actions(db))
  end)

  it("is shown by sql", function()
    local query = mp.select({ Entry.id }):from(Entry)

    assert.equal('select entries.id from "Tenant 2".entries', (query:sql(two)))
    assert.equal("select entries.id from sql_cases_audit.entries", (query:sql()))
    assert.equal("select entries.id from sql_cases_audit.entries", tostring(query))
  end)

  it("holds in a transaction, a connection and a pipeline", function()
    one:transaction(function(tx) put(tx, "x") end)
    do
      local tx <close> = two:begin()
      put(tx, "y")
      tx:commit()
      local connection <close> = one:connect()
      put(connection, "z")
    end
    one:pipeline(function(p) put(p, "p") end)

    assert.same({ "", "p x z", "y" }, { actions(db), actions(one), actions(two) })
  end)

  it("holds in joins, subqueries, updates, deletes and functions", function()
    put(one, "old")
    local e = Entry:as "e"
    mp.update(Entry):set({ action = "new" })
      :where(Entry.id:one_of(mp.select({ e.id }):from(e))):exec(one)
    assert.equal("new", actions(one))
    assert.equal(1, mp.select({ e.id }):from(e):join(Entry, Entry.id:eq(e.id)):count(one))
    assert.equal(1, mp.delete(Entry):exec(one))
    assert.equal("select tenant_1.score($1::int4)",
      (mp.select({ mp.fn.sql_cases_audit.score(1) }):sql(one)))
  end)

  it("holds in merges", function()
    if release(db) < 15 then return pending "MERGE needs PostgreSQL 15" end
    local e = Entry:as "e"
    put(one, "old")
    mp.merge(Entry):using(e, e.id:eq(Entry.id))
      :when_matched():update({ action = "merged" }):exec(one)
    assert.equal("merged", actions(one))
  end)

  it("adds up through views of a view", function()
    local view = one:with { timeout = 5 }
    local other = view:with { schema = { other = "x" } }

    assert.equal("tenant_1", view.schema_translation[models.OTHER])
    assert.same({ [models.OTHER] = "tenant_1", other = "x" }, other.schema_translation)
    assert.is_nil(db.schema_translation)
    assert.is_nil(db:with({ label = "x" }).schema_translation)
  end)

  it("is a name", function()
    for _, value in ipairs { "", ("x"):rep(64), "a\0b" } do
      local _, err = mp.try(db.with, db, { schema = { app = value } })
      assert.is_true(mp.is_error(err, "bad_argument"), tostring(err))
    end
    local _, err = mp.try(db.with, db, { schema = { app = 5 } })
    assert.is_true(mp.is_error(err, "bad_argument"), tostring(err))
    _, err = mp.try(db.with, db, { schema = "x" })
    assert.is_true(mp.is_error(err, "bad_argument"), tostring(err))
  end)
end)
