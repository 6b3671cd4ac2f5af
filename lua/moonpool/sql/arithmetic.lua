-- Operators of Lua as operators of SQL, and those of SQL that Lua has no sign for.
local fit = require "moonpool.sql.fit"
local node = require "moonpool.sql.node"
local term = require "moonpool.sql.term"
local type_family = require "moonpool.sql.type_family"

local arithmetic = { methods = {}, metamethods = {} }

node.layout("not", {}, { "operand" })
node.layout("negate", {}, { "operand" })

-- Beside an untyped parameter the server takes the other side's type, which a constant would not.
local function beside(value, other)
  if term.is(value) or term.is_statement(value) then return value end
  local cast = term.constant_type(value, "numeric")
  local is_fraction = cast == "numeric" and type_family.is_integer(other.type)
  local is_days = cast == "int4" and other.type == "date"
  local is_wide = cast == "int8" and type_family.is_integer(other.type)
  if cast == "interval" or is_fraction or is_wide or is_days then return term.param(value, cast) end
  return value
end

local function typed(left, right)
  local first, second = term.operand(left), term.operand(right)
  local type = first.type == second.type and first.type or nil
  if second.kind == "param" and not second.sent_as and first.family == "number" then
    type = first.type
  end
  return type
end

local NUMBERS = { "number", "interval", "time", "range", "network", "hstore", "jsonb", "bits" }

local function calculate(operator)
  return function(left, right)
    for _, side in ipairs { left, right } do
      if term.is(side) and side.family ~= "jsonb" then
        fit.check(side, ('"%s"'):format(operator), NUMBERS)
      elseif term.is(side) and operator ~= "-" then
        fit.check(side, ('"%s"'):format(operator), { "number" })
      end
    end
    local made_left = term.is(left) and left or beside(left, right)
    local made_right = term.is(right) and right or beside(right, left)
    return term.binary(operator, made_left, made_right, typed(left, right))
  end
end

for event, operator in pairs { __add = "+", __sub = "-", __mul = "*", __div = "/", __mod = "%",
  __pow = "^" } do
  arithmetic.metamethods[event] = calculate(operator)
end

local function bitwise(operator)
  return function(left, right) return term.binary(operator, left, right) end
end

arithmetic.metamethods.__shl = bitwise "<<"
arithmetic.metamethods.__shr = bitwise ">>"

function arithmetic.metamethods.__concat(left, right)
  local first, second = term.operand(left), term.operand(right)
  local kept = first.type and first or second
  return term.new("binary", { operator = "||", left = first, right = second,
    type = kept.type, family = kept.family })
end

local function check_condition(value, sign)
  if term.is(value) or term.is_statement(value) then return value end
  term.refuse(('"%s" joins conditions, and a %s is none'):format(sign, type(value)),
    "write a:eq(1) & b:eq(2); with brackets around what is not one call")
end

local function logic(operator, sign)
  return function(left, right)
    return term.binary(operator, check_condition(left, sign), check_condition(right, sign), "bool")
  end
end

arithmetic.metamethods.__band = logic("and", "&")
arithmetic.metamethods.__bor = logic("or", "|")

function arithmetic.metamethods.__bnot(operand)
  return term.new("not", { operand = term.operand(operand), type = "bool" })
end

function arithmetic.metamethods.__unm(operand)
  fit.check(operand, '"-"', { "number", "interval" })
  return term.new("negate", { operand = term.operand(operand), type = operand.type })
end

-- `&`, `|` and `~` are logic here.
for name, operator in pairs { bit_and = "&", bit_or = "|", bit_xor = "#" } do
  arithmetic.methods[name] = bitwise(operator)
end

return arithmetic
