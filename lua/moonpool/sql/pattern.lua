-- Methods of text: patterns, parts of it whatever they hold, and regular expressions.
local fit = require "moonpool.sql.fit"
local identifier = require "moonpool.sql.identifier"
local json = require "moonpool.sql.json"
local node = require "moonpool.sql.node"
local null = require "moonpool.null"
local term = require "moonpool.sql.term"

local pattern = { methods = {} }

local methods = pattern.methods

node.layout("collate", { "collation" }, { "operand" })

local TEXT = { "text" }

local function subject(self, name)
  local operand = term.operand(self)
  if json.is_part(operand) then return operand:as_text() end
  fit.check(operand, name, TEXT)
  return operand
end

local function check_text(name, value)
  local fits = type(value) == "string" or term.is(value) or term.is_statement(value)
    or value == null
  if fits then return value end
  term.refuse(("%s takes a text, not a %s"):format(name, type(value)), ('%s "a%%"'):format(name))
end

local OPERATORS = {
  like = "like", ilike = "ilike", not_like = "not like", not_ilike = "not ilike",
  similar_to = "similar to", regex = "~", iregex = "~*", not_regex = "!~", not_iregex = "!~*",
}
for name, operator in pairs(OPERATORS) do
  methods[name] = function(self, value)
    return term.binary(operator, subject(self, name), check_text(name, value), "bool")
  end
end

---A text in which nothing is a wildcard of LIKE any more.
---@param text string
---@return string
function pattern.escape(text)
  return (text:gsub("[\\%%_]", "\\%0"))
end

local function call(name, ...)
  return term.new("call", { name = name, arguments = { ... } })
end

local lower = function(value) return call("lower", term.operand(value)) end

-- With a column on the right there is nothing to escape beforehand.
local BY_EXPRESSION = {
  starts_with = function(left, right) return call("starts_with", left, right) end,
  ends_with = function(left, right)
    return term.binary("=", call("right", left, call("length", right)), right, "bool")
  end,
  contains = function(left, right)
    return term.binary(">", call("strpos", left, right), term.param(0, "int4"), "bool")
  end,
}

local LIKE = {
  starts_with = function(text) return text .. "%" end,
  ends_with = function(text) return "%" .. text end,
  contains = function(text) return "%" .. text .. "%" end,
}

local function part_method(name, what, is_folded)
  return function(self, value)
    local left, given = subject(self, name), check_text(name, value)
    if type(given) == "string" then
      return term.binary(is_folded and "ilike" or "like", left,
        LIKE[what](pattern.escape(given)), "bool")
    end
    local right = term.operand(given)
    if is_folded then left, right = lower(left), lower(right) end
    return BY_EXPRESSION[what](left, right)
  end
end

for _, what in ipairs { "starts_with", "ends_with" } do
  methods[what] = part_method(what, what, false)
  methods["i" .. what] = part_method("i" .. what, what, true)
end
methods.icontains = part_method("icontains", "contains", true)

---A part of a text; `contains` of text columns.
pattern.contains = part_method("contains", "contains", false)

---@param collation string  a name: "C", "de_DE"
function methods.collate(self, collation)
  local operand = subject(self, "collate")
  if type(collation) ~= "string" or collation == "" then
    term.refuse("a collation is named by a text", 'collate "C"')
  end
  return term.new("collate", { operand = operand, collation = identifier.quote(collation),
    type = operand.type, family = "text" })
end

return pattern
