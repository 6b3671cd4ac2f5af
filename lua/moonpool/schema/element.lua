-- An element of an index, an exclusion or a partition's key: a column or an expression, and how it
-- is compared and sorted.
local expression = require "moonpool.sql.expression"
local given_module = require "moonpool.schema.given"
local options = require "moonpool.options"
local sql_text = require "moonpool.schema.sql_text"

local element = {}

---@class moonpool.schema.Element
---@field column string?
---@field expression string?  SQL, where it is no column
---@field collation string?
---@field operator_class string?
---@field parameters table<string, any>?  of the operator class
---@field order ("asc" | "desc")?
---@field nulls ("first" | "last")?
---@field with string?  of an exclusion: the operator

local Element = { __name = "moonpool.Element" }

local ROWS = {
  { name = "collation", kind = "any", doc = 'its name, or mp.sql"schema.name"' },
  { name = "operator_class", kind = "string" },
  { name = "parameters", kind = "settings", doc = "options of the operator class, by name" },
  { name = "order", kind = "choice", values = { "asc", "desc" } },
  { name = "nulls", kind = "choice", values = { "first", "last" } },
}

local WITH = { { name = "with", kind = "string", required = true,
  doc = 'the operator: { "room_id", with = "=" }' } }

local NO_OPERATOR = {}

-- `mp.sql"email":desc():nulls_last()` says order and nulls itself.
local function set_subject(item, subject, what)
  if expression.is_expression(subject) and subject.kind == "order" then
    item.order, item.nulls = subject.direction, subject.nulls
    subject = subject.operand
  end
  if expression.is_expression(subject) then
    item.expression = sql_text(subject, what)
  else
    given_module.check_name(what, subject)
    item.column = subject
  end
  return item
end

local function is_plain(value)
  return type(value) ~= "table" or expression.is_expression(value)
end

---@param value any  a column's name, an expression, `{ either, order =, nulls =, ... }`, or what
---  this made of one
---@param what string  for messages
---@param kind ("exclusion")?  whose elements have an operator each
---@return moonpool.schema.Element
function element.read(value, what, kind)
  if getmetatable(value) == Element then return value end
  local list, rest = given_module.split(is_plain(value) and { value } or value)
  if #list ~= 1 then
    given_module.refuse(what, "an element is one column or expression",
      '"email", mp.sql"lower(email)" or { "email", order = "desc" }')
  end
  local rows = given_module.rows(ROWS, kind == "exclusion" and WITH or NO_OPERATOR)
  local item = options.read(rows, rest, { kind = "bad_argument", what = what })
  return setmetatable(set_subject(item, list[1], what), Element)
end

---@param items moonpool.schema.Element[]
---@return string[]  what a name is made of
function element.parts(items)
  local parts = {}
  for at, item in ipairs(items) do
    parts[at] = (item.column or item.expression):gsub("[^%w_]+", "_"):gsub("^_+", "")
      :gsub("_+$", "")
  end
  return parts
end

---@param items moonpool.schema.Element[]
---@return string[]  the columns among them
function element.columns(items)
  local columns = {}
  for _, item in ipairs(items) do columns[#columns + 1] = item.column end
  return columns
end

return element
