-- model_spec.lua - models on a real server: every column type, defaults, keys, names, constraints.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local show = require "spec.support.show"
local tables = require "spec.support.tables"

local SCHEMA = "model_spec"
local UUIDS = { "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002",
  "ffffffff-0000-4000-8000-000000000000" }
local decimal, date, timestamp = mp.decimal, mp.date, mp.timestamp
local time, interval = mp.time, mp.interval

-- type -> distinct values, as the server gives them back
local VALUES = {
  int2 = { -32768, 0, 32767 }, int4 = { -1, 0, 2147483647 },
  int8 = { math.mininteger, 0, math.maxinteger },
  bool = { false, true }, float4 = { -0.5, 0.1, 3.5 }, float8 = { -1e300, 0.1, 1 / 3 },
  numeric = { decimal "-1.50", decimal "0.1", decimal "12345678901234567890.5" },
  text = { "", "a'b", "é\\\n" }, varchar = { "", "a", "b" }, citext = { "a", "B", "c" },
  char = { "a", "b", "c" }, uuid = UUIDS, bytea = { "", "\0\1\255", "a" },
  date = { date "2024-02-29", date "2026-11-24", date.infinity },
  time = { time "00:00:00", time "12:30:00.5", time "24:00:00" },
  timetz = { time "00:00:00Z", time "12:30:00+02", time "23:59:59-05" },
  timestamp = { timestamp "2024-02-29T00:00:00", timestamp "2026-11-24T10:00:00.000001" },
  timestamptz = { timestamp "0044-03-15T00:00:00Z BC", timestamp "2026-11-24T10:00:00.5Z",
    timestamp.infinity },
  interval = { interval "00:00:01", interval "1 day", interval "2 mons" },
  inet = { "10.0.0.1", "10.0.0.0/8", "::1" }, cidr = { "10.0.0.0/8", "192.168.0.0/16" },
  macaddr = { "08:00:2b:01:02:03", "08:00:2b:01:02:04" }, bit = { "0", "1" },
  varbit = { "1", "101", "11" }, money = { "$1.00", "$2.50" },
  tsvector = { "'a'", "'a' 'b'", "'b':1" }, ltree = { "a", "a.b", "b" },
}

-- Types whose values have no order, or none that a page could go on from.
local UNORDERED = { json = { { a = 1 }, { 1, 2 } }, xml = { "<a/>", "<b>x</b>" },
  hstore = { { a = "1" }, { b = mp.null } }, jsonb = { { a = 1 }, { a = { 1, mp.null } },
    { "x" } } }
local HAS_EQUALITY = { hstore = true, jsonb = true }

local function row_of(id, value)
  return { id = id, value = value }
end

local function shown(rows)
  local list = {}
  for at, row in ipairs(rows) do list[at] = row.id .. ":" .. show(row.value) end
  return list
end

local function key()
  return c.int8("id", { primary_key = true })
end

