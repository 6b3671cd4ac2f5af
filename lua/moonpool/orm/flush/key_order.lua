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

---Stored objects by table and key: sessions that write the same rows meet in one order.
---@param uow moonpool.orm.UnitOfWork
---@param list any[]
---@param object_of fun(item: any): table
function key_order.sort(uow, list, object_of)
  local places = {}
  for _, item in ipairs(list) do
    local name, values = sort_key(uow, object_of(item))
    places[item] = { name = name, values = values }
  end
  table.sort(list, function(a, b) return is_before(places[a], places[b]) end)
  return list
end

return key_order
