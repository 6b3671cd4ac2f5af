-- inheritance_spec.lua - several classes in one table on a real server, through a session.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "inheritance_spec"

local Animal = mp.model { "animals", discriminator = "kind", value = "animal",
  c.int8("id", { primary_key = true, identity = true }), c.text "kind", c.text "name",
  mp.belongs_to("owner", { table = "owners", null = true }) }
local Dog = mp.model { extends = Animal, value = "dog", c.text("breed", { null = true }),
  mp.belongs_to("kennel", { table = "kennels", null = true }) }
local Cat = mp.model { extends = Animal, value = "cat", c.int4("lives", { default = 9 }) }
local Owner = mp.model { "owners", c.int8("id", { primary_key = true }), c.text "name",
  mp.has_many("animals", { table = "animals", order_by = "id" }) }
local Kennel = mp.model { "kennels", c.int8("id", { primary_key = true }), c.text "name" }

describe("classes in one table", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Owner, Kennel, Animal)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:script [[truncate animals, owners, kennels restart identity;
      insert into owners values (1, 'Ada'); insert into kennels values (1, 'big');
      insert into animals (kind, name, owner_id, breed, kennel_id, lives) values
        ('dog', 'Rex', 1, 'boxer', 1, 9), ('cat', 'Tom', 1, null, null, 7),
        ('animal', 'Bug', null, null, null, 9)]]
    s = db:session()
  end)
  after_each(function() s:close() end)

  it("loads each row as what it is, and what its class alone has", function()
    local animals = s:select(Animal):order_by "id":with { "owner", "kennel" }:all()

    assert.same({ Dog, Cat, Animal }, { model_module.of(animals[1]), model_module.of(animals[2]),
      model_module.of(animals[3]) })
    assert.equal("big", animals[1].kennel.name)
    assert.is_nil(animals[2].kennel)
    assert.equal("Ada", animals[2].owner.name)
  end)

  it("joins what only some of the classes have", function()
    local animals = s:select(Animal):with { kennel = { strategy = "joined" } }:order_by "id":all()

    assert.equal("big", animals[1].kennel.name)
    assert.is_nil(rawget(animals[2], "kennel"))
  end)

  it("selects, finds and counts the rows of a class alone", function()
    assert.equal("Rex", s:select(Dog):one().name)
    assert.equal(1, s:select(Cat):count())
    assert.equal(3, s:select(Animal):count())
    assert.is_nil(s:find(Cat, 1))
    assert.equal("Rex", s:get(Animal, 1).name)
    assert.is_nil(s:find(Cat, 1))
    assert.equal(Dog, model_module.of(s:get(Dog, 1)))
  end)

  it("loads them through a relation, one object for each row", function()
    local owner = s:get(Owner, 1)

    local animals = owner:load "animals"

    assert.same({ Dog, Cat }, { model_module.of(animals[1]), model_module.of(animals[2]) })
    assert.equal(animals[1], s:get(Dog, 1))
  end)

  it("stores changes, and new rows as what they are", function()
    local animals = s:select(Animal):order_by "id":all()
    animals[1].breed, animals[2].lives = "beagle", 3
    s:add(Dog { name = "Pup", breed = "pug" })
    s:commit()

    assert.same({ { "dog", "beagle", 9 }, { "cat", mp.null, 3 }, { "animal", mp.null, 9 },
      { "dog", "pug", 9 } }, (function()
        local rows = {}
        for at, row in ipairs(db:query "select kind, breed, lives from animals order by id") do
          rows[at] = { row.kind, row.breed or mp.null, row.lives }
        end
        return rows
      end)())
    assert.same({}, mp.changes(animals[1]))
  end)

  it("calls what waits for a load, once for each object", function()
    local Loud = mp.model { "animals", c.int8("id", { primary_key = true }), c.text "name" }
    local seen = {}
    Loud:on("after_load", function(row, session)
      seen[#seen + 1] = row.name
      assert.equal(s, session)
    end)

    s:select(Loud):order_by "id":all()
    s:select(Loud):all()
    s:find(Loud, 1)

    assert.same({ "Rex", "Tom", "Bug" }, seen)
  end)

  it("refuses a field that no class of the table has", function()
    local dog = s:get(Dog, 1)
    dog.brred = "x"

    local _, err = errors.try(s.commit, s)

    assert.matches('has a field "brred", which is no column or relation', err.message)
  end)
end)
