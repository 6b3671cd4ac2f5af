-- session_shapes_spec.lua - sessions over models of every shape: keys, columns, classes, relations.
local c = require "moonpool.column"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local tables = require "spec.support.tables"

local SCHEMA = "session_shapes_spec"

local function key() return c.int8("id", { primary_key = true, identity = true }) end

local Shop = mp.model { "shops", c.text "city", c.int4 "number", c.text "name",
  mp.has_many("sales", { table = "sales" }), mp.primary_key { "city", "number" } }
local Sale = mp.model { "sales", key(), c.text "city", c.int4 "number", c.numeric("sum", {
  precision = 8, scale = 2 }), mp.belongs_to("shop", { table = "shops", key = { "city", "number" },
    column = { "city", "number" } }) }
local Animal = mp.model { "animals", discriminator = "kind", key(), c.text "kind", c.text "name",
  mp.belongs_to("owner", { table = "people", null = true }) }
local Dog = mp.model { extends = Animal, value = "dog", c.text("trick", { null = true }) }
local Cat = mp.model { extends = Animal, value = "cat", c.int4("lives", { null = true }) }
local Person = mp.model { "people", key(), c.text "name",
  mp.has_many("animals", { table = "animals" }),
  mp.has_many("written", { table = "letters", column = "author_id" }),
  mp.has_many("read", { table = "letters", column = "reader_id" }),
  mp.has_many("notes", { table = "notes", polymorphic = "subject" }),
  mp.has_many("readers", { table = "people", through = "written", source = "reader" }),
  mp.computed("shout", { lua = function(person) return person.name:upper() end }),
  mp.many_to_many("friends", { table = "people", through = "friendships", from = "person_id",
    to = "friend_id" }) }
local Friendship = mp.model { "friendships", mp.belongs_to("person", { table = "people" }),
  mp.belongs_to("friend", { table = "people" }), mp.primary_key { "person_id", "friend_id" } }
local Letter = mp.model { "letters", key(), c.text "text",
  mp.belongs_to("author", { table = "people" }),
  mp.belongs_to("reader", { table = "people", null = true }) }
local Note = mp.model { "notes", key(), c.text "text",
  mp.belongs_to("subject", { polymorphic = { "people", "letters", "notes" }, null = true }) }
local Odd = mp.model { "odd", c.text("id", { primary_key = true, load = string.lower,
    dump = string.upper }),
  c.text("coded", { null = true, load = string.lower, dump = string.upper }),
  c.int4("a", { default = 1 }), c.int4("doubled", { generated = "a * 2", null = true }),
  c.float8("ratio", { null = true }), c.interval("took", { null = true }),
  c.numeric("worth", { null = true }), c.timestamptz("at", { null = true }),
  c.timestamptz("made", { default = mp.sql "now()" }), c.bool("flag", { null = true }),
  c.text("touched", { null = true }) }
Odd.table.by_name.touched.on_update = mp.sql("lower(?::text) || ?::text", Odd.coded, "!")
local Plain = mp.model { "plain", key() }

