-- Names as operations take them: `orders` or `app.orders`; pure.
local identifier = require "moonpool.sql.identifier"

local qualified_name = {}

---@param text string
---@return string? schema
---@return string name
function qualified_name.split(text)
  local schema, name = text:match("^([^.]*)%.(.*)$")
  return schema, name or text
end

---@param text string
---@return { schema: string?, name: string }  as the DDL takes it
function qualified_name.read(text)
  local schema, name = qualified_name.split(text)
  return { schema = schema, name = name }
end

---@param text string
---@return string  as SQL
function qualified_name.sql(text)
  return identifier.qualified(qualified_name.split(text))
end

---The same schema with another name.
---@param text string
---@param name string
---@return string
function qualified_name.with_name(text, name)
  local schema = qualified_name.split(text)
  return schema and (schema .. "." .. name) or name
end

return qualified_name
