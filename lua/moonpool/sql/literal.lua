-- Lua values as SQL literals, for DDL, where parameters cannot stand.
local errors = require "moonpool.errors"
local null = require "moonpool.null"

local literal = {}

local function quote_string(value)
  if value:find("\0", 1, true) then
    errors.raise {
      kind = "bad_argument",
      message = "a text with a NUL byte cannot be written in SQL",
      hint = "store such data in a bytea column",
    }
  end
  local quoted = "'" .. value:gsub("'", "''") .. "'"
  if not value:find("\\", 1, true) then return quoted end
  return "E" .. quoted:gsub("\\", "\\\\")
end

local function quote_number(value)
  if math.type(value) == "integer" then
    -- The least integer has no positive form, so -x of the server's grammar would overflow.
    return value == math.mininteger and "'-9223372036854775808'::bigint" or tostring(value)
  end
  if value ~= value then return "'NaN'" end
  if value == math.huge then return "'Infinity'" end
  if value == -math.huge then return "'-Infinity'" end
  for digits = 15, 17 do
    local shown = ("%." .. digits .. "g"):format(value)
    if tonumber(shown) == value then return shown end
  end
end

-- Decimals, dates and the like; the core's own objects keep their metatables to themselves.
local function has_text(value)
  if type(value) == "userdata" then return not tostring(value):find "0x%x+%)?$" end
  local meta = getmetatable(value)
  return type(meta) == "table" and meta.__tostring ~= nil
end

---@param value any  a string, number, boolean, or what has a text, such as a decimal; nil and
---  mp.null are `null`
---@return string
function literal.quote(value)
  if value == nil or value == null then return "null" end
  if type(value) == "string" then return quote_string(value) end
  if type(value) == "number" then return quote_number(value) end
  if type(value) == "boolean" then return tostring(value) end
  if has_text(value) then return quote_string(tostring(value)) end
  errors.raise {
    kind = "bad_argument",
    message = ("a %s cannot be written as an SQL literal"):format(type(value)),
    hint = "give a string, number, boolean or mp.sql\"...\"",
  }
end

return literal
