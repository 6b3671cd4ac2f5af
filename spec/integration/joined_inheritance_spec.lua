-- joined_inheritance_spec.lua - classes with tables of their own that share a key, on a server.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local tables = require "spec.support.tables"
local trips = require "spec.support.trips"
local world = require "spec.support.animals_world"

local SCHEMA = "joined_inheritance_spec"

local Owner, Kennel, Animal, Dog = world.Owner, world.Kennel, world.Animal, world.Dog
local Puppy, Cat, Fish, Visit = world.Puppy, world.Cat, world.Fish, world.Visit

local Thing = mp.model { "things", discriminator = "kind", value = "thing",
  c.uuid("id", { primary_key = true, generate = "v7" }), c.text "kind", c.text "name",
  mp.version { by = "xmin" } }
local Box = mp.model { "boxes", extends = Thing, value = "box", c.int4("size", { unique = true }),
  c.jsonb("extra", { default = {} }) }

local Paper = mp.model { "papers", discriminator = "kind", value = "paper",
  c.int4("shop", { primary_key = true }), c.int4("number", { primary_key = true }), c.text "kind",
  mp.soft_delete(), mp.tenant "shop" }
local Letter = mp.model { "letters", extends = Paper, value = "letter", mp.value_object("stamp", {
  c.int4("stamp_price", { null = true }), c.text("stamp_name", { null = true }) }),
  c.text("body", { deferred = true, null = true }) }

