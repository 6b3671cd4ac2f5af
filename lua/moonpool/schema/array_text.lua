-- Arrays as the server's text for them, for DDL.
local null = require "moonpool.null"

local function is_array(value)
  return type(value) == "table" and value ~= null and getmetatable(value) == nil
end

local items_text

local function item_text(value)
  if value == null then return "NULL" end
  if is_array(value) then return items_text(value) end
  return '"' .. tostring(value):gsub('["\\]', "\\%0") .. '"'
end

function items_text(value)
  local parts = {}
  for at, item in ipairs(value) do parts[at] = item_text(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- `[5:6][0:1]=` where the array does not begin at 1 in every dimension.
local function bounds_text(value)
  if value.lower == nil then return "" end
  local lower = type(value.lower) == "table" and value.lower or { value.lower }
  local parts, inner = {}, value
  for at, first in ipairs(lower) do
    parts[at] = ("[%d:%d]"):format(first, first + #inner - 1)
    inner = inner[1] or {}
  end
  return table.concat(parts) .. "="
end

---@param value any[]  values that have a text; lists are further dimensions; `lower` as arrays have
---@return string
return function(value)
  return bounds_text(value) .. items_text(value)
end
