-- Whether a method fits the type of what it is called on; where it does not, the error says the
-- fix.
local term = require "moonpool.sql.term"

local fit = {}

-- How each family is made text, or a part of it found that is.
local AS_TEXT = {
  json = ':at("key"):as_text() is a part of it as text',
  jsonb = ':at("key"):as_text() is a part of it as text',
  array = ":at(1) is its first element, :any(value) asks all of them",
  tsvector = ':matches "words" searches it',
}

local PLURALS = { text = "text", array = "arrays", jsonb = "jsonb", json = "json",
  range = "ranges", boolean = "booleans", number = "numbers", time = "times",
  interval = "intervals", tsvector = "tsvector", hstore = "hstore", ltree = "ltree",
  network = "inet and cidr", bits = "bits" }

local function name_of(expression)
  if expression.kind ~= "column" then return "this expression" end
  return (expression.qualifier and expression.qualifier .. "." or "") .. expression.name
end

local function has(families, family)
  for _, name in ipairs(families) do
    if name == family then return true end
  end
  return false
end

local function cure(expression, method, families)
  if expression.family == "json" and has(families, "jsonb") then
    return 'only jsonb has it: :cast("jsonb")'
  end
  if families[1] == "text" then
    return AS_TEXT[expression.family] or 'compare it as text: :cast("text")'
  end
  local names = {}
  for at, family in ipairs(families) do names[at] = PLURALS[family] end
  return ("%s is for %s; :cast(type) makes it one"):format(method, table.concat(names, ", "))
end

---Raises `bad_argument` when the expression's type is known and is none of the families.
---@param expression moonpool.sql.Expression
---@param method string  for the message
---@param families string[]
function fit.check(expression, method, families)
  local family = expression.family
  if not family or has(families, family) then return end
  term.refuse(("%s is of type %s, which has no %s"):format(name_of(expression),
    expression.type or family, method), cure(expression, method, families))
end

return fit
