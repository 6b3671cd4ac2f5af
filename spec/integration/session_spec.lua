-- session_spec.lua - the unit of work on a real server: columns, keys, transactions.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "session_spec"

local Author = mp.model { "authors",
  c.int8("id", { primary_key = true, identity = true }), c.citext("email", { unique = true }),
  c.text("name", { null = true }), c.int4("age", { null = true }),
  c.array("tags", "text", { default = {} }), c.jsonb("settings", { default = {} }),
  c.numeric("credit", { precision = 12, scale = 2, default = 0 }), mp.timestamps() }
local Seat = mp.model { "seats", c.text "row", c.int4 "number", c.text("guest", { null = true }),
  mp.primary_key { "row", "number" } }
local Book = mp.model { "books", c.uuid("id", { primary_key = true, generate = "v7" }),
  c.text "title", mp.belongs_to("author", { table = "authors", null = true }) }

local Place = mp.model { "places", c.citext("name", { primary_key = true }),
  c.text("country", { null = true }) }

local function refused(kind, pattern, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  assert.matches(pattern, err.message)
  return err
end

describe("a session", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Author, Seat, Book, Place)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:exec "truncate authors, seats, books restart identity"
    s = db:session()
  end)
  after_each(function() s:close() end)

  local function stored(sql, ...)
    return db:value(sql, ...)
  end

  it("lets go of one of many that came together, changed before or not", function()
    db:exec "insert into authors (email) select n || '@x' from generate_series(1, 20) n"
    local list = s:select(Author):order_by("id"):all()
    list[1].name, list[2].name = "One", "Two"
    s:flush()
    s:delete(list[1])
    s:expunge(list[2])
    s:delete(list[3])
    s:flush()
    list[4].name, list[1].name, list[2].name = "Four", "Gone", "Nobody's"

    local states = {}
    for at = 1, 5 do states[at] = mp.state(list[at]) end
    assert.same({ "deleted", "detached", "deleted", "persistent", "persistent" }, states)
    s:commit()
    assert.same({ "Two", "Four" },
      db:column "select name from authors where name is not null order by id")
    assert.equal(18, db:value "select count(*) from authors")
  end)

  it("gets one object by every key that the server takes for its own", function()
    db:exec "insert into places values ('Rome', 'Italy'), ('Oslo', 'Norway')"
    for _ = 1, 2 do
      local rome = s:get(Place, "Rome")
      assert.equal(rome, s:get(Place, "ROME"))
      assert.equal(rome, s:find(Place, "rome"))
      assert.equal("Italy", rome.country)
      assert.is_nil(s:find(Place, "Paris"))
      s:delete(rome)
      assert.is_nil(s:find(Place, "Rome"))
      assert.is_nil(s:find(Place, "ROME"))
      s:close()
      s = db:session()
    end
  end)

  it("gets no row by a key that two have", function()
    local Rumour = mp.model { "rumours", c.text("name", { primary_key = true }) }
    db:exec "create table rumours as values ('Rome'), ('Rome')"
    db:exec "alter table rumours rename column1 to name"
    for _ = 1, 2 do refused("multiple_rows", "2 rows", s.get, s, Rumour, "Rome") end
  end)

  it("keeps the first row of one that came with several", function()
    db:exec "insert into authors (email) values ('a@x'), ('b@x')"
    local list = s:select(Author):from_sql("select a.* from authors a, generate_series(1, 3)"):all()
    assert.equal(6, #list)
    list[1].name = "Ada"
    assert.same({ name = { to = "Ada" } }, mp.changes(list[1]))
    s:commit()
    assert.same({ "Ada" }, db:column "select name from authors where name is not null")
  end)

  it("inserts, updates and deletes by one commit each", function()
    local ada = s:add(Author { email = "ada@x", name = "Ada" })
    assert.equal("pending", (mp.state(ada)))
    s:commit()
    assert.equal("persistent", (mp.state(ada)))
    assert.equal(1, ada.id)
    assert.equal("Ada", stored "select name from authors")

    ada.name, ada.settings.theme = "Ada L", "dark"
    assert.same({ name = { from = "Ada", to = "Ada L" },
      settings = { from = {}, to = { theme = "dark" } } }, mp.changes(ada))
    s:commit()
    assert.same({}, mp.changes(ada))
    assert.equal("dark", stored "select settings->>'theme' from authors")

    s:delete(ada)
    s:commit()
    assert.equal("detached", (mp.state(ada)))
    assert.equal(0, stored "select count(*) from authors")
  end)

  it("gives one object for each row", function()
    s:add_all { Author { email = "a@x" }, Author { email = "b@x" } }
    s:commit()
    local other <close> = db:session()

    local one = other:get(Author, 1)

    assert.equal(one, other:get(Author, 1))
    assert.equal(one, other:find(Author, { email = "a@x" }))
    assert.is_nil(other:find(Author, 77))
    refused("not_found", "authors", other.get, other, Author, 77)
  end)

  it("writes many rows of each kind", function()
    local list = {}
    for at = 1, 50 do list[at] = Author { email = at .. "@x", age = at } end
    s:add_all(list)
    s:commit()
    assert.equal(50, stored "select count(*) from authors where id = age")
    for at = 1, 50 do list[at].age, list[at].name = at + 100, "n" .. at end
    list[7].credit = mp.decimal "1.50"
    s:commit()
    assert.equal(50, stored [[
      select count(*) from authors where age = id + 100 and name = 'n' || id]])
    assert.equal(mp.decimal "1.50", stored "select credit from authors where id = 7")
    for at = 1, 49 do s:delete(list[at]) end
    s:commit()
    assert.equal(50, stored "select max(id) from authors having count(*) = 1")
  end)

  it("writes arrays and documents of many rows as they are", function()
    local list = {}
    for at = 1, 20 do
      list[at] = s:add(Author { email = at .. "@x", settings = { deep = { at, mp.null, "x" } },
        tags = { "t" .. at, 'quote " \\ {}', "", mp.null } })
    end
    list[2].settings, list[3].tags, list[4].settings = "text", {}, mp.list {}
    s:commit()
    local function check()
      local other <close> = db:session()
      for _, author in ipairs(list) do
        local read = other:get(Author, author.id)
        assert.same({ author.settings, author.tags }, { read.settings, read.tags })
      end
    end
    check()
    for at = 1, 20 do
      list[at].settings, list[at].tags = { at, { a = mp.null } }, { "new " .. at }
    end
    s:commit()
    check()
    assert.equal(20, stored "select count(*) from authors where tags[1] = 'new ' || id")
  end)

  it("keeps composite keys apart", function()
    s:add_all { Seat { row = "a", number = 1 }, Seat { row = "a", number = 2, guest = "x" } }
    s:commit()
    local other <close> = db:session()
    local seat = other:get(Seat, { row = "a", number = 2 })
    seat.guest, seat.number = "y", 3
    other:commit()
    assert.equal(seat, other:get(Seat, { row = "a", number = 3 }))
    assert.equal("y", stored "select guest from seats where number = 3")
    other:delete(seat)
    other:delete(other:get(Seat, { row = "a", number = 1 }))
    other:commit()
    assert.equal(0, stored "select count(*) from seats")
  end)

  it("restores memory when it rolls back", function()
    local ada = s:add(Author { email = "ada@x", name = "Ada", settings = { a = { 1 } } })
    s:commit()
    ada.name = "changed"
    ada.settings.a[2] = 2
    local bob = s:add(Author { email = "bob@x" })
    s:flush()
    ada.age = 5
    s:rollback()
    assert.equal("Ada", ada.name)
    assert.is_nil(ada.age)
    assert.same({ a = { 1 } }, ada.settings)
    assert.same({ "transient", {} }, { mp.state(bob) })
    assert.is_nil(bob.id)
    s:add(bob)
    s:commit()
    assert.equal("bob@x", stored("select email from authors where id = $1", bob.id))
  end)

  it("undoes a nested unit alone", function()
    local ada = s:add(Author { email = "ada@x", name = "Ada" })
    do
      local unit <close> = s:nested()
      ada.name = "inner"
      s:flush()
      do
        local inner <close> = s:nested()
        ada.name = "innermost"
        inner:commit()
      end
      assert.equal("innermost", ada.name)
      unit:rollback()
    end
    assert.equal("Ada", ada.name)
    do
      local _ <close> = s:nested()
      ada.name = "left"
      s:delete(ada)
      s:flush()
      assert.equal("deleted", (mp.state(ada)))
    end
    assert.equal("persistent", (mp.state(ada)))
    assert.equal("Ada", ada.name)
    s:commit()
    assert.equal("Ada", stored "select name from authors")
  end)

  it("tells a stale row from others", function()
    local ada = s:add(Author { email = "ada@x" })
    s:commit()
    db:exec "delete from authors"
    ada.name = "x"
    refused("stale_object", "not there any more", s.commit, s)
    assert.same({ "name" }, (select(2, mp.state(ada))))
  end)

  it("leaves everything as it was when a flush fails, ready for another", function()
    s:add(Author { email = "ada@x" })
    s:commit()
    local twin = s:add(Author { email = "ada@x" })
    local fine = s:add(Author { email = "fine@x" })
    refused("unique_violation", "uq_authors_email", s.commit, s)
    assert.equal("pending", (mp.state(twin)))
    assert.is_nil(fine.id)
    twin.email = "twin@x"
    s:commit()
    assert.equal(3, stored "select count(*) from authors")
  end)

  it("plans without sending", function()
    s:add_all { Author { email = "a@x" }, Book { title = "B" }, Book { title = "C" } }
    assert.matches("insert into authors .-\n", tostring(s:plan()))
    assert.matches("unnest", tostring(s:plan()))
    assert.equal(0, stored "select count(*) from authors")
  end)

  it("locks and refreshes", function()
    s:add(Author { email = "ada@x", name = "Ada" })
    s:commit()
    local ada = s:get(Author, 1)
    db:exec "update authors set name = 'other'"
    assert.equal("Ada", s:get(Author, 1).name)
    s:get(Author, 1, { lock = "update" })
    assert.equal("other", ada.name)
    s:commit()
    db:exec "update authors set name = 'again'"
    assert.equal("again", s:refresh(ada).name)
  end)
end)
