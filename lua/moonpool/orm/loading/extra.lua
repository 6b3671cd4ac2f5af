-- The other columns of the table between: `user.groups:extra(group).role`; they belong to the pair.
local null = require "moonpool.null"

local extra = {}

local List = {}
List.__index = List
List.__name = "moonpool.orm.List"

---What the row between holds besides the two keys.
---@param object table  one of the list's
---@return table<string, any>?  nil for what was not loaded with the list
function List:extra(object)
  return getmetatable(self).extras[object]
end

-- One metatable for each list: the list itself holds only the related objects.
local function metatable()
  return { __index = List.__index, __name = List.__name, extras = {} }
end

---@param list table
---@param object table
---@param columns table<string, any[]>  the extra columns of a result
---@param row integer
function extra.note(list, object, columns, row)
  if not getmetatable(list) then setmetatable(list, metatable()) end
  local values = {}
  for name, column in pairs(columns) do
    if column[row] ~= null then values[name] = column[row] end
  end
  getmetatable(list).extras[object] = values
end

return extra
