-- reflect_spec.lua - what a live database holds, read as declarations and models.
local metadata = require "moonpool.schema.metadata"
local mp = require "moonpool"
local round_trip = require "spec.support.schema_round_trip"
local zoo = require "spec.support.schema_zoo"

describe("mp.reflect", function()
  local db, found
  setup(function()
    db = round_trip.open "zoo_one"
    db:script [[create schema zoo_one; create schema zoo_two; create schema zoo_empty]]
    round_trip.add_extensions(db)
    round_trip.create(db, metadata.new(zoo):create_statements())
    found = mp.reflect(db)
  end)
  teardown(function()
    db:script [[set client_min_messages = warning;
      drop schema zoo_one, zoo_two, zoo_empty cascade]]
    db:close()
  end)

  it("gives each kind by its name", function()
    assert.same({ "low", "it's high" }, found.enums.mood.labels)
    assert.equal("varchar(10)", found.domains.short_text.type)
    assert.equal("C", found.composites.address.fields[1].collation)
    assert.equal("many_words", found.range_types.words.multirange)
    assert.is_nil(found.range_types.moodrange.multirange)
    assert.equal(5, found.sequences.ticket.increment)
    assert.equal("legacy.id", found.sequences.legacy_id_seq.owned_by)
    assert.equal("local", found.views.open_groups.check_option)
    assert.is_false(found.materialized_views.later.with_data)
    assert.equal("events_rest", found.partitions.events_a.of)
    assert.equal("force", found.tables.users.row_security)
    assert.is_not_nil(found.extensions.citext)
    assert.equal(6, #found.funcs)
    assert.equal(5, #found.triggers)
    assert.equal(2, #found.policies)
    assert.equal("zoo_one", found.schema)
  end)

  it("gives columns their types, shapes and labels", function()
    local columns = found.tables.users.by_name

    assert.equal("mood", columns.role.type)
    assert.equal("enum", columns.role.shape)
    assert.same({ "low", "it's high" }, columns.role.labels)
    assert.equal("composite", columns.home.shape)
    assert.equal("domain", columns.nick.shape)
    assert.equal("text[]", columns.tags.type)
    assert.equal("timestamptz(3)", columns.seen_at.type)
    assert.equal("numeric(12, 2)", columns.credit.type:gsub(",%s*", ", "))
    assert.equal("interval day to second(3)", columns.at.type)
    assert.same({ "by default", 1000, 10 }, { columns.number.identity,
      columns.number.identity_options.start, columns.number.identity_options.increment })
    assert.equal("always", found.tables.teams.by_name.id.identity)
  end)

  it("gives models with their relations", function()
    local lines = {}
    for at, relation in ipairs(found.relations) do
      lines[at] = ("%s.%s %s %s"):format(relation.owner.name, relation.name, relation.kind,
        relation.target.name)
    end
    table.sort(lines)

    assert.same({ "categories.children has_many categories",
      "categories.parent belongs_to categories", "groups.memberships has_many memberships",
      "groups.users many_to_many users", "memberships.group belongs_to groups",
      "memberships.user belongs_to users", "pair_notes.pair belongs_to pairs",
      "pairs.pair_notes has_many pair_notes", "profiles.user belongs_to users",
      "teams.captain belongs_to users", "teams.users has_many users",
      "users.groups many_to_many groups", "users.memberships has_many memberships",
      "users.profile has_one profiles", "users.team belongs_to teams",
      "users.teams has_many teams" }, lines)
    assert.is_not_nil(found.models.events)
    assert.is_nil(found.models.events_2026)
  end)

  it("gives models that rows are written and read with", function()
    local Category = found.models.categories
    local tx <close> = db:begin()
    local s <close> = tx:session()
    local root = Category { id = 1 }
    s:add(root)
    s:add(Category { id = 2, parent = root })
    s:add(Category { id = 3, parent = root })
    s:flush()

    local again <close> = tx:session()
    local list = again:select(Category):where { id = 1 }:with { "children" }:all()

    assert.equal(2, #list[1].children)
    assert.equal(1, list[1].children[1].parent_id)
  end)

  it("gives relations that are loaded: one, many, and through a table between", function()
    local tx <close> = db:begin()
    tx:script [[create table authors (id int4 primary key);
      create table books (id int4 primary key);
      create table notes (author_id int4 primary key references authors);
      create table author_books (author_id int4 references authors, book_id int4 references books,
        primary key (author_id, book_id));
      insert into authors values (1), (2); insert into books values (10), (20);
      insert into notes values (1); insert into author_books values (1, 10), (1, 20), (2, 20)]]
    local models = mp.reflect(tx, { only = { "authors", "books", "notes", "author_books" } }).models
    local s <close> = tx:session()

    local list = s:select(models.authors):order_by("id")
      :with { "note", "author_books", books = { with = { "authors" } } }:all()

    assert.equal(1, list[1].note.author_id)
    assert.is_nil(list[2].note)
    assert.equal(2, #list[1].books)
    assert.equal(20, list[2].books[1].id)
    assert.equal(2, #list[2].books[1].authors)
    assert.equal(1, #list[2].author_books)
  end)

  it("gives relations over several columns", function()
    local tx <close> = db:begin()
    tx:script "insert into pairs values (1, 2), (1, 3); insert into pair_notes (a, b) values (1, 3)"
    local s <close> = tx:session()

    local note = s:select(found.models.pair_notes):with { "pair" }:one()
    local pairs_of = s:select(found.models.pairs):order_by("b"):with { "pair_notes" }:all()

    assert.equal(3, note.pair.b)
    assert.same({ 0, 1 }, { #pairs_of[1].pair_notes, #pairs_of[2].pair_notes })
  end)

  it("makes the same DDL of its models as of its tables", function()
    local ddl = require "moonpool.schema.ddl"
    for name, model in pairs(found.models) do
      assert.same(ddl.create_table(found.tables[name]), ddl.create_table(model.table))
    end
  end)

  it("reads the catalogue in as many statements for many tables as for none", function()
    local function statements(schema)
      local other <close> = round_trip.open "zoo_one"
      mp.reflect(other, { schema = schema })
      local seen = other:statistics()
      return seen.reads + seen.writes + seen.others
    end

    assert.is_true(statements "zoo_one" < 30)
    assert.equal(statements "zoo_empty", statements "zoo_one")
  end)

  it("names what it cannot tell of", function()
    local tx <close> = db:begin()
    tx:script [[create aggregate total (int4) (sfunc = int4pl, stype = int4);
      create type steps;
      create function steps(steps) returns steps language internal immutable strict
        as 'int4range_canonical';
      create type steps as range (subtype = int4, canonical = steps);
      create rule quiet as on delete to groups do instead nothing;
      create statistics pair_stats on id, name from groups]]

    assert.same({ "aggregate zoo_one.total(integer)",
      "function zoo_one.steps(zoo_one.steps)", "rule quiet on zoo_one.groups",
      "statistics object zoo_one.pair_stats", "type zoo_one.steps" }, mp.reflect(tx).unmanaged)
    assert.same({}, found.unmanaged)
  end)

  it("knows what lies in ranges", function()
    local Users = found.models.users

    assert.equal("select users.id from users where users.hours @> $1::float8",
      (mp.select({ Users.id }):from(Users):where(Users.hours:contains(1.5)):sql()))
    assert.equal("float8", Users.table.by_name.hours.subtype)
  end)

  it("takes what it is asked for", function()
    local part = mp.reflect(db, { only = { "groups" } })
    local rest = mp.reflect(db, { except = { "groups" } })

    assert.equal("groups", (next(part.tables)))
    assert.is_nil(rest.tables.groups)
    assert.is_not_nil(rest.tables.users)
    assert.equal(2, #part.triggers)
  end)

  it("leaves declared models in their place", function()
    local c = require "moonpool.column"
    local Group = mp.model { "groups", c.int4("id", { primary_key = true }) }
    mp.reflect(db)

    assert.equal(Group, require("moonpool.orm.registry").find(nil, "groups"))
  end)

  it("reads in the caller's transaction, and leaves its settings as they are", function()
    db:transaction(function(tx)
      tx:exec "create table brand_new (id int4)"
      local before = tx:value "show search_path"

      local inside = mp.reflect(tx, { qualified = true })

      assert.equal("zoo_one", inside.tables.brand_new.schema)
      assert.equal(before, tx:value "show search_path")
      tx:abort "it goes again"
    end)
    local pinned <close> = db:connect()
    assert.is_nil(mp.reflect(pinned).tables.brand_new)
    local tx <close> = pinned:begin()
    assert.is_not_nil(mp.reflect(pinned).tables.users)
    assert.equal("open", tx.state)
  end)

  it("reads tables that have been altered since they were made", function()
    local tx <close> = db:begin()
    tx:script [[create table altered (a int4, gone text, b int4 check (b > 0));
      insert into altered values (1, 'x', 1);
      alter table altered drop column gone, add column c text[] default '{x}' not null,
        add column d mood default 'low', drop constraint altered_b_check;
      alter table altered rename b to renamed;
      alter table altered alter column a type int8]]

    local altered = mp.reflect(tx, { only = { "altered" } }).tables.altered

    assert.same({ "a", "renamed", "c", "d" }, altered:column_names())
    assert.same({ "int8", "int4", "text[]", "mood" }, { altered.columns[1].type,
      altered.columns[2].type, altered.columns[3].type, altered.columns[4].type })
  end)

  it("names another schema's objects with it", function()
    local tx <close> = db:begin()
    tx:script [[create type zoo_two.hue as enum ('red');
      create table zoo_two.lent (team_id int8 references zoo_one.teams,
      mood zoo_one.mood, own zoo_two.hue)]]

    local other = mp.reflect(tx, { schema = "zoo_two", only = { "lent" } })

    local lent = other.tables.lent
    assert.equal("zoo_two", lent.schema)
    assert.is_nil(lent.foreign_keys[1].schema)
    assert.equal("teams", lent.foreign_keys[1].table)
    assert.equal("mood", lent.by_name.mood.type)
    assert.equal("zoo_two.hue", lent.by_name.own.type)
    assert.equal("zoo_two", other.enums.hue.schema)
  end)

  it("reads several schemas, with the relations between them", function()
    local tx <close> = db:begin()
    tx:script [[create table zoo_empty.teams (id int4 primary key);
      create table zoo_empty.players (id int4 primary key, team_id int4 references zoo_empty.teams,
        group_id int4 references zoo_one.groups);
      create table zoo_empty.joins (player_id int4 references zoo_empty.players, group_id int4
        references zoo_one.groups, primary key (player_id, group_id));
      insert into zoo_one.groups (id) values (7); insert into zoo_empty.players values (1, null, 7);
      insert into zoo_empty.joins values (1, 7)]]

    local both = mp.reflect(tx, { schema = { "zoo_empty", "zoo_one" }, only = { "teams", "players",
      "groups", "joins" } })

    assert.equal("zoo_one", both.tables.groups.schema)
    assert.equal("zoo_empty", both.tables["zoo_empty.teams"].schema)
    assert.is_not_nil(both.models["zoo_one.teams"])
    local s <close> = tx:session()
    local player = s:select(both.models.players):with { "group", "groups" }:one()
    assert.equal(7, player.group.id)
    assert.equal(7, player.groups[1].id)
  end)

  it("reads an empty schema as nothing, and refuses one that is not there", function()
    local empty = mp.reflect(db, { schema = "zoo_empty" })
    local _, err = mp.try(mp.reflect, db, { schema = "zoo_on" })
    local _, strange = mp.try(mp.reflect, "db")
    local _, option = mp.try(mp.reflect, db, { scheme = "zoo_one" })

    assert.same({}, empty.models)
    assert.matches("a string is no engine", strange.message)
    assert.matches('there is no schema "zoo_on" %(did you mean "zoo_one"', err.message)
    assert.matches('unknown option "scheme" %(did you mean "schema"', option.message)
  end)
end)
