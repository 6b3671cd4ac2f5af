-- Values of fields: when two are the same, and copies that stay when the first is changed; pure.
local null = require "moonpool.null"

local value = {}

-- Tables that may be changed where they are: JSON, arrays, composites, embedded values. One that
-- says how it compares (a range), and SQL, is a value as a number is.
local function is_container(item)
  if type(item) ~= "table" or item == null then return false end
  local meta = getmetatable(item)
  if type(meta) ~= "table" or meta.is_embedded then return true end
  return meta.__eq == nil and meta.__index == nil
end

local same_containers

local function equal(a, b) return a == b end

-- Values of two kinds may refuse to be compared; and a month compares as 30 days, which it is not.
-- Decimals are the same whatever their scale.
local function same_values(a, b)
  local is_compared, is_equal = pcall(equal, a, b)
  if not is_compared or not is_equal then return false end
  local text = tostring(a)
  return text == tostring(b) or text:find "^%-?%d+%.?%d*$" ~= nil
end

local function same_tables(a, b)
  if is_container(a) then return is_container(b) and same_containers(a, b) end
  return same_values(a, b)
end

---@return boolean
function value.same(a, b)
  if rawequal(a, b) then return true end
  local kind = type(a)
  if kind ~= type(b) then return false end
  if kind == "number" then return a == b or a ~= a and b ~= b end
  if kind == "userdata" then return same_values(a, b) end
  return kind == "table" and same_tables(a, b)
end

function same_containers(a, b)
  if getmetatable(a) ~= getmetatable(b) then return false end
  for key, item in next, a do
    if not value.same(item, b[key]) then return false end
  end
  for key in next, b do
    if a[key] == nil then return false end
  end
  return true
end

---@return any  the same value, of which nothing is shared that can be changed
function value.copy(item)
  if not is_container(item) then return item end
  local copy = {}
  for key, inner in next, item do copy[key] = value.copy(inner) end
  return setmetatable(copy, getmetatable(item))
end

---NULL as nil.
function value.absent(item)
  if item == null then return nil end
  return item
end

return value
