-- A table of columns and values as conditions, in the order of the names.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local operator = require "moonpool.sql.operator"

local filter = {}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function names_of(given, source)
  local names = {}
  for name in pairs(given) do
    if math.type(name) ~= "integer" then
      if not source then
        refuse("there is no table yet whose columns these are", "call :from(...) before :where")
      end
      names[#names + 1] = source:check(name)
    end
  end
  if #names > 1 then table.sort(names) end
  return names
end

---@param given table | moonpool.sql.Expression
---@param source moonpool.sql.Source?  whose columns the names are
---@return moonpool.sql.Expression[]
function filter.conditions(given, source)
  if expression.is_expression(given) then return { given } end
  if expression.is_statement(given) then return { expression.of(given) } end
  if type(given) ~= "table" then
    refuse(("a condition is a table or an expression, not a %s"):format(type(given)),
      'write { name = "x" } or Model.name:eq "x"')
  end
  local conditions = {}
  for at, item in ipairs(given) do
    if not expression.is_expression(item) then
      refuse(("condition %d of the list is a %s"):format(at, type(item)),
        'write { name = "x" } or { Model.name:eq "x" }')
    end
    conditions[at] = item
  end
  for _, name in ipairs(names_of(given, source)) do
    conditions[#conditions + 1] =
      operator.condition(source:column(name), given[name], source.type_of(name))
  end
  return conditions
end

return filter
