-- Row security of a table or a partition, switched on as DDL.
local text = require "moonpool.schema.ddl.text"

---@param of { name: string, schema: string?, row_security: (boolean | "force")? }
---@return string[]
return function(of)
  if not of.row_security then return {} end
  local head = "alter table " .. text.name(of)
  local list = { head .. " enable row level security" }
  if of.row_security == "force" then list[2] = head .. " force row level security" end
  return list
end
