-- random_expression.lua - random expressions over a row of numbers, booleans and texts, each as the
-- builder makes it and as SQL with a bracket around everything.
local mp = require "moonpool"
local source = require "moonpool.sql.source"

local random_expression = {}

local fn = mp.fn

-- The row's columns, by their types.
local COLUMNS = { number = { "a", "b", "c" }, truth = { "p", "q" }, text = { "s", "t" } }
random_expression.VALUES = "(values (7::int8, -3::int8, null::int8, true, null::bool,"
  .. " 'ab%c'::text, null::text)) as x (a, b, c, p, q, s, t)"

local NAMES = { "a", "b", "c", "p", "q", "s", "t" }
local TYPES = { a = "int8", b = "int8", c = "int8", p = "bool", q = "bool", s = "text", t = "text" }

-- The same columns, of types that are known and of types that are not.
local SOURCES = {
  source.new { name = "x", columns = NAMES },
  source.new { name = "x", columns = NAMES, type_of = function(name) return TYPES[name] end },
}

local function pick(list)
  return list[math.random(#list)]
end

local make

local function leaf(type)
  local name = pick(COLUMNS[type])
  return pick(SOURCES):column(name), "(" .. name .. ")"
end

local function both(type, depth)
  local left, left_sql = make(type, depth)
  local right, right_sql = make(type, depth)
  return left, right, left_sql, right_sql
end

local function infix(type, sign, apply)
  return function(depth)
    local left, right, left_sql, right_sql = both(type, depth)
    return apply(left, right), ("(%s %s %s)"):format(left_sql, sign, right_sql)
  end
end

local function prefix(type, template, apply)
  return function(depth)
    local operand, sql = make(type, depth)
    return apply(operand), template:format(sql)
  end
end

local function constant(depth)
  local operand, sql = make("number", depth)
  local value = math.random(-3, 9)
  return operand + value, ("(%s + (%d))"):format(sql, value)
end

local function choice(type)
  return function(depth)
    local condition, condition_sql = make("truth", depth)
    local left, right, left_sql, right_sql = both(type, depth)
    return mp.case { { condition, left }, otherwise = right },
      ("(case when %s then %s else %s end)"):format(condition_sql, left_sql, right_sql)
  end
end

local function between(depth)
  local low, high, low_sql, high_sql = both("number", depth)
  local operand, sql = make("number", depth)
  return operand:between(low, high), ("(%s between %s and %s)"):format(sql, low_sql, high_sql)
end

local MAKERS = {
  number = {
    infix("number", "+", function(l, r) return l + r end),
    infix("number", "-", function(l, r) return l - r end),
    infix("number", "*", function(l, r) return l * r end),
    infix("number", "&", function(l, r) return l:bit_and(r) end),
    infix("number", "|", function(l, r) return l:bit_or(r) end),
    prefix("number", "(- %s)", function(o) return -o end),
    prefix("number", "(%s %% 5)", function(o) return o % 5 end),
    prefix("text", "(length(%s)::int8)", function(o) return fn.length(o):cast "int8" end),
    prefix("number", "((%s)::text)::int8", function(o) return o:cast("text"):cast "int8" end),
    constant, choice "number",
  },
  truth = {
    infix("truth", "and", function(l, r) return l & r end),
    infix("truth", "or", function(l, r) return l | r end),
    infix("truth", "=", function(l, r) return l:eq(r) end),
    infix("number", "=", function(l, r) return l:eq(r) end),
    infix("number", "<", function(l, r) return l:lt(r) end),
    infix("number", "is distinct from", function(l, r) return l:is_distinct_from(r) end),
    infix("text", "like", function(l, r) return l:like(r) end),
    infix("text", "<>", function(l, r) return l:ne(r) end),
    prefix("truth", "(not %s)", function(o) return ~o end),
    prefix("truth", "(%s is true)", function(o) return o:is_true() end),
    prefix("truth", "(%s is not false)", function(o) return o:is_not_false() end),
    prefix("number", "(%s is null)", function(o) return o:is_null() end),
    prefix("truth", "(%s is not null)", function(o) return o:is_not_null() end),
    prefix("number", "(%s = any(array[1, 7]::int8[]))", function(o) return o:one_of { 1, 7 } end),
    between, choice "truth",
  },
  text = {
    infix("text", "||", function(l, r) return l .. r end),
    prefix("number", "(%s::text)", function(o) return o:cast "text" end),
    prefix("text", "(upper(%s))", function(o) return fn.upper(o) end),
    prefix("text", '(%s collate "C")', function(o) return o:collate "C" end),
    choice "text",
  },
}

---@param type "number" | "truth" | "text"
---@param depth integer
---@return moonpool.sql.Expression
---@return string sql  the same, with a bracket around each part
function make(type, depth)
  if depth == 0 or math.random(6) == 1 then return leaf(type) end
  return pick(MAKERS[type])(depth - 1)
end

random_expression.make = make

---@return string  one of the types
function random_expression.type()
  return pick { "number", "truth", "text" }
end

return random_expression
