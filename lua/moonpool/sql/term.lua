-- A term: an expression as an immutable value, and what may stand for one.
local errors = require "moonpool.errors"
local node = require "moonpool.sql.node"
local null = require "moonpool.null"
local shape = require "moonpool.sql.shape"

local term = {}

local step = shape.step

---@class moonpool.sql.Expression
---@field kind string
---@field type string?  its SQL type, where that is known
---@field family string?  of that type
local Expression = { __name = "moonpool.Expression" }
Expression.__index = Expression
term.class = Expression

function Expression.__newindex()
  error("an expression cannot be changed", 2)
end

local PARAM = node.layout("param", { "sent_as" }, {})
local BINARY = node.layout("binary", { "operator" }, { "left", "right" })
node.layout("label", { "name" }, { "operand" })
node.layout("subquery", {}, { "statement" })
node.layout("cast", { "type" }, { "operand" })

---Raises `bad_argument`.
---@param message string
---@param hint string
function term.refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

---@param kind string
---@param fields table  taken over
---@return moonpool.sql.Expression
function term.new(kind, fields)
  return setmetatable(node.new(kind, fields), Expression)
end

---@return boolean
function term.is(value)
  return getmetatable(value) == Expression
end

---@return boolean  whether it is a statement built by this library
function term.is_statement(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "is_statement") == true
end

---A bound value.
---@param value any
---@param cast string?  its SQL type, where the statement does not tell
function term.param(value, cast)
  if value == nil then
    term.refuse("nil stands for no value here",
      "use mp.null for NULL, or is_null() to compare with it")
  end
  local key = cast or shape.ABSENT
  return setmetatable({ kind = "param", value = value, sent_as = cast, bound = true,
    shape = PARAM[key] or step(PARAM, key) }, Expression)
end

local QUERIES = { select = true, compound = true, values = true }

---Raises `bad_argument` for a statement that writes, which can only stand in front.
---@param statement table
---@return table  the statement
function term.query(statement)
  if QUERIES[statement.kind] then return statement end
  term.refuse(("%s %s cannot stand in a subquery"):format(
    statement.kind:find "^[iu]" and "an" or "a", statement.kind),
    'put it in front: local gone = mp.cte("gone", statement); query:with(gone):from(gone)')
end

---@param value any
---@return table?  the source of what stands for a table: a model, an alias, a subquery with a name
function term.table_of(value)
  local own = type(value) == "table" and rawget(value, "source")
  local is_source = type(own) == "table" and type(own.qualifier) == "function"
  if not is_source or term.is_statement(value) then return nil end
  return own
end

-- Tables of the builder itself are no values.
local function check_value(value)
  local own = term.table_of(value)
  if own then
    term.refuse(("table \"%s\" is no value"):format(tostring(own.name)), "name one of its columns")
  end
  local meta = getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name")
  if name == "moonpool.Operator" then
    term.refuse("an operator such as mp.gte is for filters", "where { age = mp.gte(18) }")
  end
  if name == "moonpool.Tuple" then
    term.refuse("a tuple is compared by its own methods", "mp.tuple(a, b):eq(mp.tuple(c, d))")
  end
  if name == "moonpool.ValueObject" then
    term.refuse(("%s is several columns"):format(tostring(value)),
      "name its columns, or compare it by its own methods")
  end
  return value
end

---An expression stays one, a select becomes a subquery, anything else a bound parameter.
---@return moonpool.sql.Expression
function term.of(value)
  if type(value) ~= "table" then return term.param(value) end
  if getmetatable(value) == Expression then return value end
  if term.is_statement(value) then
    return term.new("subquery", { statement = term.query(value) })
  end
  return term.param(check_value(value))
end

---The same for a part of an expression, where a label has no meaning.
---@return moonpool.sql.Expression
function term.operand(value)
  local made = getmetatable(value) == Expression and value or term.of(value)
  return made.kind == "label" and made.operand or made
end

---@param operator string
---@param left any
---@param right any
---@param type string?
function term.binary(operator, left, right, type)
  left, right = term.operand(left), term.operand(right)
  local at = BINARY[operator] or step(BINARY, operator)
  at = at[left.shape] or step(at, left.shape)
  at = at[right.shape] or step(at, right.shape)
  local inner = left.bound and (right.bound and { left, right } or { left })
    or right.bound and { right } or nil
  return setmetatable({ kind = "binary", operator = operator, left = left, right = right,
    type = type, shape = at, inner = inner, bound = inner ~= nil }, Expression)
end

local INT4_MIN, INT4_MAX = -0x80000000, 0x7fffffff

local function integer_type(value)
  return value >= INT4_MIN and value <= INT4_MAX and "int4" or "int8"
end

-- Only an interval has months; a light userdata has nothing.
local function is_interval(value)
  return type(value) == "userdata" and value ~= null and value.months ~= nil
end

---The type that SQL would give a constant of this value; nil for a text, which fits any.
---@param value any
---@param fraction string?  the type of floats
---@return string?
function term.constant_type(value, fraction)
  if type(value) == "boolean" then return "bool" end
  if math.type(value) == "integer" then return integer_type(value) end
  if math.type(value) == "float" then return fraction or "float8" end
  return is_interval(value) and "interval" or nil
end

---A value where nothing around it tells its type: bound with the one that a constant would have.
---@param value any
---@param fraction string?
function term.constant(value, fraction)
  local made = term.of(value)
  if made.kind ~= "param" or made.sent_as then return made end
  local type = term.constant_type(value, fraction)
  return type and term.param(value, type) or made
end

---@param items any[]
---@param make fun(item: any): table
---@return table[]
function term.list(items, make)
  local list = {}
  for at = 1, items.n or #items do list[at] = make(items[at]) end
  return list
end

return term
