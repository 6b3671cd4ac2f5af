-- Names that stand in a schema: the schema's own name is marked, since another may take its place.
local identifier = require "moonpool.sql.identifier"

local name = {}

-- The compiler writes the name in its place; no SQL text has a NUL byte of its own.
local function mark(schema)
  return "\0" .. schema .. "\0."
end

---@param schema string?
---@param own string
---@return string
function name.qualified(schema, own)
  if not schema then return identifier.quote(own) end
  identifier.quote(schema)
  return mark(schema) .. identifier.quote(own)
end

---A type as code writes it; `app.role` may become the `role` of another schema.
---@param type_sql string
---@return string
function name.type(type_sql)
  local schema, rest = type_sql:match "^([%a_][%w_]*)%.(.+)$"
  return schema and (mark(schema) .. rest) or type_sql
end

return name
