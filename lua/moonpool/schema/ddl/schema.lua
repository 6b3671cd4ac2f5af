-- Schemas as DDL.
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local schema = {}

---@return string[]
function schema.create(of)
  local name = identifier.quote(of.name)
  local owner = of.owner and " authorization " .. identifier.quote(of.owner) or ""
  return text.append({ "create schema if not exists " .. name .. owner },
    text.comment("schema", name, of.comment))
end

schema.drop = text.dropper "schema"

return schema
