-- Page cursors: the values of the order's columns, typed, checked, and opaque.
local base64 = require "moonpool.util.base64"
local errors = require "moonpool.errors"
local naming = require "moonpool.schema.naming"

local cursor = {}

-- A table that has a text, such as a range, can be told from it.
local function is_plain(value)
  local metatable = getmetatable(value)
  return type(value) == "table" and not (type(metatable) == "table" and metatable.__tostring)
end

local function pack(value)
  if is_plain(value) then
    errors.raise { kind = "bad_argument", message = "a page cannot end at a value that is a table",
      hint = "order the repository by columns that are neither arrays nor JSON" }
  end
  if math.type(value) == "integer" then return "i" .. string.pack(">i8", value) end
  if type(value) == "number" then return "d" .. string.pack(">d", value) end
  if type(value) == "boolean" then return value and "t" or "f" end
  return "s" .. string.pack(">s4", tostring(value))
end

local readers = {
  i = function(bytes, at) return string.unpack(">i8", bytes, at) end,
  d = function(bytes, at) return string.unpack(">d", bytes, at) end,
  s = function(bytes, at) return string.unpack(">s4", bytes, at) end,
  t = function(_, at) return true, at end,
  f = function(_, at) return false, at end,
}

local function unpack(bytes)
  local values, at = {}, 1
  while at <= #bytes do
    local reader = readers[bytes:sub(at, at)]
    values[#values + 1], at = reader(bytes, at + 1)
  end
  return values
end

-- The order's text is in the check, so a cursor of another order is refused.
local function check_of(body, signature)
  return naming.digest(signature .. "\0" .. body)
end

---@param values any[]
---@param signature string  the order as text
---@return string
function cursor.encode(values, signature)
  local parts = {}
  for at, value in ipairs(values) do parts[at] = pack(value) end
  local body = table.concat(parts)
  return base64.encode(check_of(body, signature) .. body)
end

---Raises `bad_argument` for anything that `encode` did not make for this order.
---@param text any
---@param signature string
---@param count integer  how many values there must be
---@return any[]
function cursor.decode(text, signature, count)
  local bytes = type(text) == "string" and base64.decode(text) or ""
  local body = bytes:sub(9)
  if #bytes > 8 and check_of(body, signature) == bytes:sub(1, 8) then
    local ok, values = pcall(unpack, body)
    if ok and #values == count then return values end
  end
  errors.raise {
    kind = "bad_argument",
    message = "the page cursor is not one of this list",
    hint = "give what page().next or page().prev gave, with the same order; or start without one",
  }
end

return cursor
