-- Rows that take a unique value which another row of the same flush lets go of; pure.
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"
local parts = require "moonpool.orm.parts"
local unique_keys = require "moonpool.orm.flush.unique_keys"

local takers = {}

---@class moonpool.orm.flush.Taking  the holder has to be written before the taker
---@field taker table  inserted or updated
---@field holder table  updated or deleted
---@field key moonpool.orm.flush.UniqueKey
---@field part moonpool.orm.Part  whose key it is

local function group_of(groups, root)
  local group = groups.by_root[root]
  if not group then
    group = { root = root, inserts = {}, updates = {}, deletes = {} }
    groups[#groups + 1], groups.by_root[root] = group, group
  end
  return group
end

-- By table, in the order of their names.
local function grouped(work)
  local groups, group, meta = { by_root = {} }, nil, nil
  for at = 1, #work.updates do
    local one = work.updates[at]
    local own = getmetatable(one.object)
    if own ~= meta then
      meta, group = own, group_of(groups, order.root_of(own.model))
    end
    group.updates[#group.updates + 1] = one
  end
  for _, object in ipairs(work.deletes) do
    group = group_of(groups, order.root_of(model_module.of(object)))
    group.deletes[#group.deletes + 1] = object
  end
  for _, new in ipairs(work:new_groups()) do
    group = groups.by_root[order.root_of(new.model)]
    if group then table.move(new.objects, 1, #new.objects, #group.inserts + 1, group.inserts) end
  end
  table.sort(groups, function(a, b) return order.name_of(a.root) < order.name_of(b.root) end)
  return groups
end

local function is_touched(one, key)
  for _, changed in ipairs(one.changed) do
    for _, name in ipairs(key.touching) do
      if changed == name then return true end
    end
  end
  return false
end

local function moved_of(group, key)
  local list, known = {}, {}
  for at = 1, #group.updates do
    local one = group.updates[at]
    local is_moved = known[one.changed]
    if is_moved == nil then
      is_moved = is_touched(one, key)
      known[one.changed] = is_moved
    end
    if is_moved then list[#list + 1] = one.object end
  end
  return list
end

local function value_before(work, part, key, object)
  local before = work.uow:snapshot_of(object)
  return unique_keys.value(part.table, key, function(name) return before[name] end)
end

local function value_now(work, part, key, object)
  return unique_keys.value(part.table, key, function(name) return work:value(object, name) end)
end

local function take(taken, object, value)
  if value ~= nil then taken[#taken + 1] = { object = object, value = value } end
end

-- Rows by the values that they let go of, and those that take one.
local function read_values(work, group, part, key, moved)
  local held, taken = {}, {}
  local function hold(object, value)
    if value ~= nil then held[value] = object end
  end
  for _, object in ipairs(moved) do
    local before, now = value_before(work, part, key, object), value_now(work, part, key, object)
    if before ~= now then
      hold(object, before)
      take(taken, object, now)
    end
  end
  for _, object in ipairs(group.deletes) do hold(object, value_before(work, part, key, object)) end
  for _, object in ipairs(next(held) ~= nil and group.inserts or {}) do
    take(taken, object, value_now(work, part, key, object))
  end
  return held, taken
end

local function add(list, work, group, part, key)
  local moved = moved_of(group, key)
  if #moved + #group.inserts == 0 then return end
  local held, taken = read_values(work, group, part, key, moved)
  for _, one in ipairs(taken) do
    local holder = held[one.value]
    if holder then
      list[#list + 1] = { taker = one.object, holder = holder, key = key, part = part }
    end
  end
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Taking[]
function takers.of(work)
  local list = {}
  if #work.updates + #work.deletes == 0 then return list end
  for _, group in ipairs(grouped(work)) do
    for number, part in ipairs(parts.of_all(group.root)) do
      for _, key in ipairs(unique_keys.of(part.table)) do
        -- The key is the first table's; the others share it.
        local counts = key.deferrable ~= "deferred" and (number == 1 or not key.is_primary)
        if counts then add(list, work, group, part, key) end
      end
    end
  end
  return list
end

return takers
