-- One object per row: a session's objects by table and key. Strong: it is what may be changed.
local identity_key = require "moonpool.orm.identity_key"
local model_module = require "moonpool.orm.model"

---@class moonpool.orm.IdentityMap  by model of a whole table: key -> object
local IdentityMap = {}
IdentityMap.__index = IdentityMap

---The map of a model's keys to objects, which a loader may fill.
---@return table<any, table>
function IdentityMap:of(model)
  local root = model_module.class(model).root
  local known = self[root]
  if not known then
    known = {}
    self[root] = known
  end
  return known
end

---@return table<moonpool.Model, table<any, table>>  the maps of all models
function IdentityMap:models()
  return self
end

---The same, where a model has none yet: with room for so many keys.
---@param make fun(list: integer, hash: integer): table
---@param are_dense boolean  they are numbers from 1 on
function IdentityMap:make_room(model, count, are_dense, make)
  local root = model_module.class(model).root
  if self[root] then return end
  self[root] = make(are_dense and count or 0, are_dense and 0 or count)
end

---@return table?
function IdentityMap:find(model, key)
  local known = self[model_module.class(model).root]
  return known and known[key]
end

function IdentityMap:put(model, key, object)
  self:of(model)[key] = object
end

---Only where the key still leads to this object.
function IdentityMap:remove(model, key, object)
  local known = self:of(model)
  if known[key] == object then known[key] = nil end
end

---@return any?  the key of what a row or an object holds; nil where a part of it is absent
function IdentityMap.key_of(model, row)
  local primary = model.table.primary_key
  if not primary then return nil end
  local names = primary.columns
  if #names == 1 then return identity_key.of_one(rawget(row, names[1])) end
  local values = {}
  for at, name in ipairs(names) do values[at] = rawget(row, name) end
  return identity_key.of(values, #names)
end

local identity_map = {}

---@return moonpool.orm.IdentityMap
function identity_map.new()
  return setmetatable({}, IdentityMap)
end

return identity_map
