-- Which columns an update writes: those that changed, and one by which the row is told; pure.
local columns = require "moonpool.orm.flush.columns"
local parts = require "moonpool.orm.parts"
local version = require "moonpool.orm.flush.version"

-- What the first table of several is told of a change in another: its version, and what moves with
-- each update.
local function is_told(part)
  if version.column_of(part) then return true end
  for _, one in ipairs(columns.of(part)) do
    if one.item.on_update ~= nil then return true end
  end
  return false
end

---@param model moonpool.Model
---@param changed string[]
---@return string[]  what is written for it: in the first of several tables at least one column
return function(model, changed)
  local list = parts.of(model)
  local is_there = #list == 1 or #parts.among(list[1], changed) > 0
  if is_there or not is_told(list[1]) then return changed end
  local names = table.move(changed, 1, #changed, 1, {})
  names[#names + 1] = getmetatable(model).discriminator
  return names
end
