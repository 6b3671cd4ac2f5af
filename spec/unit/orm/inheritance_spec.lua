-- moonpool.orm.inheritance: several classes in one table, told apart by a column.
local c = require "moonpool.column"
local ddl = require "moonpool.schema.ddl"
local declare = require "moonpool.orm.relation.declare"
local errors = require "moonpool.errors"
local insert = require "moonpool.sql.insert"
local metadata = require "moonpool.schema.metadata"
local model = require "moonpool.orm.model"
local reading_session = require "spec.support.reading_session"
local relation = require "moonpool.orm.relation"
local soft_delete = require "moonpool.orm.mixin.soft_delete"
local update = require "moonpool.sql.update"

local Animal = model.new { "inh_animals", discriminator = "kind", value = "animal",
  c.int8("id", { primary_key = true, identity = true }), c.text "kind", c.text "name",
  declare.belongs_to("owner", { table = "inh_owners", null = true }) }
local Dog = model.new { extends = Animal, value = "dog", c.text("breed", { null = true }),
  declare.belongs_to("kennel", { table = "inh_kennels", null = true }) }
local Puppy = model.new { extends = Dog, value = "puppy", c.int4("weeks", { null = true }) }
local Cat = model.new { extends = Animal, value = "cat", c.int4("lives", { default = 9 }) }
local Owner = model.new { "inh_owners", c.int8("id", { primary_key = true }),
  declare.has_many("animals", { table = "inh_animals" }) }
local Kennel = model.new { "inh_kennels", c.int8("id", { primary_key = true }) }

