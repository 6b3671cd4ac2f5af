-- Conditions on a column that is named later: `{ age = operator.gte(18) }`.
local null = require "moonpool.null"

local operator = {}

---@class moonpool.sql.Operator
local Operator = { __name = "moonpool.Operator" }

-- Each operator is the method of a column's expression that it becomes.
local METHODS = {
  gt = "gt", gte = "ge", lt = "lt", lte = "le", ne = "ne",
  like = "like", ilike = "ilike", between = "between", contains = "contains",
}
for name, method in pairs(METHODS) do
  operator[name] = function(...)
    return setmetatable({ method = method, arguments = table.pack(...) }, Operator)
  end
end

-- A table of values (a result of the server's too), and not one with a meaning of its own.
local function is_list(value)
  local meta = getmetatable(value)
  return type(value) == "table"
    and not (type(meta) == "table" and (meta.__tostring or rawget(meta, "is_statement")))
end

-- The value of an array, of JSON or hstore is a table itself.
local function holds_tables(type_sql)
  if type_sql == nil then return false end
  return (type_sql:find "%]$" or type_sql:find "^json" or type_sql:find "hstore$") ~= nil
end

---The condition that a filter's value sets for a column: an operator's own, `= any` for a list,
---`is null` for mp.null, else equality.
---@param column moonpool.sql.Expression
---@param value any
---@param type_sql string?  the column's type, where it is known
---@return moonpool.sql.Expression
function operator.condition(column, value, type_sql)
  if getmetatable(value) == Operator then
    return column[value.method](column, table.unpack(value.arguments, 1, value.arguments.n))
  end
  if value == null then return column:is_null() end
  if is_list(value) and not holds_tables(type_sql) then return column:one_of(value) end
  return column:eq(value)
end

return operator
