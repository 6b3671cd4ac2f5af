-- animals_world.lua - classes with tables of their own that share a key, and a row of most.
local c = require "moonpool.column"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local world = {}

local Owner = mp.model { "owners", c.int8("id", { primary_key = true }), c.text "name",
  mp.has_many("animals", { table = "animals", order_by = "id" }) }
local Kennel = mp.model { "kennels", c.int8("id", { primary_key = true }), c.text "name",
  mp.has_many("dogs", { table = "dogs", order_by = "id" }) }
local Animal = mp.model { "animals", discriminator = "kind", value = "animal",
  c.int8("id", { primary_key = true, identity = true }), c.text "kind",
  c.text("name", { unique = true }), mp.version(), mp.timestamps(),
  mp.belongs_to("owner", { table = "owners", null = true }),
  mp.has_many("visits", { table = "visits", cascade = { "save", "delete" } }) }
local Dog = mp.model { "dogs", extends = Animal, value = "dog", c.text "breed",
  c.int4("age", { default = 1 }), c.array("tricks", "text", { default = {} }),
  mp.belongs_to("kennel", { table = "kennels", null = true, on_delete = "set null" }),
  mp.belongs_to("mother", { table = "animals", null = true }), mp.index { "breed" } }
local Puppy = mp.model { "puppies", extends = Dog, value = "puppy", c.int4 "weeks" }
local Cat = mp.model { "cats", extends = Animal, value = "cat", c.int4("lives", { default = 9 }),
  c.int4("twice", { generated = "lives * 2", null = true }) }
local Fish = mp.model { extends = Animal, value = "fish", c.text("water", { null = true }) }
local Visit = mp.model { "visits", c.int8("id", { primary_key = true, identity = true }),
  c.text "what", mp.belongs_to("animal", { table = "animals" }) }
function Animal.methods:speak() return self.name .. " is quiet" end
function Dog.methods:speak() return self.name .. " barks" end

world.Owner, world.Kennel, world.Animal, world.Dog = Owner, Kennel, Animal, Dog
world.Puppy, world.Cat, world.Fish, world.Visit = Puppy, Cat, Fish, Visit

---@async
---@param schema string
---@return moonpool.Engine
function world.open(schema)
  local db = tables.open(schema)
  tables.create(db, Owner, Kennel, Animal, Dog, Puppy, Cat, Visit)
  return db
end

---A dog, a cat, a puppy, and what is neither.
---@async
function world.fill(db)
  db:script [[truncate animals, owners, kennels, visits restart identity cascade;
      insert into owners values (1, 'Ada'); insert into kennels values (1, 'big');
      insert into animals (kind, name, owner_id) values ('dog', 'Rex', 1), ('cat', 'Tom', 1),
        ('animal', 'Bug', null), ('puppy', 'Pip', null);
      insert into dogs (id, breed, kennel_id, mother_id) values (1, 'boxer', 1, null),
        (4, 'pug', null, 1);
      insert into puppies values (4, 6); insert into cats values (2, 7)]]
end

return world
