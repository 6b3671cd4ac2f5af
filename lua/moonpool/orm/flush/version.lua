-- Optimistic locking: the column by which a row's changes are told, where a model has one; pure.
--
-- It counts the row's updates, or is the server's own `xmin`, which tells who wrote the row last.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"

local version = {}

---@param model moonpool.Model
---@return string?  the column's name
function version.column_of(model)
  return model_module.class(model).traits.version
end

---@param model moonpool.Model
---@return string?  the same, where updates have to set it
function version.counter_of(model)
  local name = version.column_of(model)
  return name and not model.table.by_name[name].system and name or nil
end

---Raises `not_loaded` where the row was read without it, as SQL text may do.
---@param model moonpool.Model
---@param name string
---@param before table<string, any>  the row as it was read
function version.check_read(model, name, before)
  if before[name] ~= nil then return end
  errors.raise { kind = "not_loaded", table = model.table.name,
    message = ("%s.%s was not read with the row: whether it has changed is not known"):format(
      model.table.name, name),
    hint = ("select %s, too, or s:refresh(object) before it is changed"):format(name) }
end

---@param before integer?  as the row was read
---@return integer
function version.next(before)
  return (before or 0) + 1
end

return version