local function refusal(fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
  return err.message
end

describe("moonpool.orm.inheritance", function()
  it("keeps the columns of all classes in one table", function()
    assert.same({ "id", "kind", "name", "owner_id", "breed", "kennel_id", "weeks", "lives" },
      Animal.table:column_names())
    assert.same({ "id", "kind", "name", "owner_id", "breed", "kennel_id", "weeks" },
      Dog.table:column_names())
    assert.same({ "id", "kind", "name", "owner_id", "lives" }, Cat.table:column_names())
    assert.equal("inh_animals.weeks", tostring(Animal.weeks))
    assert.equal(1, #metadata.new({ Dog, Puppy, Animal, Cat, Dog }).objects)
  end)

  it("constructs rows of its class, with its methods and those above", function()
    function Animal.methods:says() return self.name .. " says " .. self:sound() end
    function Animal.methods:sound() return "nothing" end
    function Dog.methods:sound() return "woof" end

    local puppy = Puppy { name = "Rex" }

    assert.equal("puppy", puppy.kind)
    assert.equal("Rex says woof", puppy:says())
    assert.equal("animal", Animal { name = "x" }.kind)
    assert.is_true(model.is_a(Puppy, Animal))
    assert.is_false(model.is_a(Cat, Dog))
  end)

  it("loads each row as what its column says", function()
    local rows = { { id = 1, kind = "dog" }, { id = 2, kind = "cat" }, { id = 3, kind = "else" } }

    assert.equal(Dog, model.of(model.load(Animal, rows[1])))
    assert.equal(Cat, model.of(model.load(Animal, rows[2])))
    assert.equal(Animal, model.of(model.load(Animal, rows[3])))
  end)

  it("inherits relations, and loads those that a class alone declares", function()
    assert.equal(Owner, relation.of(Puppy, "owner").target)
    assert.equal(Kennel, relation.of(Puppy, "kennel").target)
    assert.equal(relation.of(Owner, "animals"), relation.of(Animal, "owner").inverse)
    local s = reading_session.new()

    assert.equal(2, #s:select(Animal):with { "owner", "kennel" }.nodes)
    assert.matches('no relation "kenel"', refusal(function() s:select(Animal):with "kenel" end))
  end)

  it("selects a class's own rows and those of classes below it", function()
    local s = reading_session.new()

    assert.matches("where inh_animals.kind = any%($1%)$", tostring(s:select(Dog)))
    assert.matches("where inh_animals.kind = $1$", tostring(s:select(Cat)))
    assert.same({ "dog", "puppy" }, select(2, s:select(Dog):sql())[1])
  end)

  it("inherits hooks, in their order, whenever they were set", function()
    local called = {}
    local function note(name) return function() called[#called + 1] = name end end
    Dog:on("before_insert", note "dog")
    Animal:on("before_insert", note "animal")

    for _, fn in ipairs(model.class(Puppy).hooks.before_insert) do fn() end

    assert.same({ "animal", "dog" }, called)
  end)

  it("refuses classes that cannot be told apart, or whose columns others would need", function()
    assert.equal('model "inh_bad": its discriminator "kind" is no column',
      refusal(model.new, { "inh_bad", discriminator = "kind", c.text "name" }))
    assert.equal('model that extends "inh_owners": that one names no discriminator',
      refusal(model.new, { extends = Owner, value = "x" }))
    assert.equal('model that extends "inh_animals": no value is given for "kind"',
      refusal(model.new, { extends = Animal }))
    assert.equal('model that extends "inh_animals": the value "dog" is taken',
      refusal(model.new, { extends = Animal, value = "dog" }))
    assert.equal('column "speed" of a model that extends "inh_animals": rows of the other classes'
      .. " have no value for it", refusal(model.new, { extends = Animal, value = "horse",
      c.int4 "speed" }))
    assert.equal("mp.model: extends is a model, not a string",
      refusal(model.new, { extends = "animals", value = "x" }))
  end)
end)

describe("a class with a table of its own", function()
  local Base = model.new { "inj_bases", discriminator = "kind", value = "base", schema = "app",
    c.uuid("id", { primary_key = true, generate = "v7" }), c.text "kind",
    c.text("name", { unique = true, default = "-" }) }
  local Sub = model.new { "inj_subs", schema = "app", extends = Base, value = "sub",
    c.int4("size", { default = 3, check = "size > 0" }), c.text("tag", { unique = true }) }
  local Deep = model.new { "inj_deeps", schema = "app", extends = Sub, value = "deep",
    c.int4("depth", { null = true }) }

  it("shares the key of the model that it extends", function()
    local sql = table.concat(ddl.create_table(Sub.table), "\n")

    assert.matches("create table app.inj_subs %(\n  id uuid not null,\n  size int4 [^\n]*,\n"
      .. "  tag text not null,\n", sql)
    assert.not_matches("kind", sql)
    assert.matches("foreign key %(id%) references app.inj_bases %(id%) on delete cascade", sql)
    assert.not_matches("size", table.concat(ddl.create_table(Base.table), "\n"))
    assert.matches("references app.inj_subs", table.concat(ddl.create_table(Deep.table), "\n"))
    assert.equal(3, #metadata.new({ Deep, Sub, Base }).objects)
  end)

  it("is made with what all its tables have", function()
    local deep = Deep { depth = 1, tag = "x" }

    assert.same({ "deep", "-", 3, 1 }, { deep.kind, deep.name, deep.size, deep.depth })
    assert.is_string(deep.id)
    assert.is_nil(Base {}.size)
    assert.matches('a row of "inj_subs" has no "depth"', refusal(Sub, { depth = 1 }))
  end)

  it("is read by one statement, with what its classes have", function()
    local s = reading_session.new()

    assert.equal("select inj_deeps.id, inj_deeps.depth, inj_deeps.kind, inj_deeps.name, "
      .. "inj_deeps.size, inj_deeps.tag from (select inj_bases.id, inj_deeps.depth, "
      .. "inj_bases.kind, inj_bases.name, inj_subs.size, inj_subs.tag from app.inj_bases "
      .. "join app.inj_subs on inj_subs.id = inj_bases.id join app.inj_deeps on "
      .. "inj_deeps.id = inj_subs.id) as inj_deeps where inj_deeps.kind = $1",
      tostring(s:select(Deep)))
    assert.matches("from app.inj_bases left join app.inj_subs on inj_subs.id = inj_bases.id "
      .. "left join app.inj_deeps on inj_deeps.id = inj_subs.id%) as inj_bases where",
      tostring(s:select(Base)))
  end)

  it("is written by sessions alone", function()
    assert.matches("in several tables", refusal(insert, Deep))
    assert.equal("update app.inj_bases set name = $1", tostring(update(Base):set { name = "x" }))
    assert.matches("in several tables", refusal(update, (Base:as "b")))
  end)

  it("refuses what rows of several tables cannot have", function()
    assert.matches('another table of its hierarchy has a column "size"', refusal(model.new,
      { "inj_other", extends = Base, value = "other", c.int4 "size" }))
    assert.matches("soft delete is said of whole rows", refusal(model.new,
      { "inj_other", extends = Base, value = "other", soft_delete() }))
    assert.matches("that one has a table of its own", refusal(model.new,
      { extends = Sub, value = "other" }))
    assert.matches("has no key to share", refusal(model.new, { "inj_other", value = "x",
      extends = model.new { "inj_keyless", discriminator = "kind", c.text "kind" } }))
  end)
end)
