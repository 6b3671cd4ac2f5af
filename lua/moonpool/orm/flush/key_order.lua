-- Stored objects in one order, whatever the order in which they were read; pure.
local identity_key = require "moonpool.orm.identity_key"
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"

local key_order = {}

local function compare(a, b)
  if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
  return tostring(a) < tostring(b)
end

local function sort_key(uow, object)
  local model = model_module.of(object)
  local primary, snapshot, values = model.table.primary_key, uow:snapshot_of(object), {}
  for at, name in ipairs(primary and primary.columns or {}) do values[at] = snapshot[name] end
  return order.name_of(model), values
end

local function is_before(a, b)
  if a.name ~= b.name then return a.name < b.name end
  for at, value in ipairs(a.values) do
    local other = b.values[at]
    if identity_key.of({ value }, 1) ~= identity_key.of({ other }, 1) then
      return compare(value, other)
    end
  end
  return false
end

-- What Lua sorts by itself.
local SORTED = { integer = true, text = true }

-- The key column, where all are of one table with a key of one.
local function key_column(uow, objects)
  local groups = uow:by_model(objects)
  local primary = #groups == 1 and groups[1].model.table.primary_key
  return primary and #primary.columns == 1 and primary.columns[1]
end

-- The items by their keys, where these are numbers of one kind, or strings.
local function by_plain_key(uow, list, object_of)
  local objects, items = {}, {}
  for at = 1, #list do objects[at] = object_of(list[at]) end
  local name = key_column(uow, objects)
  if not name then return nil end
  local summary = uow.objects.survey(uow:snapshots_of(objects), { name })[1]
  if not SORTED[summary.kind] or summary.nulls > 0 then return nil end
  for at, key in ipairs(summary.values) do
    if items[key] then return nil end
    items[key] = list[at]
  end
  return items, summary.values
end

local function sort_plain(list, items, keys)
  table.sort(keys)
  for at, key in ipairs(keys) do list[at] = items[key] end
  return list
end

---Stored objects by table and key: sessions that write the same rows meet in one order.
---@param uow moonpool.orm.UnitOfWork
---@param list any[]
---@param object_of fun(item: any): table
function key_order.sort(uow, list, object_of)
  if #list < 2 then return list end
  local items, keys = by_plain_key(uow, list, object_of)
  if items then return sort_plain(list, items, keys) end
  local places = {}
  for _, item in ipairs(list) do
    local name, values = sort_key(uow, object_of(item))
    places[item] = { name = name, values = values }
  end
  table.sort(list, function(a, b) return is_before(places[a], places[b]) end)
  return list
end

return key_order