describe("a model on the server", function()
  local db
  setup(function() db = tables.open(SCHEMA) end)
  teardown(function() tables.close(db, SCHEMA) end)

  local function bound(model, options)
    tables.create(db, model)
    return mp.repository(model, options):using(db)
  end

  -- Every value twice: through one statement for each row, and through one for all.
  local function check_stored(values, repository)
    local rows, expected = {}, {}
    for at, value in ipairs(values) do
      expected[at] = at .. ":" .. show(value)
      assert.equal(expected[at], shown({ repository:create(row_of(at, value)) })[1])
    end
    assert.same(expected, shown(repository:list(nil, { order = "id" })))
    for at, value in ipairs(values) do rows[at] = row_of(at, value) end
    repository:delete_where { id = mp.gt(0) }
    assert.same(expected, shown(repository:create_many(rows)))
    for at, value in ipairs(values) do
      assert.equal(expected[at], shown({ repository:update(at, { value = value }) })[1])
    end
  end

  local function check_found(values, repository)
    for at, value in ipairs(values) do
      assert.equal(at, (repository:find { value = value } or {}).id, show(value))
    end
  end

  -- Each row twice, so that every page of one ends between equals.
  local function check_pages(values, repository)
    for at, value in ipairs(values) do repository:create(row_of(at + #values, value)) end
    local expected, seen, after = shown(repository:list()), {}, nil
    repeat
      local page = repository:page { size = 1, after = after }
      seen[#seen + 1], after = shown(page.items)[1], page.next
    until not after
    assert.same(expected, seen)
  end

  for type_name, values in pairs(VALUES) do
    it("stores, finds and pages by " .. type_name, function()
      local repository = bound(
        mp.model { "t_" .. type_name, key(), c[type_name] "value" }, { order = "value" })

      check_stored(values, repository)
      check_found(values, repository)
      check_pages(values, repository)
    end)
  end

  for type_name, values in pairs(UNORDERED) do
    it("stores " .. type_name, function()
      local repository = bound(mp.model { "t_" .. type_name, key(), c[type_name] "value" })

      check_stored(values, repository)
      if HAS_EQUALITY[type_name] then check_found(values, repository) end
    end)
  end

  local SHAPED = {
    { "enum", c.enum("value", { "low", "high" }, { type = "height" }), { "low", "high" } },
    { "an enum by name", c.enum("value", "model_spec.height"), { "low", "high" } },
    { "range", c.range("value", "int4range"), { mp.range(1, 3), mp.range(2, 3) } },
    { "domain", c.domain("value", "positive"), { 1, 2 } },
    { "any type's text", c.column("value", "double precision"), { 0.5, 1.5 } },
    { "character varying", c.column("value", "character varying(3)"), { "ab", "abc" } },
    { "character", c.column("value", "character(3)"), { "abc", "abd" } },
    { "numeric with a scale", c.numeric("value", { precision = 5, scale = 2 }),
      { decimal "1.50", decimal "999.99" } },
    { "varchar of a length", c.varchar("value", { length = 2 }), { "a", "ab" } },
    { "char of a length", c.char("value", { length = 2 }), { "a ", "ab" } },
    { "bits", c.bit("value", { length = 3 }), { "000", "101" } },
    { "timestamptz of milliseconds", c.timestamptz("value", { precision = 3 }),
      { timestamp "2026-11-24T10:00:00.123Z" } },
  }
  for at, case in ipairs(SHAPED) do
    it("stores, finds and pages by " .. case[1], function()
      if at == 1 then
        db:script [[create type height as enum ('low', 'high'); create type two as (a int, b text);
          create domain positive as int check (value > 0)]]
      end
      local repository = bound(mp.model { "shaped_" .. at, key(), case[2] }, { order = "value" })

      check_stored(case[3], repository)
      check_found(case[3], repository)
      check_pages(case[3], repository)
    end)
  end

  it("reads the rows of SQL text as its instances", function()
    local Row = mp.model { "t_as", key(), c.text("value", { load = string.upper }) }
    function Row.methods:shout() return self.value .. "!" end
    tables.create(db, Row)
    db:exec "insert into t_as values (1, 'a'), (2, 'b')"

    local rows = db:query("select id, value, id * 2 as twice from t_as order by id"):as(Row)

    assert.same({ "A!", "B!", 4 }, { rows[1]:shout(), rows[2]:shout(), rows[2].twice })
    assert.equal("detached", (mp.state(rows[1])))
    assert.same({}, db:query("select * from t_as where false"):as(Row))
    local _, err = errors.try(function() return db:query("select 1"):as "t" end)
    assert.equal("rows are read as instances of a model, not of a string", err.message)
    _, err = errors.try(function() return db:tuples("select 1"):as(Row) end)
    assert.equal("these rows have no names of columns", err.message)
  end)

  local ARRAYS = { text = { { "a" }, { "a", "b,c" }, {} }, int4 = { {}, { 1 }, { 1, mp.null } },
    uuid = { { UUIDS[1] }, UUIDS }, jsonb = { { { a = 1 } }, {} } }
  for element, values in pairs(ARRAYS) do
    it("stores and finds an array of " .. element, function()
      local repository = bound(mp.model { "a_" .. element, key(), c.array("value", element) })

      check_stored(values, repository)
      check_found(values, repository)
    end)
  end

  it("stores a composite, many at once too", function()
    check_stored({ { a = 1, b = "a" }, { a = 2 } },
      bound(mp.model { "pairs_of_two", key(), c.composite("value", "two") }))
    check_stored({ { a = 1, b = "a" }, { a = 2 } },
      bound(mp.model { "texts_of_two", key(), c.column("value", "two") }))
  end)

  it("stores an array of an enum", function()
    local levels = bound(mp.model { "levels", key(), c.array("value", "height") })

    levels:create_many { { id = 1, value = { "low" } }, { id = 2, value = { "high", "low" } } }

    assert.same({ "{low}", "{high,low}" }, db:column "select value::text from levels order by id")
  end)

  it("refuses what is too long instead of cutting it, one by one and many at once", function()
    local repository = bound(mp.model { "short", key(),
      c.varchar("a", { length = 2, null = true }), c.char("b", { length = 2, null = true }),
      c.column("d", "character(2)", { null = true }), c.bit("e", { length = 2, null = true }) })

    for name, value in pairs { a = "abc", b = "abc", d = "abc", e = "101" } do
      local row = { id = 1, [name] = value }
      local _, one = errors.try(repository.create, repository, row)
      local _, many = errors.try(repository.create_many, repository, { row, { id = 2 } })

      assert.is_true(errors.is_error(one, "22"), name)
      assert.is_true(errors.is_error(many, "22"), name)
    end
    assert.equal(0, repository:count())
  end)

  it("fills in plain defaults itself, and the server's when they come back", function()
    local Note = mp.model { "notes",
      c.int8("id", { primary_key = true, identity = true }),
      c.uuid("token", { generate = "v4" }), c.uuid("sorted", { generate = "v7" }),
      c.array("tags", "text", { default = {} }), c.jsonb("settings", { default = {} }),
      c.numeric("credit", { precision = 12, scale = 2, default = 0 }),
      c.numeric("rate", { default = decimal "0.25" }),
      c.date("due", { default = date "2026-11-24" }),
      c.text("title", { default = "it's \\ new" }), c.bool("is_open", { default = true }),
      c.int4("double", { generated = "length(title) * 2", null = true }),
      c.text("who", { default = mp.sql "current_user" }), mp.timestamps() }
    local notes = bound(Note)

    local note = Note {}
    local stored = notes:create(note)

    assert.same({ note.token, note.sorted }, { stored.token, stored.sorted })
    assert.same({ {}, "it's \\ new", true, 20 },
      { stored.tags, stored.title, stored.is_open, stored.double })
    assert.equal("{}", db:value "select settings::text from notes")
    assert.same({ decimal "0", decimal "0.25", date "2026-11-24" },
      { stored.credit, stored.rate, stored.due })
    assert.equal("postgres", stored.who)
    assert.equal(stored.created_at, stored.updated_at)
    db:exec("insert into notes (token, sorted) values ($1, $2)", UUIDS[1], UUIDS[2])
    local plain = notes:get(stored.id + 1)
    assert.same({ {}, "it's \\ new", true }, { plain.tags, plain.title, plain.is_open })
    assert.same({ stored.rate, stored.due }, { plain.rate, plain.due })
    assert.equal("{}", db:value("select settings::text from notes where id = $1", plain.id))
  end)

  it("keeps an empty list as its default", function()
    local Basket = mp.model { "baskets", key(), c.jsonb("items", { default = mp.list {} }) }
    local baskets = bound(Basket)

    baskets:create { id = 1 }
    db:exec "insert into baskets (id) values (2)"

    assert.same({ "[]", "[]" }, db:column "select items::text from baskets order by id")
    assert.not_equal(Basket {}.items, Basket {}.items)
  end)

  it("makes keys that sort by their time", function()
    local Event = mp.model { "events", c.uuid("id", { primary_key = true, generate = "v7" }) }
    local events = bound(Event)

    local first = events:create {}
    mp.sleep(0.002)
    local second = events:create {}

    assert.is_true(first.id < second.id)
    assert.same({ first.id, second.id }, db:column "select id from events order by id")
  end)

  it("takes any name for a table and its columns", function()
    local Odd = mp.model { 'Order "Lines"', c.int8("Id", { primary_key = true }),
      c.text("user", { index = true }), c.text("we \"ird", { unique = true, check = "true" }),
      c.text("größe", { comment = "how big's it", null = true }), c.text("a.b", { default = "?" }),
      comment = "odd; indeed" }
    local odd = bound(Odd, { order = { "we \"ird desc", "user", "größe" } })

    odd:create_many { { Id = 1, user = "u", ["we \"ird"] = "x" },
      { Id = 2, user = "u", ["we \"ird"] = "y", ["größe"] = "1" } }

    assert.equal("1", odd:find({ ["we \"ird"] = "y" })["größe"])
    assert.same({ 2, 1 }, { odd:list()[1].Id, odd:list()[2].Id })
    assert.equal("z", odd:update(1, { ["we \"ird"] = "z", user = "v" })["we \"ird"])
    assert.is_true(odd:delete(2))
  end)

  it("quotes every word that the server cannot take bare", function()
    local columns = { key() }
    for _, word in ipairs(db:column "select word from pg_get_keywords() where word <> 'id'") do
      columns[#columns + 1] = c.text(word, { null = true })
    end
    local Words = mp.model { "words", table.unpack(columns) }
    local words = bound(Words)
    local row = { id = 1 }
    for _, item in ipairs(columns) do row[item.name] = row[item.name] or "x" end

    words:create(row)

    assert.equal("x", words:find({ ["select"] = "x", ["left"] = "x", between = "x" }).array)
    for _, word in ipairs(db:column "select word from pg_get_keywords()") do
      assert.has_no.errors(function() bound(mp.model { word, key() }):count() end)
    end
  end)

  it("lives in a schema of its own beside a table of the same name", function()
    db:script "drop schema if exists model_other cascade; create schema model_other"
    local Here, There = mp.model { "places", key() },
      mp.model { "places", schema = "model_other", key(), c.text "name" }
    local here, there = bound(Here), bound(There, { order = "name" })

    here:create { id = 1 }
    there:create_many { { id = 2, name = "a" }, { id = 3, name = "b" } }

    assert.equal(1, here:count())
    assert.equal("b", there:get(3).name)
    assert.equal("c", there:update(3, { name = "c" }).name)
    assert.equal("c", there:page({ size = 1, after = there:page({ size = 1 }).next }).items[1].name)
    assert.equal(2, there:delete_where { name = { "a", "c" } })
    db:script "set client_min_messages = warning; drop schema model_other cascade"
  end)

  it("names its constraints so that errors tell which was broken", function()
    local Team = mp.model { "teams", c.int4("id", { primary_key = true }) }
    local Member = mp.model { "members", key(), c.text("email", { unique = true,
      check = "email ~ '@'" }), mp.belongs_to("team", { table = "teams", on_delete = "cascade" }),
      c.int4("rank", { null = true }), mp.unique { "team_id", "rank" }, mp.check("rank <> 13"),
      mp.index { mp.sql "lower(email)", where = "rank is null", include = { "rank" } } }
    tables.create(db, Team)
    local teams, members = mp.repository(Team):using(db), bound(Member)
    teams:create { id = 1 }
    members:create { id = 1, email = "a@x", team_id = 1, rank = 1 }

    local cases = {
      { "pk_members", "unique_violation", { id = 1, email = "b@x", team_id = 1 } },
      { "uq_members_email", "unique_violation", { id = 2, email = "a@x", team_id = 1 } },
      { "uq_members_team_id_rank", "unique_violation",
        { id = 2, email = "b@x", team_id = 1, rank = 1 } },
      { "ck_members_email", "check_violation", { id = 2, email = "b", team_id = 1 } },
      { "fk_members_team_id_teams", "foreign_key_violation",
        { id = 2, email = "b@x", team_id = 9 } },
    }
    for _, case in ipairs(cases) do
      local _, err = errors.try(members.create, members, case[3])
      assert.same({ case[1], case[2] }, { err.constraint, err.kind })
    end
    local _, missing = errors.try(members.create, members, { id = 2, team_id = 1 })
    assert.same({ "not_null_violation", "email" }, { missing.kind, missing.column })
    assert.equal("integer", db:value [[select data_type from information_schema.columns
      where table_name = 'members' and column_name = 'team_id']])
    teams:delete(1)
    assert.equal(0, members:count())
  end)

  it("loads and dumps a column by its own functions, but never NULL", function()
    local coded = bound(mp.model { "coded", key(), c.text("value", { null = true,
      load = string.upper, dump = string.lower }) })

    assert.equal("ABC", coded:create({ id = 1, value = "Abc" }).value)
    assert.equal("abc", db:value "select value from coded")
    assert.is_nil(coded:update(1, { value = mp.null }).value)
  end)
end)
