-- joined_inheritance_random_spec.lua - random edits of objects whose rows are in several tables.
local model_module = require "moonpool.orm.model"
local mp = require "moonpool"
local seed = require "spec.support.seed"
local tables = require "spec.support.tables"
local world = require "spec.support.animals_world"

local Animal, Dog, Puppy = world.Animal, world.Dog, world.Puppy
local Cat, Fish = world.Cat, world.Fish

local SCHEMA = "joined_inheritance_random_spec"

describe("classes with tables of their own", function()
  local db, s
  setup(function() db = world.open(SCHEMA) end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    world.fill(db)
    s = db:session()
  end)
  after_each(function() s:close() end)

  local random = math.random

  -- What a row is, however it was read: its class and its columns.
  local function shown(list)
    local texts = {}
    for at, object in ipairs(list) do
      local parts = { model_module.of(object).table.name }
      for _, item in ipairs(Animal.table.columns) do
        local value = rawget(object, item.name)
        if value ~= nil and item.name ~= "created_at" and item.name ~= "updated_at" then
          parts[#parts + 1] = ("%s=%s"):format(item.name,
            type(value) == "table" and table.concat(value, ",") or tostring(value))
        end
      end
      texts[at] = table.concat(parts, " ")
    end
    table.sort(texts)
    return texts
  end

  local names = 0
  local function new()
    names = names + 1
    local name = "n" .. names
    return ({
      function() return Animal { name = name } end,
      function() return Fish { name = name, water = "w" .. names } end,
      function() return Cat { name = name, lives = random(9) } end,
      function() return Dog { name = name, breed = "b" .. names, tricks = { "t" .. names } } end,
      function() return Puppy { name = name, breed = "b" .. names, weeks = random(9) } end,
    })[random(5)]()
  end

  local function change(object, others)
    local class = model_module.of(object)
    if random(2) == 1 then object.name = object.name .. "x" end
    if class == Cat then object.lives = random(9) end
    if class == Fish and random(2) == 1 then object.water = nil end
    if not model_module.is_a(class, Dog) then return end
    if random(2) == 1 then table.insert(object.tricks, "more") end
    if random(2) == 1 then object.mother = others[random(#others)] end
    if class == Puppy and random(2) == 1 then object.weeks = object.weeks + 1 end
  end

  local function remove(live, at)
    local object = table.remove(live, at)
    for _, other in ipairs(live) do
      local is_child = object.id ~= nil and other.mother_id == object.id
      if is_child or rawget(other, "mother") == object then
        other.mother = mp.null
      end
    end
    s:delete(object)
  end

  local function edit(live)
    for _ = 1, random(6) do
      local what, at = random(4), random(#live)
      if what == 1 then
        live[#live + 1] = s:add(new())
      elseif what == 2 and #live > 3 then
        remove(live, at)
      else
        change(live[at], live)
      end
    end
  end

  local function fresh()
    local other <close> = db:session()
    return other:select(Animal):all()
  end

  it("are what was made of them, by whatever edits, flushes and rollbacks", function()
    seed.set "joined classes"
    local live = s:select(Animal):all()
    for _ = 1, 40 do
      local before = table.move(live, 1, #live, 1, {})
      edit(live)
      if random(2) == 1 then
        s:flush()
        edit(live)
      end
      if random(3) == 1 then
        s:rollback()
        live = before
      else
        s:commit()
      end
      assert.same(shown(fresh()), shown(live))
    end
  end)
end)
