-- Optimistic locking: the column that counts a row's updates, where a model has one; pure.
local model_module = require "moonpool.orm.model"

local version = {}

---@param model moonpool.Model
---@return string?  the column's name
function version.column_of(model)
  local trait = model_module.class(model).traits.version
  return trait and (type(trait) == "table" and trait.column or trait) or nil
end

---@param before integer?  as the row was read
---@return integer
function version.next(before)
  return (before or 0) + 1
end

return version
