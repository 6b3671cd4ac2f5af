-- The nearest known name to a mistyped one, for "did you mean".
local suggest = {}

local MAX_LENGTH = 64

local function next_row(previous, byte, name, i)
  local row = { [0] = i }
  for j = 1, #name do
    local cost = byte == name:byte(j) and 0 or 1
    row[j] = math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost)
  end
  return row
end

---Edits (insert, delete, replace one byte) from one text to the other.
---@param a string
---@param b string
---@return integer
function suggest.distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do row = next_row(row, a:byte(i), b, i) end
  return row[#b]
end

local function names_of(names)
  local list = {}
  for key, value in pairs(names) do
    list[#list + 1] = type(key) == "number" and tostring(value) or tostring(key)
  end
  table.sort(list)
  return list
end

---The closest of the names, or nil when none is close.
---@param given string
---@param names table  a list of names, or a table whose keys are names
---@return string?
function suggest.nearest(given, names)
  if #given > MAX_LENGTH then return nil end
  local best, best_distance = nil, math.max(1, math.min(3, #given // 2)) + 1
  for _, name in ipairs(names_of(names)) do
    local distance = #name <= MAX_LENGTH and suggest.distance(given:lower(), name:lower())
    if distance and distance < best_distance then best, best_distance = name, distance end
  end
  return best
end

---` (did you mean "x"?)`, or the empty string.
---@param given any
---@param names table
---@return string
function suggest.phrase(given, names)
  local near = type(given) == "string" and suggest.nearest(given, names)
  return near and (' (did you mean "%s"?)'):format(near) or ""
end

return suggest
