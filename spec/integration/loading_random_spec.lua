-- loading_random_spec.lua - random trees of :with and load over random rows, against a reference.
local full = require "spec.support.full"
local model_module = require "moonpool.orm.model"
local seed = require "spec.support.seed"
local tables = require "spec.support.tables"
local world = require "spec.support.loading_world"

local SCHEMA = "loading_random_spec"
local WORLDS, TREES = full(3, 30), full(12, 60)

local function names_of(relations)
  local names = {}
  for name in pairs(relations) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function options_of(random, relation)
  if relation.list then
    local way, order_by = random(3), random(2) == 1 and "id desc" or nil
    if way == 1 then return { limit = random(3), order_by = order_by } end
    return { strategy = way == 2 and "lateral" or nil }
  end
  local strategies = { "select", "lateral", not relation.polymorphic and "joined" or nil }
  return { strategy = strategies[random(#strategies)] }
end

-- A tree of what is loaded: model -> { relation = { options, with = tree } }.
local function random_tree(random, model, depth)
  local tree, names = {}, names_of(world.relations[model])
  for _ = 1, random(3) do
    local name = names[random(#names)]
    local relation = world.relations[model][name]
    local options = options_of(random, relation)
    if depth > 1 and relation.target and random(3) > 1 then
      options.with = random_tree(random, relation.target, depth - 1)
    end
    tree[name] = options
  end
  return tree
end

local function depth_of(tree)
  local deepest = 0
  for _, options in pairs(tree) do
    local own = 1 + (options.with and depth_of(options.with) or 0)
    deepest = math.max(deepest, own)
  end
  return deepest
end

local function wanted(ids, options)
  local list = table.move(ids, 1, #ids, 1, {})
  if options.order_by then table.sort(list, function(a, b) return a > b end) end
  while options.limit and #list > options.limit do list[#list] = nil end
  return list
end

local function found_ids(value, is_list)
  if not is_list then return value and { value.id } or {} end
  local ids = {}
  for at, object in ipairs(value) do ids[at] = object.id end
  return ids
end

local check

local function check_relation(rows, object, model, name, options)
  local relation = world.relations[model][name]
  local expected = wanted(world.expected(rows, model, name, object.id), options)
  local found = found_ids(object[name], relation.list)
  -- By way of other rows there is an order only where one is asked for.
  if model == "b" and name == "ds" and not options.limit then table.sort(found) end
  assert.same(expected, found, ("%s %d, %s"):format(model, object.id, name))
  if not options.with then return end
  for _, child in ipairs(relation.list and object[name] or { object[name] }) do
    check(rows, child, relation.target, options.with)
  end
end

function check(rows, object, model, tree)
  for name, options in pairs(tree) do check_relation(rows, object, model, name, options) end
end

-- A relation that stands twice in a tree, once limited, holds what was loaded last.
local function is_ambiguous(tree, model, seen)
  for name, options in pairs(tree) do
    local key = model .. "." .. name
    local limit = ("%s %s"):format(tostring(options.limit), tostring(options.order_by))
    if seen[key] and seen[key] ~= limit then return true end
    seen[key] = limit
    local target = world.relations[model][name].target
    if options.with and is_ambiguous(options.with, target, seen) then return true end
  end
  return false
end

local function clear_tree(random, model)
  repeat
    local tree = random_tree(random, model, 3)
    if not is_ambiguous(tree, model, {}) then return tree end
  until false
end

describe("random loading", function()
  local db
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, table.unpack(world.tables))
  end)
  teardown(function() tables.close(db, SCHEMA) end)

  local function each_tree(fn)
    local random = math.random
    seed.set "loading_random"
    for _ = 1, WORLDS do
      local rows = world.fill(db, random, random(12))
      for _ = 1, TREES do
        local model = ({ "a", "b", "c", "d", "e" })[random(5)]
        fn(random, rows, model, clear_tree(random, model))
      end
    end
  end

  it("gives what SQL would, each depth in one trip at most", function()
    each_tree(function(_, rows, model, tree)
      local s <close> = db:session { max_statements = 10000 }
      local trips, read = 0, s.read
      rawset(s, "read", function(...)
        trips = trips + 1
        return read(...)
      end)

      local objects = s:select(world.models[model]):order_by "id":with(tree):all()

      assert.equal(#rows[model], #objects)
      assert.is_true(trips <= 1 + depth_of(tree))
      for _, object in ipairs(objects) do check(rows, object, model, tree) end
      assert.equal(0, #s:plan())
    end)
  end)

  it("gives the same when one of the rows asks for all", function()
    each_tree(function(random, rows, model, tree)
      local s <close> = db:session()
      local objects = s:select(world.models[model]):order_by "id":all()
      for name, options in pairs(tree) do
        if #objects > 0 then objects[random(#objects)]:load { [name] = options } end
      end

      for _, object in ipairs(objects) do check(rows, object, model, tree) end
      for _, object in ipairs(objects) do
        assert.equal(s:get(model_module.of(object), object.id), object)
      end
    end)
  end)
end)
