-- Conditions as a model means them: `{ author = ada }` is one on its columns, a computed value's is
-- one on its SQL, and a column's own functions have made what is compared; pure.
local computed = require "moonpool.orm.computed"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local operator = require "moonpool.sql.operator"
local relation_module = require "moonpool.orm.relation"
local value_fields = require "moonpool.orm.value_fields"

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

local function is_made(value)
  if value == null or expression.is_expression(value) or expression.is_statement(value) then
    return true
  end
  local meta = getmetatable(value)
  return type(meta) == "table" and meta.__name == "moonpool.Operator"
end

-- Other comparisons have their methods.
local function add_value(model, conditions, name, value)
  local own = model_module.class(model).fields[name]
  if value ~= null and is_made(value) then
    refuse(model, own.name, "a filter compares it with a value",
      ("Model.%s:ne(value), or a condition on its columns"):format(own.name))
  end
  value_fields.spread(model, own, value, conditions)
end

-- By the kind of a field; the others are relations.
local ADDERS = { value = add_value, deferred = false }

local function adder_of(field)
  local adder = field and ADDERS[field.kind]
  if field and adder == nil then return add end
  return adder
end

local function is_list_of(item, value)
  local is_document = item.type and (item.type:find "^json" or item.type:find "%]$")
  return type(value) == "table" and not is_document and #value > 0
end

local function dumped(item, value)
  if is_made(value) then return value end
  if not is_list_of(item, value) then
    local sent = item.dump(value)
    return sent == nil and null or sent
  end
  local list = {}
  for at, one in ipairs(value) do list[at] = item.dump(one) end
  return list
end

local function dump_all(model, conditions)
  for name, value in pairs(conditions) do
    local item = model.table.by_name[name]
    if item and item.dump then conditions[name] = dumped(item, value) end
  end
  return conditions
end

---@param model moonpool.Model
---@param given any  what `where` takes
---@param columns table<string, moonpool.sql.Expression>?  the model's under an alias
---@return any  without relations and computed values, as it is sent
function related_filter.read(model, given, columns)
  if type(given) ~= "table" or is_made(given) then return given end
  local class, conditions = model_module.class(model), {}
  for name, value in pairs(given) do
    local field = class.fields[name]
    local adder = adder_of(field)
    if adder then
      adder(model, conditions, name, value)
    elseif class.computed[name] then
      local of = computed.expression(class.computed[name], columns or model.c, model.table.name)
      conditions[#conditions + 1] = operator.condition(of, value)
    elseif math.type(name) == "integer" then
      conditions[#conditions + 1] = value
    else
      conditions[name] = value
    end
  end
  return dump_all(model, conditions)
end

return related_filter
