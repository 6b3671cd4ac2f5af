-- What each read of a model leaves out: rows that were deleted softly, and other classes; pure.
local model_module = require "moonpool.orm.model"

local scope = {}

local function is_not_deleted(model, source)
  local name = model_module.class(model).traits.soft_delete
  return name and source:column(name):is_null()
end

-- Of a class, and of those derived from it.
local function is_of_class(model, source)
  local class = model_module.class(model)
  if not class.value then return nil end
  local values = {}
  for at, subclass in ipairs(model_module.subclasses(model)) do
    values[at] = model_module.class(subclass).value
  end
  local column = source:column(class.discriminator)
  if #values == 0 then return column:eq(class.value) end
  return column:one_of { class.value, table.unpack(values) }
end

---@param model moonpool.Model
---@param source moonpool.sql.Source  the model's, or under an alias
---@param with_deleted boolean?
---@return moonpool.sql.Expression[]
function scope.conditions(model, source, with_deleted)
  local list = {}
  if not with_deleted then list[#list + 1] = is_not_deleted(model, source) end
  list[#list + 1] = is_of_class(model, source)
  return list
end

---@param statement table  one with `where`
---@return table  narrowed to the model's rows
function scope.narrow(statement, model, source, with_deleted)
  for _, condition in ipairs(scope.conditions(model, source, with_deleted)) do
    statement = statement:where(condition)
  end
  return statement
end

return scope
