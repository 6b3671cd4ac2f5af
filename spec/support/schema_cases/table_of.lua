-- table_of.lua - a table, declared as a model is, which nobody else sees.
local schema_table = require "moonpool.schema.table"

---@param given table  the name, then columns, constraints and indexes, and options
---@return moonpool.schema.Table
return function(given)
  local items, options = {}, {}
  for key, value in pairs(given) do
    if math.type(key) == "integer" then items[key] = value else options[key] = value end
  end
  return schema_table.new(table.remove(items, 1), items, options)
end
