-- Elements as they are declared, from the server's words for them.
local definition = require "moonpool.catalog.definition"
local expression = require "moonpool.sql.expression"

---@param list string  elements between commas
---@return table[]  for mp.index, mp.exclude and partition keys
return function(list)
  local given = definition.elements(list)
  for _, item in ipairs(given) do
    item[1] = item.column or expression.raw(item.expression)
    item.column, item.expression = nil, nil
    item.collation = item.collation and expression.raw(item.collation) or nil
  end
  return given
end
