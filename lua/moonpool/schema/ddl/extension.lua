-- Extensions as DDL.
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local text = require "moonpool.schema.ddl.text"

local extension = {}

---Those of a database are shared by its schemas, so that one may be there already.
---@return string[]
function extension.create(of)
  local name = identifier.quote(of.name)
  local parts = { "create extension if not exists " .. name }
  if of.schema then parts[#parts + 1] = "schema " .. identifier.quote(of.schema) end
  if of.version then parts[#parts + 1] = "version " .. literal.quote(of.version) end
  if of.cascade then parts[#parts + 1] = "cascade" end
  return text.append({ table.concat(parts, " ") }, text.comment("extension", name, of.comment))
end

---@return string[]
function extension.drop(of, given)
  local name = identifier.quote(of.name)
  return { text.drop_head("extension", given) .. name .. text.drop_tail(given) }
end

return extension