describe("classes with tables of their own", function()
  local db, s
  setup(function()
    db = world.open(SCHEMA)
    tables.create(db, Thing, Box, Paper, Letter)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    world.fill(db)
    db:exec "truncate things, papers cascade"
    s = db:session()
  end)
  after_each(function() s:close() end)

  local function rows(sql)
    local list = {}
    for at, row in ipairs(db:tuples(sql)) do
      for place = 1, row.n or #row do row[place] = tostring(row[place]) end
      list[at] = table.concat(row, " ", 1, row.n or #row)
    end
    return list
  end

  it("make tables that share their key", function()
    assert.same({ "age", "breed", "id", "kennel_id", "mother_id", "tricks" }, db:column([[
      select attname::text from pg_attribute where attrelid = 'dogs'::regclass and attnum > 0
      order by 1]]))
    assert.same({ "created_at", "id", "kind", "name", "owner_id", "updated_at", "version",
      "water" },
      db:column([[select attname::text from pg_attribute where attrelid = 'animals'::regclass
      and attnum > 0 order by 1]]))
    db:exec "delete from animals where id = 4"
    assert.same({ 1, 0 }, { db:value "select count(*) from dogs",
      db:value "select count(*) from puppies" })
  end)

  it("are read as what they are, by one statement", function()
    local counted <close> = trips.open { search_path = SCHEMA .. ", public" }
    local own <close> = counted.db:session()
    own:select(Animal):order_by("id"):all()
    own:expunge_all()
    local count, list = counted:count(function() return own:select(Animal):order_by("id"):all() end)

    assert.equal(1, count)
    assert.same({ Dog, Cat, Animal, Puppy }, { model_module.of(list[1]), model_module.of(list[2]),
      model_module.of(list[3]), model_module.of(list[4]) })
    assert.same({ "boxer", 7, 14, "pug", 6, 1 }, { list[1].breed, list[2].lives, list[2].twice,
      list[4].breed, list[4].weeks, list[4].mother_id })
    assert.same({ "Rex barks", "Tom is quiet" }, { list[1]:speak(), list[2]:speak() })
    assert.same({}, mp.changes(list[1]))
  end)

  it("are selected, found and counted by class", function()
    assert.equal(2, s:select(Dog):count())
    assert.equal("Rex", s:select(Dog):where { breed = "boxer" }:one().name)
    assert.equal("Pip", s:select(Puppy):where(Puppy.weeks:gt(5) & Puppy.name:like "P%"):one().name)
    assert.equal(4, s:select(Animal):count())
    assert.is_nil(s:find(Cat, 1))
    assert.equal("boxer", s:get(Animal, 1).breed)
    assert.equal(s:get(Animal, 4), s:get(Puppy, 4))
    assert.equal("Pip", s:select(Animal):where(Animal.weeks:eq(6)):one().name)
    local d = Dog:as "d"
    assert.equal("Rex", mp.select { d.name }:from(d):where(d.breed:eq "boxer"):value(db))
  end)

  it("are loaded through relations, and have theirs", function()
    local owner = s:select(Owner):with { animals = { with = "owner" } }:one()
    assert.same({ "boxer", 7 }, { owner.animals[1].breed, owner.animals[2].lives })
    assert.equal(owner, owner.animals[1].owner)
    local kennel = s:select(Kennel):with { dogs = { limit = 1 } }:one()
    assert.equal(owner.animals[1], kennel.dogs[1])
    local dogs = s:select(Dog):with { "kennel", "mother", "owner" }:order_by("id"):all()
    assert.equal(dogs[1], dogs[2].mother)
    assert.equal("big", dogs[1].kennel.name)
    local animals = s:select(Animal):with { kennel = { strategy = "joined" } }:all()
    assert.equal(4, #animals)
  end)

  it("are inserted table by table", function()
    local mother = Dog { name = "Mum", breed = "poodle", tricks = { "sit" } }
    s:add_all { Puppy { name = "Pup", breed = "poodle", weeks = 2, mother = mother,
      kennel = Kennel { id = 2, name = "new" }, visits = { Visit { what = "shot" } } },
      Cat { name = "Kit" }, Animal { name = "Ant" } }
    s:commit()
    assert.same({ "animal Ant", "cat Kit", "dog Mum", "puppy Pup" },
      rows "select kind, name from animals where id > 4 order by name")
    assert.same({ "Mum poodle 1 {sit} nil nil nil", "Pup poodle 1 {} 2 Mum 2" }, rows [[
      select a.name, d.breed, d.age, d.tricks::text, d.kennel_id, m.name, p.weeks
      from animals a join dogs d on d.id = a.id left join puppies p on p.id = a.id
      left join animals m on m.id = d.mother_id where a.id > 4 order by a.name]])
    local kit = s:find(Cat, { name = "Kit" })
    assert.same({ 9, 18, 1 }, { kit.lives, kit.twice, kit.version })
    assert.equal("Pup", db:value [[select a.name from visits v join animals a
      on a.id = v.animal_id]])
    assert.same({ Puppy, 1 }, { model_module.of(s:find(Animal, { name = "Pup" })),
      s:find(Animal, { name = "Pup" }).version })
  end)

  it("are updated where they have changed, and their version with them", function()
    local list = s:select(Animal):order_by("id"):all()
    local before = list[1].updated_at
    list[1].breed, list[2].name, list[4].weeks, list[4].name = "beagle", "Tim", 7, "Pop"
    s:commit()
    assert.same({ "1 Rex 2 beagle nil", "2 Tim 2 nil nil", "3 Bug 1 nil nil", "4 Pop 2 pug 7" },
      rows [[select a.id, a.name, a.version, d.breed, p.weeks from animals a
        left join dogs d on d.id = a.id left join puppies p on p.id = a.id order by a.id]])
    assert.equal(2, list[1].version)
    assert.is_true(list[1].updated_at > before)
    table.insert(list[1].tricks, "roll")
    list[2].lives = 3
    s:commit()
    assert.same({ "{roll}", 6, 6 }, { db:value "select tricks::text from dogs where id = 1",
      db:value "select twice from cats", list[2].twice })
  end)

  it("refuse to overwrite what was changed meanwhile, in whichever table", function()
    local dog = s:get(Dog, 1)
    db:exec "update animals set version = 5 where id = 1"
    dog.breed = "beagle"
    local err = select(2, errors.try(s.commit, s))
    assert.same({ "stale_object", 1, 1, 5 }, { err.kind, err.key, err.expected_version,
      err.actual_version })
    assert.equal("boxer", db:value "select breed from dogs where id = 1")
    local cat = s:get(Cat, 2)
    s:expunge(dog)
    db:exec "delete from cats"
    cat.lives = 1
    assert.equal("stale_object", select(2, errors.try(s.commit, s)).kind)
  end)

  it("are deleted from all of their tables", function()
    local list = s:select(Animal):order_by("id"):all()
    s:add(Visit { what = "shot", animal = list[4] })
    s:commit()
    for _, animal in ipairs(list) do s:delete(animal) end
    s:commit()
    assert.same({ 0, 0, 0, 0, 0 }, { db:value "select count(*) from animals",
      db:value "select count(*) from dogs", db:value "select count(*) from puppies",
      db:value "select count(*) from cats", db:value "select count(*) from visits" })
  end)

  it("come back with a rollback", function()
    local dog = s:get(Dog, 1)
    dog.breed, dog.name = "beagle", "Max"
    local cat = s:add(Cat { name = "Kit", lives = 1 })
    s:delete(s:get(Puppy, 4))
    s:flush()
    assert.equal(1, s:value "select count(*) from dogs")
    s:rollback()
    assert.same({ "boxer", "Rex", "transient" }, { dog.breed, dog.name, (mp.state(cat)) })
    assert.is_nil(cat.id)
    dog.breed = "spitz"
    s:add(cat)
    s:commit()
    assert.same({ "spitz", 2 }, { db:value "select breed from dogs where id = 1",
      db:value "select count(*) from cats" })
  end)

  it("let go of what is deleted", function()
    local kennel, dog = s:get(Kennel, 1), s:get(Dog, 1)
    s:delete(kennel)
    s:commit()
    assert.is_nil(dog.kennel_id)
    dog.kennel = Kennel { id = 3, name = "third" }
    s:commit()
    assert.same({ 3, 3 }, { db:value "select kennel_id from dogs where id = 1", dog.kennel_id })
    s:get(Puppy, 4).mother_id = nil
    s:delete(dog)
    s:commit()
    assert.equal(1, db:value "select count(*) from dogs")
  end)

  it("exchange unique values", function()
    local dog, cat = s:get(Dog, 1), s:get(Cat, 2)
    dog.name, cat.name, dog.breed = cat.name, dog.name, "x"
    s:commit()
    assert.same({ "Tom", "Rex" }, db:column "select name from animals where id < 3 order by id")
    local boxes = { s:add(Box { name = "b", size = 1 }), s:add(Box { name = "c", size = 2 }) }
    s:commit()
    boxes[1].size, boxes[2].size, boxes[2].name = 2, 1, "d"
    s:commit()
    assert.same({ 2, 1 }, db:column "select size from boxes join things using (id) order by name")
    db:exec "update things set name = 'theirs' where name = 'd'"
    boxes[1].size, boxes[2].size = 1, 2
    assert.equal("stale_object", select(2, errors.try(s.commit, s)).kind)
    s:rollback()
    s:delete(boxes[1])
    s:add(Box { name = "e", size = 2 })
    s:commit()
  end)

  it("have no fields of the classes below them", function()
    s:get(Dog, 1).weeks = 3
    refusal.check({ kind = "bad_argument", says = 'a row of "dogs" has no "weeks"' }, s.commit, s)
    s:rollback()
    local bug = s:get(Animal, 3)
    bug.lives = 3
    refusal.check({ kind = "bad_argument", says = 'a row of "animals" has no "lives"' },
      s.commit, s)
    bug.lives = nil
    s:commit()
    s:add(Animal { name = "new" }).breed = "x"
    refusal.check({ kind = "bad_argument", says = '"breed"' }, s.commit, s)
  end)

  it("stand beside classes that share the table", function()
    s:add_all { Fish { name = "Nemo", water = "salt" }, Dog { name = "Max", breed = "pug" } }
    s:commit()
    s:expunge_all()
    local fish = s:find(Animal, { name = "Nemo" })
    assert.same({ Fish, "salt" }, { model_module.of(fish), fish.water })
    fish.water = "sweet"
    s:select(Fish):one()
    s:commit()
    assert.same({ 5, 2 }, { s:select(Animal):count() - 1, fish.version })
    assert.equal("sweet", db:value "select water from animals where name = 'Nemo'")
  end)

  it("have keys of any kind, and a version by xmin", function()
    local box = s:add(Box { name = "b", size = 1 })
    s:add_all { Box { name = "c", size = 2 }, Thing { name = "t" } }
    s:commit()
    s:expunge_all()
    local same = s:get(Thing, box.id)
    assert.same({ 1, {}, box.xmin }, { same.size, same.extra, same.xmin })
    same.extra.deep = 1
    s:commit()
    same.size = 3
    s:commit()
    db:exec("update things set name = 'theirs' where id = $1", box.id)
    same.size = 4
    assert.equal("stale_object", select(2, errors.try(s.commit, s)).kind)
    s:refresh(same)
    assert.same({ "theirs", 3, 1 }, { same.name, same.size, same.extra.deep })
    s:delete(same)
    s:commit()
    assert.equal(1, db:value "select count(*) from boxes")
  end)

  it("have mixins of the first, keys of several columns, values and deferred columns", function()
    local own <close> = db:as_tenant(1):session()
    own:add_all { Letter { number = 1, stamp = { price = 80, name = "rose" }, body = "long" },
      Letter { number = 2 }, Paper { number = 3 } }
    own:commit()
    own:expunge_all()
    local list = own:select(Paper):order_by("number"):all()
    assert.same({ Letter, Letter, Paper }, { model_module.of(list[1]), model_module.of(list[2]),
      model_module.of(list[3]) })
    assert.same({ { price = 80, name = "rose" } }, { list[1].stamp, list[2].stamp })
    assert.equal("long", own:select(Letter):with { "body" }:order_by("number"):first().body)
    list[1].stamp.price = 85
    list[1].body = "longer"
    own:delete(list[2])
    own:commit()
    assert.same({ 85, "longer" }, { db:value "select stamp_price from letters where number = 1",
      db:value "select body from letters where number = 1" })
    assert.same({ 2, 1, 3, 2 }, { own:select(Paper):count(), own:select(Letter):count(),
      own:select(Paper):with_deleted():count(), db:value "select count(*) from letters" })
    local other <close> = db:as_tenant(2):session()
    assert.equal(0, other:select(Letter):count())
  end)

  it("are locked, refreshed and merged as wholes", function()
    local dog = s:get(Dog, 1)
    db:exec "update dogs set breed = 'beagle' where id = 1"
    assert.equal("beagle", s:refresh(dog).breed)
    db:exec "update dogs set breed = 'pug' where id = 1"
    assert.equal("pug", s:get(Puppy, 4, { lock = "update" }).breed)
    assert.equal("pug", s:get(Animal, 1, { lock = "update" }).breed)
    s:rollback()
    local other <close> = db:session()
    local given = other:get(Animal, 1)
    given.breed, given.name = "spitz", "Max"
    s:merge(given)
    s:commit()
    assert.same({ "spitz", "Max" }, { db:value "select breed from dogs where id = 1",
      db:value "select name from animals where id = 1" })
    refusal.check({ kind = "bad_argument", says = "lock" },
      function() return s:select(Animal):for_update():all() end)
  end)

  it("are inserted in bulk; other forms are for one table", function()
    s:bulk_insert(Cat, { { name = "A" }, { name = "B", lives = 2 } })
    s:commit()
    assert.same({ "A 9", "B 2", "Tom 7" }, rows
      "select name, lives from animals join cats using (id) order by name")
    assert.equal(1, s:update_where(Animal, { name = "A" }, { name = "AA" }))
    assert.equal(1, s:delete_where(Animal, { name = "AA" }))
    s:commit()
    assert.equal(2, db:value "select count(*) from cats")
    local function refused(...) refusal.check({ kind = "bad_argument", says = "several" }, ...) end
    refused(s.upsert, s, Cat, { { name = "B" } }, { key = "name" })
    refused(s.update_where, s, Dog, { name = "Rex" }, { breed = "x" })
    refused(s.update_where, s, Animal, { name = "Rex" }, { breed = "x" })
    refused(s.bulk_update, s, Dog, { { id = 1, breed = "x" } })
    refused(s.delete_where, s, Dog, { name = "Rex" })
    refused(mp.insert, Dog)
    refused(mp.update, Puppy)
    assert.equal(1, mp.update(Animal):set { name = "Ray" }:where { name = "Rex" }:exec(db))
  end)

  it("are read by repositories", function()
    local animals, dogs = mp.repository(Animal):using(db), mp.repository(Dog):using(db)
    assert.equal("boxer", animals:get(1).breed)
    assert.same({ 2, "Rex" }, { dogs:count {}, dogs:find({ breed = "boxer" }).name })
    assert.equal(Cat, model_module.of(animals:find { name = "Tom" }))
    assert.equal("Ant", animals:create({ name = "Ant" }).name)
    assert.equal("Ray", animals:update(1, { name = "Ray" }).name)
    refusal.check({ kind = "bad_argument", says = "several" }, dogs.create, dogs,
      { name = "x", breed = "y" })
    assert.is_true(animals:delete(4))
    assert.equal(1, dogs:count {})
  end)
end)