describe("a session", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Shop, Sale, Person, Animal, Friendship, Letter, Note, Odd, Plain)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:exec [[truncate shops, sales, people, animals, friendships, letters, notes, odd, plain
      restart identity]]
    s = db:session()
  end)
  after_each(function() s:close() end)

  it("follows keys of several columns", function()
    local shop = Shop { city = "x", number = 1, name = "one" }
    s:add_all { Sale { sum = mp.decimal "1.50", shop = shop }, Sale { sum = 2, shop = shop } }
    s:commit()
    assert.equal(2, db:value "select count(*) from sales where city = 'x' and number = 1")
    local other <close> = db:session()
    local read = other:select(Shop):with "sales":one()
    local moved = table.remove(read.sales)
    moved.shop = other:add(Shop { city = "y", number = 2, name = "two" })
    other:commit()
    assert.same({ "y", 2 }, { moved.city, moved.number })
    assert.equal(1, #read.sales)
    read.sales = nil
  end)

  it("writes and reads classes of one table", function()
    local ada = s:add(Person { name = "Ada", animals = { Dog { name = "Rex", trick = "sit" },
      Cat { name = "Tom", lives = 9 }, Dog { name = "Ace" } } })
    s:commit()
    local other <close> = db:session()
    local animals = other:select(Animal):order_by("name"):all()
    assert.same({ "sit", 9 }, { animals[2].trick, animals[3].lives })
    assert.equal(animals[2], other:get(Dog, animals[2].id))
    animals[1].trick, animals[3].lives, animals[2].name = "roll", 8, "Max"
    other:commit()
    assert.same({ "roll", "sit" },
      db:column "select trick from animals where kind = 'dog' order by name")
    assert.equal(8, db:value "select lives from animals where kind = 'cat'")
    other:delete(animals[1])
    other:delete(animals[3])
    other:commit()
    assert.equal("Max", db:value "select name from animals")
    assert.equal(3, #ada.animals)
  end)

  it("keeps two relations to one table apart", function()
    local ada, bob = Person { name = "Ada" }, Person { name = "Bob" }
    ada.written = { Letter { text = "1", reader = bob }, Letter { text = "2" } }
    s:add_all { ada, bob }
    s:commit()
    assert.equal(1, db:value "select count(*) from letters where author_id = 1 and reader_id = 2")
    bob:load "read"
    table.insert(bob.read, ada.written[2])
    s:commit()
    assert.equal(2, ada.written[2].reader_id)
  end)

  it("refuses to set what is only read", function()
    local bob = Person { name = "Bob" }
    local ada = s:add(Person { name = "Ada", written = { Letter { text = "1", reader = bob } } })
    s:commit()
    ada:load "readers"
    assert.same({ "BOB", 1 }, { bob.shout, #ada.readers })
    s:commit()
    table.insert(ada.readers, ada)
    refusal.check({ kind = "invalid", says = 'goes through "written"' }, s.commit, s)
    table.remove(ada.readers)
    bob.shout = "BOO"
    refusal.check({ kind = "bad_argument", says = '"shout" of "people" is computed' }, s.commit, s)
    bob.shout = nil
    s:commit()
  end)

  it("pairs rows of one table with each other", function()
    local ada, bob = Person { name = "Ada" }, Person { name = "Bob" }
    ada.friends, bob.friends = { bob, ada }, { ada }
    s:add(ada)
    s:commit()
    assert.equal(3, db:value "select count(*) from friendships")
    table.remove(ada.friends, 1)
    s:commit()
    assert.equal(1, db:value "select count(*) from friendships where person_id = friend_id")
    assert.equal(1, db:value "select count(*) from friendships where person_id = 2")
  end)

  it("leads to rows of several tables, its own among them", function()
    local top = Note { text = "top", subject = Person { name = "Ada" } }
    local sub = Note { text = "sub", subject = top }
    s:add(Note { text = "leaf", subject = sub })
    s:commit()
    assert.same({ "notes", top.id }, { sub.subject_type, sub.subject_id })
    local ada = top.subject
    ada:load "notes"
    table.insert(ada.notes, sub)
    s:commit()
    assert.same({ "people", ada.id }, { sub.subject_type, sub.subject_id })
    assert.equal(ada, sub.subject)
    table.remove(ada.notes, 1)
    s:commit()
    assert.is_nil(db:value "select subject_type from notes where text = 'top'")
  end)

  it("passes values through what a column does with them, keys too", function()
    for at = 1, 3 do s:add(Odd { id = "k" .. at, coded = "Value" .. at }) end
    s:commit()
    assert.equal("K1 VALUE1", db:value "select id || ' ' || coded from odd order by id limit 1")
    local other <close> = db:session()
    local list = other:select(Odd):order_by("id"):all()
    assert.same({ "k1", "value1" }, { list[1].id, list[1].coded })
    assert.equal(list[2], other:get(Odd, "k2"))
    for at, odd in ipairs(list) do odd.coded = "new" .. at end
    other:commit()
    assert.equal("NEW2", db:value "select coded from odd where id = 'K2'")
    assert.equal("value2!", list[2].touched)
    other:delete(list[1])
    other:delete(list[3])
    other:commit()
    assert.equal("K2", db:value "select id from odd")
  end)

  it("brings back what the server computes, and takes SQL for values", function()
    local odd = s:add(Odd { id = "x", a = 4, coded = mp.sql("lower(?)", "ABC"),
      ratio = mp.sql "1.5" })
    local other = s:add(Odd { id = "y" })
    s:commit()
    assert.same({ 8, "abc", 1.5, 2 }, { odd.doubled, odd.coded, odd.ratio, other.doubled })
    odd.a = Odd.a + 1
    other.a = 7
    s:commit()
    assert.same({ 5, 10, 14 }, { odd.a, odd.doubled, other.doubled })
    odd.coded, odd.flag = nil, false
    s:commit()
    assert.same({ true, false }, { db:value "select coded is null from odd where id = 'X'",
      db:value "select flag from odd where id = 'X'" })
  end)

  it("is not confused by values that equal nothing, or do not compare", function()
    local odd = s:add(Odd { id = "x", ratio = 0 / 0, at = mp.timestamp "2026-01-01T00:00:00Z" })
    s:commit()
    assert.same({}, mp.changes(odd))
    odd.at = mp.timestamp "2026-01-01T01:00:00+01:00"
    assert.same({}, mp.changes(odd))
    odd.at = mp.timestamp "2026-01-01T00:00:00"
    assert.same({ "at" }, (select(2, mp.state(odd))))
    odd.at, odd.took = mp.timestamp "2026-01-02T00:00:00Z", mp.interval "30 days"
    odd.worth = mp.decimal "1.5"
    s:commit()
    odd.took, odd.worth = mp.interval "1 month", mp.decimal "1.50"
    assert.same({ "took" }, (select(2, mp.state(odd))))
    s:commit()
    assert.equal("1 mon", db:value "select took::text from odd")
  end)

  it("writes rows of nothing but defaults", function()
    local list = { Plain {}, Plain {}, Plain {} }
    s:add_all(list)
    s:commit()
    assert.same({ 1, 2, 3 }, { list[1].id, list[2].id, list[3].id })
  end)

  it("moves a key, and knows the row by it", function()
    local shop = s:add(Shop { city = "x", number = 1, name = "one" })
    s:commit()
    shop.number = 2
    s:commit()
    assert.equal(shop, s:get(Shop, { city = "x", number = 2 }))
    assert.is_nil(s:find(Shop, { city = "x", number = 1 }))
    shop.number = 3
    s:flush()
    s:rollback()
    assert.equal(2, shop.number)
    assert.equal(shop, s:get(Shop, { city = "x", number = 2 }))
  end)

  it("runs in the isolation that it is opened with", function()
    local strict <close> = db:session { isolation = "serializable" }
    strict:add(Plain {})
    strict:flush()
    assert.equal("serializable", strict:value "show transaction_isolation")
    strict:commit()
    strict:add(Plain {})
    strict:commit()
    assert.equal(2, db:value "select count(*) from plain")
  end)
end)
