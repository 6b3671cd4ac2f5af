-- Items in an order in which each comes after what it needs; cycles are broken where they can be.
local components = require "moonpool.schema.metadata.components"
local errors = require "moonpool.errors"
local item_module = require "moonpool.schema.metadata.item"
local unique_key = require "moonpool.schema.unique_key"

local order = {}

-- Where nothing else decides. Functions come before tables, whose defaults may call them.
local RANKS = { schema = 1, extension = 2, enum = 3, composite = 4, domain = 4, range_type = 4,
  sequence = 5, func = 6, table = 7, partition = 8, index = 9, ownership = 10,
  replica_identity = 10, foreign_key = 11, view = 12,
  materialized_view = 12, trigger = 13, policy = 14, grant = 15 }

-- Neighbours by the edges that there are now, each list made once.
local function neighbours_of(edges)
  local lists = {}
  return function(item)
    local list = lists[item]
    if not list then
      list = {}
      for at, edge in ipairs(edges[item]) do list[at] = edge.to end
      lists[item] = list
    end
    return list
  end
end

-- Edges of one strength that are part of a cycle go; `removed` is told of each.
local function break_cycles(items, edges, strength, removed)
  local component = components(items, neighbours_of(edges))
  for _, item in ipairs(items) do
    local kept = {}
    for _, edge in ipairs(edges[item]) do
      if edge.strength == strength and component[item] == component[edge.to] then
        removed(item, edge)
      else
        kept[#kept + 1] = edge
      end
    end
    edges[item] = kept
  end
end

-- The unique index that a foreign key relies on, where no constraint does.
local function relied_index(items, target, key)
  local found = target.kind == "table" and unique_key.find(target.object, key.target)
  if not found or found.kind ~= "index" then return nil end
  for _, item in ipairs(items) do
    if item.index == found then return item end
  end
end

local function take_out_keys(items, edges)
  local taken = {}
  local function take(item, edge)
    local own = item_module.take_out(item, edge.key)
    edges[own] = { { to = item, strength = "hard" }, { to = edge.to, strength = "hard" } }
    taken[#taken + 1] = own
    return own
  end
  break_cycles(items, edges, "key", take)
  for _, item in ipairs(items) do
    local kept = {}
    for _, edge in ipairs(edges[item]) do
      local index = edge.strength == "key" and relied_index(items, edge.to, edge.key)
      if index then
        table.insert(edges[take(item, edge)], { to = index, strength = "hard" })
      else
        kept[#kept + 1] = edge
      end
    end
    edges[item] = kept
  end
  return table.move(taken, 1, #taken, #items + 1, table.move(items, 1, #items, 1, {}))
end

local function refuse_cycle(path, item)
  local titles, from = {}, 1
  for at, other in ipairs(path) do
    if other == item then from = at end
  end
  for at = from, #path do titles[#titles + 1] = path[at].title end
  errors.raise { kind = "bad_argument",
    message = ("metadata: %s need each other"):format(table.concat(titles, " and ")),
    hint = "take one of the depends_on out" }
end

local function by_rank(items)
  local position = {}
  for at, item in ipairs(items) do position[item] = at end
  return function(a, b)
    if RANKS[a.kind] ~= RANKS[b.kind] then return RANKS[a.kind] < RANKS[b.kind] end
    return position[a] < position[b]
  end
end

-- Depth first: what an item needs, then the item.
local function visit(walk, item)
  if walk.done[item] then return end
  if walk.open[item] then refuse_cycle(walk.path, item) end
  walk.open[item] = true
  walk.path[#walk.path + 1] = item
  local needed = {}
  for at, edge in ipairs(walk.edges[item]) do needed[at] = edge.to end
  table.sort(needed, walk.is_before)
  for _, other in ipairs(needed) do visit(walk, other) end
  table.remove(walk.path)
  walk.done[item] = true
  walk.sorted[#walk.sorted + 1] = item
end

---@param items moonpool.schema.MetadataItem[]
---@param edges table<moonpool.schema.MetadataItem, moonpool.schema.Edge[]>
---@return moonpool.schema.MetadataItem[]  foreign keys of cycles as items of their own
function order.sort(items, edges)
  local all = take_out_keys(items, edges)
  break_cycles(all, edges, "soft", function() end)
  local is_before = by_rank(all)
  local starts = table.move(all, 1, #all, 1, {})
  table.sort(starts, is_before)
  local walk = { edges = edges, is_before = is_before, done = {}, open = {}, path = {},
    sorted = {} }
  for _, item in ipairs(starts) do visit(walk, item) end
  return walk.sorted
end

return order
