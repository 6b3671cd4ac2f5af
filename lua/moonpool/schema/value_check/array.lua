-- Arrays: a list of values of one type, lists of lists for more dimensions; errors name the place.
local kind = require "moonpool.schema.value_check.kind"
local null = require "moonpool.null"
local text = require "moonpool.schema.value_check.text"

local MAX_DIMENSIONS = 6

-- `lower` says where an array begins that does not begin at 1.
local NAMES = { lower = true, n = true }

local function shape_refusal(value)
  local count = 0
  for key in next, value do
    if math.type(key) == "integer" then
      count = count + 1
    elseif not NAMES[key] then
      return "a table with names is not an array", "give a list"
    end
  end
  if count ~= #value then return "a list with holes is not an array", "mp.null stands for NULL" end
end

local function at(message, hint, index)
  local inner, path = message:match "^(.*) at path (.*)$"
  return ("%s at path [%d]%s"):format(inner or message, index, path or ""), hint
end

---@param check moonpool.schema.Check  of an element
---@param type_sql string
---@param nests boolean  whether a table among the elements is another dimension
---@return moonpool.schema.Check
return function(check, type_sql, nests)
  local check_list

  local function check_element(value, depth)
    if value == null then return nil end
    local is_list = nests and type(value) == "table" and kind.class(value) ~= "range"
    if not is_list then return check(value) end
    if depth > MAX_DIMENSIONS then return "an array has at most 6 dimensions", "flatten it" end
    return check_list(value, depth)
  end

  function check_list(value, depth)
    local message, hint = shape_refusal(value)
    if message then return message, hint end
    for index = 1, #value do
      message, hint = check_element(value[index], depth + 1)
      if message then return at(message, hint, index) end
    end
  end

  return function(value)
    if type(value) == "string" then return text.refusal(value) end
    if type(value) ~= "table" or kind.class(value) == "range" then
      return kind.mismatch(value, type_sql), "give a list"
    end
    return check_list(value, 1)
  end
end
