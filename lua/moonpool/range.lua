-- range.lua - ranges: two bounds, each in or out, either of them absent where there is no end.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"

local range = {}

---@class moonpool.Range
---@field lower any?  nil without a lower end
---@field upper any?  nil without an upper end
---@field lower_inc boolean
---@field upper_inc boolean
---@field empty boolean
local Range = driver.range_class
Range.__index = Range

local BOUNDS = {
  ["[)"] = { true, false }, ["[]"] = { true, true }, ["()"] = { false, false },
  ["(]"] = { false, true },
}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function is_less(a, b)
  local compared, less = pcall(function() return a < b end)
  if compared then return less end
  refuse(("a range cannot have %s and %s as its bounds: they do not compare"):format(type(a),
    type(b)), "give both bounds the same type")
end

local function make(lower, upper, lower_inc, upper_inc, empty)
  return setmetatable({ lower = lower, upper = upper, lower_inc = lower_inc,
    upper_inc = upper_inc, empty = empty }, Range)
end

local function absent(value)
  if value == driver.null then return nil end
  return value
end

-- The order of strings is the server's: a collation's, an enum's, or of what they stand for.
local function is_ordered(lower, upper)
  if lower == nil or upper == nil then return true end
  if type(lower) == "string" and type(upper) == "string" then return true end
  return not is_less(upper, lower)
end

-- Between equal bounds there is something only when both are in.
local function is_empty(lower, upper, inclusive)
  return lower ~= nil and lower == upper and not (inclusive[1] and inclusive[2])
end

---`new(lower, upper, bounds)`: nil for a bound is no end there; `bounds` is "[)", "[]", "(]", "()",
---or "empty".
---@param lower any?
---@param upper any?
---@param bounds? string
---@return moonpool.Range
function range.new(lower, upper, bounds)
  if bounds == "empty" then return make(nil, nil, false, false, true) end
  local inclusive = BOUNDS[bounds or "[)"]
  if not inclusive then
    refuse(("the bounds of a range cannot be %s"):format(tostring(bounds)),
      'write "[)", "[]", "(]", "()" or "empty"')
  end
  lower, upper = absent(lower), absent(upper)
  if not is_ordered(lower, upper) then
    refuse("the lower bound of a range is above its upper bound", "swap the bounds")
  end
  if is_empty(lower, upper, inclusive) then return make(nil, nil, false, false, true) end
  return make(lower, upper, lower ~= nil and inclusive[1], upper ~= nil and inclusive[2], false)
end

---@param value any
---@return boolean
function range.is_range(value)
  return type(value) == "table" and getmetatable(value) == Range
end

-- Whether `a` begins at or before `b`.
local function begins_before(a, b)
  if a.lower == nil then return true end
  if b.lower == nil then return false end
  if a.lower == b.lower then return a.lower_inc or not b.lower_inc end
  return a.lower < b.lower
end

local function ends_after(a, b)
  if a.upper == nil then return true end
  if b.upper == nil then return false end
  if a.upper == b.upper then return a.upper_inc or not b.upper_inc end
  return b.upper < a.upper
end

-- Whether something is in both, when `a` begins first.
local function reaches(a, b)
  if a.upper == nil or b.lower == nil then return true end
  if a.upper == b.lower then return a.upper_inc and b.lower_inc end
  return b.lower < a.upper
end

local function contains_range(self, other)
  return begins_before(self, other) and ends_after(self, other)
end

---Whether a value, or all of another range, is in it.
---@param value any
---@return boolean
function Range:contains(value)
  if value == nil then return false end
  local other = range.is_range(value) and value or make(value, value, true, true, false)
  return other.empty or not self.empty and contains_range(self, other)
end

---Whether some value is in both.
---@param other moonpool.Range
---@return boolean
function Range:overlaps(other)
  if not range.is_range(other) then
    refuse(("a range overlaps ranges, not %s"):format(type(other)), "make one with mp.range")
  end
  if self.empty or other.empty then return false end
  return reaches(self, other) and reaches(other, self)
end

function Range.__eq(a, b)
  return a.empty == b.empty and a.lower == b.lower and a.upper == b.upper
    and a.lower_inc == b.lower_inc and a.upper_inc == b.upper_inc
end

-- As the server writes a bound: timestamps with a space and a numeric offset, whole floats without
-- their point.
local function bound_text(value)
  if value == nil then return "" end
  if math.type(value) == "float" and math.tointeger(value) then value = math.tointeger(value) end
  local text = tostring(value)
  if type(value) == "userdata" then
    text = text:gsub("^(-?%d+-%d+-%d+)T", "%1 "):gsub("Z$", "+00"):gsub("Z BC$", "+00 BC")
  end
  if text ~= "" and not text:find '[%s,"\\%(%)%[%]]' then return text end
  return '"' .. text:gsub('["\\]', "%0%0") .. '"'
end

function Range:__tostring()
  if self.empty then return "empty" end
  return (self.lower_inc and "[" or "(") .. bound_text(self.lower) .. ","
    .. bound_text(self.upper) .. (self.upper_inc and "]" or ")")
end

return range
