-- A table of columns and values as conditions, in the order of the names.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local operator = require "moonpool.sql.operator"

local filter = {}

---@param given table | moonpool.sql.Expression
---@param source moonpool.sql.Source  whose columns the names are
---@return moonpool.sql.Expression[]
function filter.conditions(given, source)
  if expression.is_expression(given) then return { given } end
  if type(given) ~= "table" then
    errors.raise {
      kind = "bad_argument",
      message = ("a condition is a table or an expression, not a %s"):format(type(given)),
      hint = 'write { name = "x" } or Model.name:eq "x"',
    }
  end
  local names, conditions = {}, {}
  for name in pairs(given) do names[#names + 1] = source:check(name) end
  table.sort(names)
  for index, name in ipairs(names) do
    conditions[index] =
      operator.condition(source:column(name), given[name], source.type_of(name))
  end
  return conditions
end

return filter
