-- Arrays as the server's text for them, for DDL.
local null = require "moonpool.null"

local array_text

local function is_array(value)
  return type(value) == "table" and value ~= null and getmetatable(value) == nil
end

local function item_text(value)
  if value == null then return "NULL" end
  if is_array(value) then return array_text(value) end
  return '"' .. tostring(value):gsub('["\\]', "\\%0") .. '"'
end

function array_text(value)
  local parts = {}
  for at, item in ipairs(value) do parts[at] = item_text(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

---@param value any[]  values that have a text; lists are further dimensions
---@return string
return array_text
