-- Expressions made of others: literals, arrays, rows, conditional values.
local literal = require "moonpool.sql.literal"
local node = require "moonpool.sql.node"
local term = require "moonpool.sql.term"

local construct = {}

node.layout("raw", { "text" }, {})
node.layout("row", { "named" }, { "items" })
node.layout("tuple", {}, { "items" })
node.layout("array", { "element" }, { "items" })
node.layout("array_query", {}, { "statement" })
node.layout("case", {}, { "of", "branches", "otherwise" })
node.layout("branch", {}, { "condition", "value" })
node.layout("exists", { "negated" }, { "statement" })

---SQL text as it stands; it must come from code, never from data.
function construct.raw(text)
  return term.new("raw", { text = text })
end

---A value as a part of the text, for where a parameter cannot stand; it must come from code.
---@param value any  a string, number, boolean, mp.null, or what has a text
function construct.literal(value)
  local text = literal.quote(value)
  if text:find "^%-" then text = "(" .. text .. ")" end
  local type = term.constant_type(value, "numeric")
  return term.new("raw", { text = text, type = type })
end

-- `array(select ...)`, whose elements are of the type that the select's one column has.
local function array_of(statement, element)
  if element ~= nil then
    term.refuse("an array of a select has its column's type", "mp.array(query), without a type")
  end
  local outputs = statement.outputs and statement:outputs()
  local type = outputs and outputs.types[outputs.names[1]]
  return term.new("array_query", { statement = term.query(statement),
    type = type and type .. "[]", family = "array" })
end

local function check_items(items, element)
  if type(items) ~= "table" or term.is(items) then
    term.refuse("array takes a list", "mp.array { a, b }")
  end
  if element ~= nil and type(element) ~= "string" then
    term.refuse(("the type of an array's elements is a text, not a %s"):format(type(element)),
      'mp.array({ 1, 2 }, "int4")')
  end
  if #items == 0 and not element then
    term.refuse("an empty array does not tell its type", 'mp.array({}, "int4")')
  end
end

---`array[a, b]`; a type where there is no element, or none that tells it.
---@param items any[] | table  a list, or a select of one column: `array(select ...)`
---@param element string?  SQL type of the elements
function construct.array(items, element)
  if term.is_statement(items) then return array_of(items, element) end
  check_items(items, element)
  local list = term.list(items, element and term.operand or term.constant)
  return term.new("array", { items = list, element = element,
    type = element and element .. "[]", family = "array" })
end

---@param items any[]  expressions or values
---@param is_named boolean?  with the word `row`
function construct.row(items, is_named)
  return term.new("row", { items = term.list(items, term.operand), named = is_named })
end

function construct.exists(statement, is_negated)
  if not term.is_statement(statement) then
    term.refuse(("exists takes a select, not a %s"):format(type(statement)),
      "mp.exists(mp.select { ... }:from(Model))")
  end
  return term.new("exists", { statement = term.query(statement), negated = is_negated })
end

local function branch_of(given, at)
  if type(given) ~= "table" or given[1] == nil or given[2] == nil then
    term.refuse(("branch %d of a case has no condition and value"):format(at),
      'mp.case { { column:gt(1), "many" }, otherwise = "one" }')
  end
  return given
end

-- When no branch tells the type, the values do.
local function value_maker(given)
  if term.is(given.otherwise) then return term.operand end
  for at, branch in ipairs(given) do
    if term.is(branch_of(branch, at)[2]) then return term.operand end
  end
  return term.constant
end

---`case { { condition, value }, ..., otherwise = value }`; with `of = x`, conditions are values
---that x is compared with.
function construct.case(given)
  if type(given) ~= "table" or #given == 0 then
    term.refuse("a case has no branches", 'mp.case { { column:gt(1), "many" }, otherwise = "one" }')
  end
  local branches, make = {}, value_maker(given)
  for at, branch in ipairs(given) do
    local condition, value = branch_of(branch, at)[1], branch[2]
    if given.of == nil and not term.is(condition) then
      term.refuse(("the condition of branch %d is a %s"):format(at, type(condition)),
        "write column:eq(value), or give the case what it compares: of = column")
    end
    branches[at] = term.new("branch", { condition = term.operand(condition), value = make(value) })
  end
  return term.new("case", { branches = branches, of = given.of and term.operand(given.of),
    otherwise = given.otherwise ~= nil and make(given.otherwise) or nil })
end

return construct
