-- The statement that removes a model's rows: a delete, or an update where they are deleted softly.
local delete = require "moonpool.sql.delete"
local expression = require "moonpool.sql.expression"
local model_module = require "moonpool.orm.model"
local update = require "moonpool.sql.update"

---@param model moonpool.Model
---@return moonpool.sql.Delete | moonpool.sql.Update  without conditions
return function(model)
  local name = model_module.class(model).traits.soft_delete
  if not name then return delete(model) end
  return update(model):set { [name] = expression.fn.now() }
end
