-- Sequences as DDL.
local qualified = require "moonpool.schema.qualified"
local identifier = require "moonpool.sql.identifier"
local sequence_options = require "moonpool.schema.ddl.sequence_options"
local text = require "moonpool.schema.ddl.text"

local sequence = {}

-- "orders.number" is of the sequence's own schema.
local function owner_text(of)
  local parts = qualified.parts(of.owned_by)
  if #parts == 2 and of.schema then table.insert(parts, 1, of.schema) end
  for at, part in ipairs(parts) do parts[at] = identifier.quote(part) end
  return table.concat(parts, ".")
end

---@return string[]
function sequence.create(of)
  local parts = sequence_options(of)
  if of.type then table.insert(parts, 1, "as " .. of.type) end
  local tail = #parts > 0 and " " .. table.concat(parts, " ") or ""
  local statements = { ("create %ssequence %s%s"):format(of.unlogged and "unlogged " or "",
    text.name(of), tail) }
  return text.append(statements, text.comment("sequence", text.name(of), of.comment))
end

---@return string[]  none, or the statement that ties it to its column
function sequence.own(of)
  if not of.owned_by then return {} end
  return { ("alter sequence %s owned by %s"):format(text.name(of), owner_text(of)) }
end

sequence.drop = text.dropper "sequence"

return sequence
