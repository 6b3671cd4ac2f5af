-- Methods of arrays, ranges, JSON and the like: what is in them, what they share, their parts.
local fit = require "moonpool.sql.fit"
local json = require "moonpool.sql.json"
local node = require "moonpool.sql.node"
local null = require "moonpool.null"
local pattern = require "moonpool.sql.pattern"
local term = require "moonpool.sql.term"
local type_family = require "moonpool.sql.type_family"

local container = { methods = {} }

local methods = container.methods

node.layout("subscript", {}, { "operand", "lower", "upper" })
node.layout("field", { "name" }, { "operand" })

local CONTAINERS = { "array", "jsonb", "range", "hstore", "ltree", "network", "text" }
local SETS = { "array", "range", "network" }

-- A value of mp.range, or a text like "[1,5)".
local function is_range(value)
  if type(value) == "string" then
    return value == "empty" or value:find "^[%[({].*[%])}]$" ~= nil
  end
  return type(value) == "table" and (value.lower_inc ~= nil or value.empty ~= nil)
end

-- Beside a range an untyped parameter would be a range.
local function range_operand(self, value)
  if term.is(value) or term.is_statement(value) or value == null or is_range(value) then
    return value
  end
  return term.param(value, self.subtype or type_family.range_element(self.type))
end

-- A text may be an array as the server writes it.
local function array_operand(value, method)
  local is_list = type(value) == "table" or type(value) == "userdata"
    or type(value) == "string" and value:find "^[{%[]"
  if is_list then return value end
  term.refuse(("%s of an array takes a list, not a %s"):format(method, type(value)),
    ('%s { "a", "b" }; :any "a" asks for one element'):format(method))
end

local function right_of(self, value, method)
  if self.family == "array" then return array_operand(value, method) end
  return self.family == "range" and range_operand(self, value) or value
end

local OPERATORS = { network = { contains = ">>=", contained_by = "<<=" } }

local function operator_of(self, name, default)
  local own = OPERATORS[self.family]
  return own and own[name] or default
end

---All of an array, range or JSON value in this one; in a text column, that text somewhere in it.
function methods.contains(self, value)
  local operand = term.operand(self)
  fit.check(operand, "contains", CONTAINERS)
  if operand.family == "text" then return pattern.contains(operand, value) end
  return term.binary(operator_of(operand, "contains", "@>"), operand,
    right_of(operand, value, "contains"), "bool")
end

function methods.contained_by(self, value)
  local operand = term.operand(self)
  fit.check(operand, "contained_by", { "array", "jsonb", "range", "hstore", "ltree", "network",
    "number", "time" })
  local is_value = not term.is(value) and not term.is_statement(value)
  local range = is_value and type_family.range_of(operand.type)
  if range then value = term.param(value, range) end
  if operand.family == "array" then value = array_operand(value, "contained_by") end
  return term.binary(operator_of(operand, "contained_by", "<@"), operand, value, "bool")
end

function methods.overlaps(self, value)
  local operand = term.operand(self)
  fit.check(operand, "overlaps", SETS)
  if operand.family == "array" then value = array_operand(value, "overlaps") end
  return term.binary("&&", operand, value, "bool")
end

local RANGE_OPERATORS = { adjacent = "-|-", left_of = "<<", right_of = ">>",
  not_right_of = "&<", not_left_of = "&>" }
for name, operator in pairs(RANGE_OPERATORS) do
  methods[name] = function(self, value)
    local operand = term.operand(self)
    fit.check(operand, name, { "range" })
    return term.binary(operator, operand, value, "bool")
  end
end

local function element(self, lower, upper)
  local type = not upper and type_family.array_element(self.type) or self.type
  return term.new("subscript", { operand = self, lower = term.operand(lower),
    upper = upper and term.operand(upper), type = type, family = type_family.of(type) })
end

---A part of JSON by key or place, or an element of an array, which are counted from 1.
function methods.at(self, ...)
  local operand = term.operand(self)
  if select("#", ...) == 0 then
    term.refuse("at names no part", 'at "key" of JSON, at(1) of an array')
  end
  if operand.family == "array" then
    for index = 1, select("#", ...) do operand = element(operand, (select(index, ...))) end
    return operand
  end
  if operand.family == "hstore" then return term.binary("->", operand, (...), "text") end
  fit.check(operand, "at", { "jsonb", "json", "array" })
  return json.at(operand, ...)
end

---A part of an array, both places in it.
function methods.slice(self, first, last)
  fit.check(self, "slice", { "array" })
  return element(term.operand(self), first, last)
end

---How many elements an array has (0 where it is empty), or characters a text.
function methods.length(self)
  local operand = term.operand(self)
  fit.check(operand, "length", { "array", "text", "jsonb" })
  local names = { text = "length", jsonb = "jsonb_array_length" }
  return term.new("call", { name = names[operand.family] or "cardinality",
    arguments = { operand }, type = "int4", family = "number" })
end

---Whether an element of an array equals the value.
function methods.any(self, value)
  local operand = term.operand(self)
  fit.check(operand, "any", { "array" })
  return term.binary("=", value, term.new("quantified", { what = "any", operand = operand }),
    "bool")
end

---A field of a composite value.
function methods.field(self, name)
  return term.new("field", { operand = term.operand(self), name = name })
end

return container
