-- Texts: UTF-8 without NUL, and not longer than the column; bit strings and uuids.
local kind = require "moonpool.schema.value_check.kind"

local text = {}

---What no text of the server may hold.
---@param value string
---@return string?, string?
function text.refusal(value)
  if value:find("\0", 1, true) then
    return "a string with a NUL byte cannot be stored as text", "use bytea for bytes"
  end
  if not utf8.len(value) then
    return "the string is not valid UTF-8", "convert it to UTF-8, or use bytea for bytes"
  end
end

local function length_check(limit, is_padded)
  return function(value)
    local counted = is_padded and value:match "^(.-) *$" or value
    if #counted <= limit or utf8.len(counted) <= limit then return nil end
    return ("a string of %d characters is longer than %d"):format(utf8.len(counted), limit),
      "shorten it, or declare the column with a greater length"
  end
end

local function string_check(name, also)
  return function(value)
    if type(value) ~= "string" then
      return kind.mismatch(value, name),
        type(value) == "number" and "give a string: tostring(x)" or "give a string"
    end
    local message, hint = text.refusal(value)
    if message or not also then return message, hint end
    return also(value)
  end
end

---@return moonpool.schema.Check
function text.plain(read)
  return string_check(read.base)
end

---@return moonpool.schema.Check
function text.varchar(read)
  local limit = read.modifiers[1]
  return string_check(read.base, limit and length_check(limit))
end

---`char` alone is one character; blanks at its end do not count.
---@return moonpool.schema.Check
function text.char(read)
  return string_check(read.base, length_check(read.modifiers[1] or 1, true))
end

---@return moonpool.schema.Check
function text.name(read)
  return string_check(read.base, function(value)
    if #value > 63 then return "a name has at most 63 bytes", "shorten it" end
  end)
end

---@return moonpool.schema.Check
function text.bytea(read)
  return function(value)
    if type(value) ~= "string" then return kind.mismatch(value, read.base), "give a string" end
  end
end

local function refuse_uuid()
  return "the string is not a uuid", "32 hexadecimal digits: mp.uuid.v7() makes one"
end

-- What the server reads: in braces or not, a hyphen after any four digits.
local function uuid_form(value)
  local inner = value:match "^{(.*)}$" or value
  if inner:find "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x+$" and #inner == 36 then
    return nil
  end
  local digits = inner:gsub("(%x%x%x%x)%-", "%1")
  if #digits == 32 and digits:find "^%x+$" and not inner:find "%-$" then return nil end
  return refuse_uuid()
end

---@return moonpool.schema.Check
function text.uuid(read)
  return string_check(read.base, uuid_form)
end

local function bits_check(fits, expected)
  return function(value)
    if not value:find "^[01]*$" then
      return "the string is not one of bits", 'write "0101"'
    end
    if fits(#value) then return nil end
    return ("a string of %d bits does not fit"):format(#value), expected
  end
end

---@return moonpool.schema.Check
function text.bit(read)
  local size = read.modifiers[1] or 1
  return string_check(read.base, bits_check(function(length) return length == size end,
    ("give exactly %d bits"):format(size)))
end

---@return moonpool.schema.Check
function text.varbit(read)
  local size = read.modifiers[1] or math.huge
  return string_check(read.base, bits_check(function(length) return length <= size end,
    ("give at most %s bits"):format(size)))
end

return text
