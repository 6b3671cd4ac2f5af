-- Composite types as DDL.
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local composite = {}

local function field_text(field)
  local collation = field.collation and " collate " .. text.collation(field.collation) or ""
  return ("%s %s%s"):format(identifier.quote(field.name), field.type, collation)
end

---@return string[]
function composite.create(of)
  local name, parts = text.name(of), {}
  for at, field in ipairs(of.fields) do parts[at] = field_text(field) end
  local statements = { ("create type %s as (%s)"):format(name, table.concat(parts, ", ")) }
  for _, field in ipairs(of.fields) do
    text.append(statements, text.comment("column", name .. "." .. identifier.quote(field.name),
      field.comment))
  end
  return text.append(statements, text.comment("type", name, of.comment))
end

composite.drop = text.dropper "type"

return composite
