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

-- Numbers of one kind, or strings: Lua sorts them by itself.
local function kind_of(value)
  return type(value) == "string" and "string" or math.type(value) == "integer" and "integer" or nil
end

-- The items by their keys, where all are of one table with a key of one such column.
local function by_plain_key(uow, list, object_of)
  local items, keys, first, kind = {}, {}, nil, nil
  for at, item in ipairs(list) do
    local object = object_of(item)
    local model = model_module.of(object)
    first = first or model
    local primary = model.table.primary_key
    if model ~= first or not primary or #primary.columns > 1 then return nil end
    local key = uow:snapshot_of(object)[primary.columns[1]]
    kind = kind or kind_of(key)
    if not kind or kind_of(key) ~= kind or items[key] then return nil end
    items[key], keys[at] = item, key
  end
  return items, keys
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
