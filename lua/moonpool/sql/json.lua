-- Methods of json and jsonb: parts by key or place, as jsonb or as text, and what is in them.
local fit = require "moonpool.sql.fit"
local null = require "moonpool.null"
local term = require "moonpool.sql.term"
local type_family = require "moonpool.sql.type_family"

local json = { methods = {} }

local methods = json.methods

local JSON = { "jsonb", "json" }

-- The same key is one parameter wherever it stands in a statement, so that a part which is selected
-- is the part that is grouped by. A constant's parameter is immutable and may be shared.
local keys = setmetatable({}, { __mode = "v" })

local function key_param(key)
  if not keys[key] then keys[key] = term.param(key, math.type(key) and "int4" or nil) end
  return keys[key]
end

local function with_type(operator, left, right, type)
  local made = term.binary(operator, left, right, type)
  rawset(made, "family", type)
  return made
end

local function check_key(key)
  if type(key) == "string" or math.type(key) == "integer" then return key_param(key) end
  if term.is(key) then return key end
  term.refuse(("at takes keys and places, not a %s"):format(type(key)),
    'at("key"), or at(0) for the first element of a JSON list')
end

---The part under a key, or at a place of a list; PostgreSQL counts JSON lists from 0, and from the
---end with negative numbers.
function json.at(self, ...)
  local made = self
  for at = 1, select("#", ...) do
    made = with_type("->", made, check_key((select(at, ...))),
      made.type == "json" and "json" or "jsonb")
    rawset(made, "is_part", true)
  end
  return made
end

---@return boolean  whether it is a part that can be read as text too
function json.is_part(expression)
  return expression.is_part == true
end

---A part as text: a JSON string without its quotes.
function methods.as_text(self)
  fit.check(self, "as_text", JSON)
  if not json.is_part(self) then return self:cast "text" end
  return with_type("->>", self.left, self.right, "text")
end

local function comparable_json(part)
  return part.type == "json" and part:cast "jsonb" or part
end

-- What another expression is compared with decides how the part is read.
local function beside_expression(part, other)
  local family = other.family
  if family == "jsonb" then return comparable_json(part) end
  if family and family ~= "text" and other.type then
    return part:as_text():cast(other.type)
  end
  return part:as_text()
end

---A part as what can be compared with the value: text with a string, jsonb with anything else.
---@param part moonpool.sql.Expression
---@param value any
function json.comparable(part, value)
  if term.is(value) then return beside_expression(part, value) end
  if term.is_statement(value) or type(value) == "string" or value == null then
    return part:as_text()
  end
  return comparable_json(part)
end

local function key_method(name, operator, check)
  methods[name] = function(self, given)
    fit.check(self, name, { "jsonb", "hstore" })
    return term.binary(operator, self, check(name, given), "bool")
  end
end

local function check_name(name, key)
  if type(key) == "string" then return key_param(key) end
  if term.is(key) then return key end
  term.refuse(("%s takes a key, not a %s"):format(name, type(key)), ('%s "theme"'):format(name))
end

local function check_names(name, list)
  if term.is(list) then return list end
  if type(list) == "table" and #list > 0 then
    return term.param(table.move(list, 1, #list, 1, {}), "text[]")
  end
  term.refuse(("%s takes a list of keys"):format(name), ('%s { "a", "b" }'):format(name))
end

key_method("has_key", "?", check_name)
key_method("has_any", "?|", check_names)
key_method("has_all", "?&", check_names)

local function path_method(name, operator)
  methods[name] = function(self, path)
    fit.check(self, name, { "jsonb" })
    return term.binary(operator, self, term.is(path) and path or term.param(path, "jsonpath"),
      "bool")
  end
end

path_method("path_exists", "@?")
path_method("path_matches", "@@")

---Without a key, keys or a place.
function methods.without(self, given)
  fit.check(self, "without", { "jsonb", "hstore" })
  local is_place = math.type(given) == "integer"
  local is_list = type(given) == "table" and not term.is(given)
  local right = given
  if is_list then right = check_names("without", given) end
  if is_place or type(given) == "string" then right = key_param(given) end
  return with_type("-", self, right, self.type or "jsonb")
end

---A type that the part's text is cast to; a part as JSON stays one.
---@return moonpool.sql.Expression
function json.castable(part, type_name)
  local family = type_family.of(type_name)
  if family == "json" or family == "jsonb" then return part end
  return part:as_text()
end

return json
