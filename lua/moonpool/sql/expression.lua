-- Expressions as immutable values: columns, comparisons, logic, arithmetic, calls; pure.
local compiler = require "moonpool.sql.compiler"
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local null = require "moonpool.null"

local expression = {}

---@class moonpool.sql.Expression
local Expression = {}
Expression.__index = Expression
Expression.__name = "moonpool.Expression"

function Expression.__newindex()
  error("an expression cannot be changed", 2)
end

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function new(node)
  return setmetatable(node, Expression)
end

---@return boolean
function expression.is_expression(value)
  return getmetatable(value) == Expression
end

---@return boolean  whether it is a statement built by this library
local function is_statement(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "is_statement") == true
end

---An expression stays one, a select becomes a subquery, anything else a bound parameter.
---@return moonpool.sql.Expression
function expression.of(value)
  if expression.is_expression(value) then return value end
  if is_statement(value) then return new { kind = "subquery", statement = value } end
  if value == nil then
    refuse("nil stands for no value here", "use mp.null for NULL, or is_null() to compare with it")
  end
  return new { kind = "param", value = value }
end

---@param qualifier string?  the table's name or alias
---@param name string
---@return moonpool.sql.Expression
function expression.column(qualifier, name)
  return new { kind = "column", qualifier = qualifier, name = name }
end

---SQL text as it stands; it must come from code, never from data.
function expression.raw(text)
  return new { kind = "raw", text = text }
end

function expression.fragment(texts, arguments)
  return new { kind = "fragment", texts = texts, arguments = arguments }
end

---@param items any[]  expressions or values
function expression.row(items)
  local list = {}
  for index, item in ipairs(items) do list[index] = expression.of(item) end
  return new { kind = "row", items = list }
end

---@param statement table  a select
function expression.exists(statement)
  return new { kind = "exists", statement = statement }
end

function expression.label(operand, name)
  return new { kind = "label", operand = expression.of(operand), name = name }
end

function expression.call(name, ...)
  local given, arguments = table.pack(...), {}
  for index = 1, given.n do arguments[index] = expression.of(given[index]) end
  local star = name == "count" and given.n == 0
  return new { kind = "call", name = name, star = star, arguments = arguments }
end

local function binary(operator, left, right)
  return new { kind = "binary", operator = operator,
    left = expression.of(left), right = expression.of(right) }
end

local BINARY = {
  gt = ">", ge = ">=", lt = "<", le = "<=", like = "like", ilike = "ilike",
  contains = "@>", contained_by = "<@", overlaps = "&&",
}
for name, operator in pairs(BINARY) do
  Expression[name] = function(self, value) return binary(operator, self, value) end
end

---Equal; NULL is compared by `is null`, as its reader means it.
function Expression:eq(value)
  if value == null then return self:is_null() end
  return binary("=", self, value)
end

function Expression:ne(value)
  if value == null then return self:is_not_null() end
  return binary("<>", self, value)
end

function Expression:between(low, high)
  return new { kind = "between", operand = self,
    low = expression.of(low), high = expression.of(high) }
end

---One of a list (one array parameter, so the text is the same for every length) or of a select.
---@param list any[] | table
function Expression:one_of(list)
  if is_statement(list) then return binary("in", self, list) end
  if type(list) ~= "table" then
    refuse(("one_of takes a list, not a %s"):format(type(list)), "write one_of { a, b }")
  end
  if #list == 0 and next(list) ~= nil then
    refuse("one_of takes a list, not a table of names", "write one_of { a, b }")
  end
  for _, item in ipairs(list) do
    if item == null then refuse("NULL is never one of a list", "add | column:is_null()") end
  end
  local values = table.move(list, 1, #list, 1, {})
  return binary("=", self, new { kind = "any", list = expression.of(values) })
end

function Expression:is_null()
  return new { kind = "is", operand = self, what = "null" }
end

function Expression:is_not_null()
  return new { kind = "is", operand = self, what = "not null" }
end

---@param type_name string  SQL, from code
function Expression:cast(type_name)
  return new { kind = "cast", operand = self, type = type_name }
end

function Expression:as(name)
  return expression.label(self, name)
end

function Expression:asc()
  return new { kind = "order", operand = self, direction = "asc" }
end

function Expression:desc()
  return new { kind = "order", operand = self, direction = "desc" }
end

local function with_nulls(self, place)
  local ordered = self.kind == "order" and self or self:asc()
  return new { kind = "order", operand = ordered.operand, direction = ordered.direction,
    nulls = place }
end

function Expression:nulls_first()
  return with_nulls(self, "first")
end

function Expression:nulls_last()
  return with_nulls(self, "last")
end

---@return string sql
---@return table params
function Expression:sql()
  return compiler.compile(self)
end

function Expression:__tostring()
  return (compiler.compile(self))
end

function Expression.__bnot(operand)
  return new { kind = "not", operand = operand }
end

local METAMETHODS = {
  __band = "and", __bor = "or", __concat = "||",
  __add = "+", __sub = "-", __mul = "*", __div = "/", __mod = "%",
}
for event, operator in pairs(METAMETHODS) do
  Expression[event] = function(left, right) return binary(operator, left, right) end
end

-- What looks like a function and is grammar: quoted, there would be none of that name.
local GRAMMAR = { coalesce = true, greatest = true, least = true, nullif = true, grouping = true }

local function check_function_name(name)
  if GRAMMAR[name] then return name end
  if type(name) == "string" and name:find("^[%a_][%w_]*$") then return identifier.quote(name) end
  refuse(("%q is not the name of a function"):format(tostring(name)), "mp.fn.lower(column)")
end

---`fn.lower(x)` calls the server's function of that name; `fn.count()` is `count(*)`.
expression.fn = setmetatable({}, {
  __index = function(_, name)
    local quoted = check_function_name(name)
    return function(...) return expression.call(quoted, ...) end
  end,
  __newindex = function() error("mp.fn cannot be changed", 2) end,
})

return expression
