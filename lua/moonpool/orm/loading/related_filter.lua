-- Conditions that name a relation: `{ author = ada }` is the condition on its columns; pure.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local relation_module = require "moonpool.orm.relation"

local related_filter = {}

local function refuse(model, name, message, hint)
  errors.raise { kind = "bad_argument", table = model.table.name, hint = hint,
    message = ('"%s" of "%s": %s'):format(name, model.table.name, message) }
end

local function check_object(model, relation, object)
  local given = model_module.of(object)
  local is_fitting = false
  for _, target in pairs(relation.targets or { relation.target }) do
    is_fitting = is_fitting or given and model_module.is_a(given, target)
  end
  if is_fitting then return end
  refuse(model, relation.name, ("it is compared with an instance, not with %s"):format(
    given and 'one of "' .. given.table.name .. '"' or "a " .. type(object)),
    ("{ %s = an instance, or mp.null }"):format(relation.name))
end

local function type_of(relation, object)
  for value, target in pairs(relation.targets) do
    if model_module.is_a(model_module.of(object), target) then return value end
  end
end

local function add(model, conditions, name, object)
  local relation = relation_module.of(model, name)
  if relation.kind ~= "belongs_to" then
    refuse(model, name, "only a belongs_to can be compared",
      "join its table, or use an exists condition")
  end
  if object == null then
    conditions[relation.local_columns[1]] = null
    return
  end
  check_object(model, relation, object)
  if relation.type_column then conditions[relation.type_column] = type_of(relation, object) end
  for at, own in ipairs(relation.local_columns) do
    local value = rawget(object, relation.target_columns[at])
    if value == nil then
      refuse(model, name, "the instance has no key yet", "flush it first")
    end
    conditions[own] = value
  end
end

---@param model moonpool.Model
---@param given any  what `where` takes
---@return any  without relations
function related_filter.read(model, given)
  if type(given) ~= "table" or expression.is_expression(given) then return given end
  local fields, conditions = model_module.class(model).fields, {}
  for name, value in pairs(given) do
    local field = fields[name]
    if field and field.kind ~= "deferred" then
      add(model, conditions, name, value)
    else
      conditions[name] = value
    end
  end
  return conditions
end

return related_filter
