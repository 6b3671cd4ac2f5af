-- Numbers: what fits an integer type, a float, and a numeric's digits.
local kind = require "moonpool.schema.value_check.kind"

local number = {}

-- The shortest text that reads back as the same number, as it is sent.
local function float_text(value)
  if value ~= value then return "nan" end
  if math.abs(value) == math.huge then return "inf" end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then return text end
  end
end

local function trimmed(text)
  return text:match "^%s*(.-)%s*$"
end

-- A number as text, or nil for what is none.
local function text_of(value)
  if math.type(value) == "integer" then return tostring(value) end
  if type(value) == "number" then return float_text(value) end
  if type(value) == "string" then return trimmed(value) end
  return kind.class(value) == "decimal" and tostring(value) or nil
end

-- The integer that is meant; nil for a fraction or what is beyond 64 bits.
local function integer_of(value)
  if type(value) == "number" then return math.tointeger(value) end
  local digits = text_of(value):match "^([+-]?%d+)%.?0*$"
  return digits and math.tointeger(tonumber(digits)) or nil
end

local function is_number_text(text)
  local mantissa = text:gsub("[eE][+-]?%d+$", "")
  return mantissa:find "^[+-]?%d+%.?%d*$" or mantissa:find "^[+-]?%.%d+$"
end

local function refuse_text(type_sql)
  return ("the string is not %s"):format(type_sql), "give a number"
end

local function fraction_refusal(text, name)
  if not text:find "%.%d*[1-9]" or text:find "[eE]" then return nil end
  return ("a number with a fraction is not %s"):format(name), "round it first (math.floor)"
end

---@param low integer
---@param high integer
---@return fun(read: moonpool.schema.TypeName): moonpool.schema.Check
function number.integer(low, high)
  local function fits(integer) return integer and integer >= low and integer <= high end

  return function(read)
    local name = read.base
    local range = ("%s holds integers from %d to %d"):format(name, low, high)
    return function(value)
      if math.type(value) == "integer" and fits(value) then return nil end
      local text = text_of(value)
      if text == nil then return kind.mismatch(value, name), "give an integer" end
      if type(value) == "string" and not text:find "^[+-]?%d+$" then return refuse_text(name) end
      if fits(integer_of(value)) then return nil end
      local message, hint = fraction_refusal(text, name)
      return message or ("%s does not fit %s"):format(kind.of(value), name), hint or range
    end
  end
end

local function to_single(value)
  return string.unpack("f", string.pack("f", value))
end

-- What a float4 reads back as: the number of its shortest digits.
local function read_back(single)
  for digits = 1, 9 do
    local shortest = tonumber(("%%.%dg"):format(digits):format(single))
    if to_single(shortest) == single then return shortest end
  end
end

-- A number that a float cannot hold is refused rather than rounded.
local function is_exact(value, is_single)
  if type(value) ~= "number" or value ~= value then return true end
  if math.type(value) == "integer" and math.tointeger(value + 0.0) ~= value then return false end
  if not is_single then return true end
  local single = to_single(value)
  if math.abs(single) == math.huge then return math.abs(value) == math.huge end
  return single == value or read_back(single) == value
end

local SPECIAL = { nan = true, inf = true, infinity = true }

local function is_special(text)
  return SPECIAL[(text:lower():gsub("^[+-]", ""))] == true
end

---@return moonpool.schema.Check
function number.float(read)
  local name = read.base
  local is_single = name == "float4"
  return function(value)
    if type(value) == "string" then
      local text = trimmed(value)
      if is_number_text(text) or is_special(text) then return nil end
      return refuse_text(name)
    end
    if not text_of(value) then return kind.mismatch(value, name), "give a number" end
    if is_exact(value, is_single) then return nil end
    return ("%s of so many digits does not fit %s"):format(kind.of(value), name),
      "declare the column as float8, int8 or numeric, or round the number"
  end
end

-- Digits before the point (negative for zeros after it) and after it.
local function count_digits(text)
  local mantissa, exponent = text:match "^[+-]?([%d.]+)[eE]?([+-]?%d*)$"
  local whole, fraction = mantissa:match "^(%d*)%.?(%d*)$"
  local point = #whole + (math.tointeger(tonumber(exponent)) or 0)
  local digits = (whole .. fraction):gsub("0+$", "")
  local leading = #digits:match "^0*"
  if leading == #digits then return -math.huge, 0 end
  return point - leading, #digits - point
end

local function precision_check(name, precision, scale)
  local most = precision - scale
  return function(text)
    if text:lower():find "inf" then
      return ("infinity does not fit %s"):format(name), "use numeric without a precision"
    end
    local whole, fraction = count_digits(text)
    if whole > most then
      return ("a number with so many digits before the point does not fit %s"):format(name),
        ("it holds numbers below 1e%d"):format(most)
    end
    if fraction <= scale then return nil end
    return ("a number with so many digits after the point does not fit %s"):format(name),
      ("round it first: mp.decimal(x):round(%d)"):format(scale)
  end
end

---Digits beyond the scale are refused: the server would round them, and store something else.
---@return moonpool.schema.Check
function number.numeric(read)
  local precision, scale = read.modifiers[1], read.modifiers[2] or 0
  local name = precision and ("numeric(%d,%d)"):format(precision, scale) or "numeric"
  local check = precision and precision_check(name, precision, scale)
  return function(value)
    local text = text_of(value)
    if not text then return kind.mismatch(value, name), "give a number or an mp.decimal" end
    local special = is_special(text)
    if not special and not is_number_text(text) then return refuse_text(name) end
    if check and not text:lower():find "nan" then return check(text) end
  end
end

return number
