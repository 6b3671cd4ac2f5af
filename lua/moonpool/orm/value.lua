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

---@return boolean
function value.same(a, b)
  if a == b then return true end
  if a ~= a and b ~= b then return true end
  return is_container(a) and is_container(b) and same_containers(a, b)
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
