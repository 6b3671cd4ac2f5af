-- Expressions: columns, comparisons, logic, arithmetic, calls, with the methods of all of them.
local arithmetic = require "moonpool.sql.arithmetic"
local call = require "moonpool.sql.call"
local comparison = require "moonpool.sql.comparison"
local compiler = require "moonpool.sql.compiler"
local construct = require "moonpool.sql.construct"
local container = require "moonpool.sql.container"
local full_text = require "moonpool.sql.full_text"
local infix = require "moonpool.sql.infix"
local json = require "moonpool.sql.json"
local node = require "moonpool.sql.node"
local pattern = require "moonpool.sql.pattern"
local sql_json = require "moonpool.sql.sql_json"
local term = require "moonpool.sql.term"
local type_family = require "moonpool.sql.type_family"

local expression = { is_expression = term.is, is_statement = term.is_statement, of = term.of,
  operand = term.operand, constant = term.constant, param = term.param,
  query = term.query,
  fn = call.fn, named = call.named, variadic = call.variadic,
  raw = construct.raw, literal = construct.literal, row = construct.row, array = construct.array,
  case = construct.case, any_of = comparison.any_of, all_of = comparison.all_of }

local Expression = term.class

node.layout("column", { "qualifier", "name" }, {})
node.layout("star", { "qualifier" }, {})
node.layout("fragment", { "source" }, { "arguments" })
node.layout("order", { "direction", "nulls", "using" }, { "operand" })
node.layout("zone", {}, { "operand", "zone" })

---@param qualifier string?  the table's name or alias
---@param name string
---@param type string?  its SQL type
---@param shape string?  what kind of type that is
---@param subtype string?  of a declared range: the type of what lies in it
---@return moonpool.sql.Expression
function expression.column(qualifier, name, type, shape, subtype)
  return term.new("column", { qualifier = qualifier, name = name, type = type,
    family = type_family.of(type, shape), subtype = subtype })
end

---Every column: of a table's name or alias, or of all.
function expression.star(qualifier)
  return term.new("star", { qualifier = qualifier })
end

---@param texts string[]  what stands between the arguments
---@param arguments moonpool.sql.Expression[]
function expression.fragment(texts, arguments)
  return term.new("fragment", { source = table.concat(texts, "\0"), texts = texts,
    arguments = arguments })
end

---`row(a, b)`: a value of several, as composites are written.
function expression.named_row(...)
  return construct.row(table.pack(...), true)
end

---What a select of one column gives, as a value.
---@param statement table
function expression.scalar(statement)
  if not term.is_statement(statement) then
    term.refuse(("scalar takes a select, not a %s"):format(type(statement)),
      "mp.scalar(mp.select { mp.fn.count() }:from(Model))")
  end
  return term.of(statement)
end

---@param statement table  a select
function expression.exists(statement)
  return construct.exists(statement)
end

---@param statement table  a select
function expression.not_exists(statement)
  return construct.exists(statement, true)
end

function expression.label(operand, name)
  local value = term.constant(operand)
  if value.kind == "label" then value = value.operand end
  return term.new("label", { operand = value, name = name, type = value.type,
    family = value.family })
end

---@param name string
function expression.call(name, ...)
  return call.new(nil, name, ...)
end

for _, module in ipairs { comparison, pattern, json, container, full_text, call, arithmetic,
  infix, sql_json } do
  for name, method in pairs(module.methods) do Expression[name] = method end
end
for event, method in pairs(arithmetic.metamethods) do Expression[event] = method end

local function refuse_operator(sign, method)
  return function()
    term.refuse(("Lua's %s cannot make a condition"):format(sign), "write a:" .. method .. "(b)")
  end
end

Expression.__lt = refuse_operator("< and >", "lt")
Expression.__le = refuse_operator("<= and >=", "le")

---@param type_name string  SQL, from code
function Expression:cast(type_name)
  if type(type_name) ~= "string" or type_name == "" then
    term.refuse("a cast takes the name of a type", 'cast "int4"')
  end
  local operand = term.operand(self)
  if json.is_part(operand) then operand = json.castable(operand, type_name) end
  return term.new("cast", { operand = operand, type = type_name,
    family = type_family.of(type_name) })
end

---A timestamp in a time zone.
---@param zone any  a name, an interval or an expression
function Expression:at_time_zone(zone)
  return term.new("zone", { operand = term.operand(self), zone = term.operand(zone) })
end

---@param name string  in a select's list; for a call in `from`: the table's
---@param columns? (string | string[])[]  of a call in `from`: names, or { name, type } for records
function Expression:as(name, columns)
  if columns == nil and self.kind ~= "json_table" then return expression.label(self, name) end
  local source = require "moonpool.sql.source"
  local own = source.of(expression.label(self, name))
  return source.reference(columns and own:renamed(columns) or own)
end

local function ordered(self, changes)
  local is_order = self.kind == "order"
  return term.new("order", { operand = is_order and self.operand or term.operand(self),
    direction = changes.direction or is_order and self.direction or "asc",
    nulls = changes.nulls or is_order and self.nulls or nil })
end

function Expression:asc() return ordered(self, { direction = "asc" }) end
function Expression:desc() return ordered(self, { direction = "desc" }) end
function Expression:nulls_first() return ordered(self, { nulls = "first" }) end
function Expression:nulls_last() return ordered(self, { nulls = "last" }) end

---A function in `from` numbers its rows in a last column.
function Expression:with_ordinality()
  if self.kind ~= "call" and self.kind ~= "rows_from" then
    term.refuse("with_ordinality belongs to a function in from",
      'mp.fn.unnest(list):with_ordinality():as("t", { "value", "place" })')
  end
  return term.new("ordinality", { operand = self })
end

node.layout("ordinality", {}, { "operand" })

---@return string sql
---@return table params
function Expression:sql()
  return compiler.compile(self)
end

function Expression:__tostring()
  return (compiler.compile(self))
end

---The row that an insert could not put in, in `on_conflict(...):update { ... }`.
expression.excluded = setmetatable({}, {
  __index = function(_, name) return expression.column("excluded", name) end,
  __newindex = function() error("mp.excluded cannot be changed", 2) end,
})

---What a column has where an insert or update gives it nothing.
expression.default = construct.raw "default"

return expression
