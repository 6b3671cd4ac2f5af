-- identity_key.lua - what an object's primary key is as the key of a table.

-- A key of one column is its own value where Lua compares that by value: numbers, strings,
-- booleans. Values that Lua knows by their address (decimals, times, ranges) count by their text,
-- in which 1.50 is 1.5 and 1.00 the integer 1. Several columns, and NaN, become one string: each
-- part has a tag, and strings have a length, so that no two keys give the same.
local errors = require "moonpool.errors"
local null = require "moonpool.null"

local identity_key = {}

local function text_of(value)
  local metatable = getmetatable(value)
  local is_table = type(value) == "table"
  if type(value) ~= "userdata" and not (is_table and metatable and metatable.__tostring) then
    errors.raise {
      kind = "bad_argument",
      message = ("a %s cannot be part of a primary key"):format(type(value)),
      hint = "give the model a key of numbers, strings or uuids",
    }
  end
  local text = tostring(value)
  if text:find "^%-?%d+%.%d+$" then text = text:gsub("0+$", ""):gsub("%.$", "") end
  return text
end

local function settle(value)
  local kind = type(value)
  if kind == "number" or kind == "string" or kind == "boolean" then return value end
  local text = text_of(value)
  local number = tonumber(text)
  return math.type(number) == "integer" and number or text
end

local function pack_number(value)
  local whole = math.tointeger(value)
  if whole then return "i" .. string.pack(">i8", whole) end
  if value ~= value then return "n" end
  return "d" .. string.pack(">d", value)
end

local function pack(value)
  if type(value) == "number" then return pack_number(value) end
  if type(value) == "boolean" then return value and "t" or "f" end
  return "s" .. string.pack(">s4", value)
end

---@param values any[]  of the key's columns, in their order
---@param count integer  how many there are
---@return any identity  equal for equal keys; nil where one of the values is NULL
function identity_key.of(values, count)
  local parts = {}
  for at = 1, count do
    local value = values[at]
    if value == nil or value == null then return nil end
    parts[at] = settle(value)
  end
  if count == 1 and parts[1] == parts[1] then return parts[1] end
  for at = 1, count do parts[at] = pack(parts[at]) end
  return table.concat(parts)
end

---@param value any  of a key of one column
---@return any identity
function identity_key.of_one(value)
  if math.type(value) == "integer" or type(value) == "string" then return value end
  return identity_key.of({ value }, 1)
end

return identity_key
