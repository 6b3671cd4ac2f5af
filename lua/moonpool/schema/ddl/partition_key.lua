-- By what a table is partitioned, as DDL.
local element = require "moonpool.schema.ddl.element"

---@param key moonpool.schema.PartitionKey?
---@return string
return function(key)
  if not key then return "" end
  return (" partition by %s (%s)"):format(key.by, element.list(key.elements))
end
