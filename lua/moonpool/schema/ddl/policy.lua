-- Row security policies as DDL.
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local policy = {}

local function place(of)
  return ("%s on %s"):format(identifier.quote(of.name), identifier.qualified(of.schema, of.table))
end

---@return string[]
function policy.create(of)
  local lines = { ("create policy %s as %s for %s to %s"):format(place(of), of.as, of.command,
    text.roles(of.to)) }
  if of.using then lines[#lines + 1] = ("using (%s)"):format(of.using) end
  if of.check then lines[#lines + 1] = ("with check (%s)"):format(of.check) end
  return text.append({ table.concat(lines, "\n") }, text.comment("policy", place(of), of.comment))
end

---@return string[]
function policy.drop(of, given)
  return { text.drop_head("policy", given) .. place(of) .. text.drop_tail(given) }
end

return policy
