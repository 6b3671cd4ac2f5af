-- Enum types as DDL.
local literal = require "moonpool.sql.literal"
local text = require "moonpool.schema.ddl.text"

local enum = {}

---@return string[]
function enum.create(of)
  local labels = {}
  for at, label in ipairs(of.labels) do labels[at] = literal.quote(label) end
  local statements = {
    ("create type %s as enum (%s)"):format(text.name(of), table.concat(labels, ", ")),
  }
  return text.append(statements, text.comment("type", text.name(of), of.comment))
end

enum.drop = text.dropper "type"

return enum
