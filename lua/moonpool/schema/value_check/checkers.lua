-- The check of each type by its short name.
local json = require "moonpool.schema.value_check.json"
local kind = require "moonpool.schema.value_check.kind"
local number = require "moonpool.schema.value_check.number"
local null = require "moonpool.null"
local suggest = require "moonpool.util.suggest"
local text = require "moonpool.schema.value_check.text"

local checkers = {}

local BOOLEANS = {}
for word in ("t tr tru true y ye yes on 1 f fa fal fals false n no of off 0"):gmatch "%S+" do
  BOOLEANS[word] = true
end

local function bool()
  return function(value)
    if type(value) == "boolean" then return nil end
    local word = type(value) == "string" and value:match "^%s*(.-)%s*$":lower()
    if word and BOOLEANS[word] then return nil end
    return kind.mismatch(value, "bool"), "give true or false"
  end
end

-- There is one infinity for both kinds of timestamps.
local function is_infinite(value)
  return tostring(value):find "infinity" ~= nil
end

local function offset_check(class, name, offset)
  if offset == nil then return function() end end
  local given = offset and "without" or "with"
  local message = ("a %s %s an offset is not %s"):format(class, given, name)
  return function(value)
    if value:has_offset() == offset or is_infinite(value) then return nil end
    return message, offset and "give it one" or "make it without one"
  end
end

-- Texts are for the server to parse; values must be of the type's own class.
local function of_class(class, offset)
  return function(read)
    local check = offset_check(class, read.base, offset)
    return function(value)
      if type(value) == "string" then return text.refusal(value) end
      if kind.class(value) == class then return check(value) end
      return kind.mismatch(value, read.base), ("give an mp.%s or a string"):format(class)
    end
  end
end

local function hstore_refusal(key, item)
  local is_text = type(item) == "string" or item == null
  if type(key) ~= "string" or not is_text then
    return "an hstore has strings alone, as keys and as values", "use tostring(x), or jsonb"
  end
  local message, hint = text.refusal(key)
  if message or item == null then return message, hint end
  return text.refusal(item)
end

local function hstore(read)
  return function(value)
    if type(value) == "string" then return text.refusal(value) end
    if type(value) ~= "table" then return kind.mismatch(value, read.base), "give a table" end
    for key, item in pairs(value) do
      local message, hint = hstore_refusal(key, item)
      if message then return message, hint end
    end
  end
end

local function bound_checks(read)
  local make = read.dimensions == 0 and checkers.by_type[read.base]
  local check = make and make(read) or function() end
  return function(value)
    for _, side in ipairs { "lower", "upper" } do
      if value[side] ~= nil then
        local message, hint = check(value[side])
        if message then return ("%s in its %s bound"):format(message, side), hint end
      end
    end
  end
end

---@param subtype moonpool.schema.TypeName  of what lies in the ranges
---@param name string  of their own type
---@return moonpool.schema.Check
function checkers.range(subtype, name)
  local check = bound_checks(subtype)
  return function(value)
    if type(value) == "string" then return text.refusal(value) end
    if kind.class(value) ~= "range" then
      return kind.mismatch(value, name), "give an mp.range or a string"
    end
    return check(value)
  end
end

local function range_of(element)
  return function(read)
    return checkers.range({ base = element, modifiers = {}, dimensions = 0 }, read.base)
  end
end

---Each makes a check from a type's name as it is read.
---@type table<string, fun(read: moonpool.schema.TypeName): moonpool.schema.Check>
checkers.by_type = {
  int2 = number.integer(-0x8000, 0x7fff), int4 = number.integer(-0x80000000, 0x7fffffff),
  int8 = number.integer(math.mininteger, math.maxinteger), oid = number.integer(0, 0xffffffff),
  float4 = number.float, float8 = number.float, numeric = number.numeric,
  varchar = text.varchar, char = text.char, name = text.name, bytea = text.bytea,
  uuid = text.uuid, bit = text.bit, varbit = text.varbit,
  bool = bool, json = json, jsonb = json, hstore = hstore,
  timestamp = of_class("timestamp", false), timestamptz = of_class("timestamp", true),
  date = of_class "date", time = of_class("time", false), timetz = of_class("time", true),
  interval = of_class "interval",
  int4range = range_of "int4", int8range = range_of "int8", numrange = range_of "numeric",
  daterange = range_of "date", tsrange = range_of "timestamp", tstzrange = range_of "timestamptz",
}

local TEXTS = "text bpchar citext xml inet cidr macaddr macaddr8 tsvector tsquery ltree"
for name in TEXTS:gmatch "%S+" do checkers.by_type[name] = text.plain end

---@param labels string[]
---@return moonpool.schema.Check
function checkers.enum(labels)
  local known = {}
  for _, label in ipairs(labels) do known[label] = true end
  local all = 'its labels are "' .. table.concat(labels, '", "') .. '"'
  return function(value)
    if type(value) ~= "string" then return kind.mismatch(value, "one of the labels"), all end
    if known[value] then return nil end
    return "the string is none of its labels" .. suggest.phrase(value, labels), all
  end
end

return checkers
