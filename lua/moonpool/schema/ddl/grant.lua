-- Grants as DDL.
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local grant = {}

-- What the kinds are called there; the name of a schema or database is in no schema.
local WORDS = { table = "table", sequence = "sequence", schema = "schema", func = "function",
  procedure = "procedure", type = "type", database = "database", language = "language" }

local ALL = { ["all tables"] = "all tables in schema",
  ["all sequences"] = "all sequences in schema", ["all functions"] = "all functions in schema" }

local GLOBAL = { schema = true, database = true, language = true }

local function target(of)
  local kind = of.of_kind
  if ALL[kind] then return ("%s %s"):format(ALL[kind], identifier.quote(of.on)) end
  local name = identifier.qualified(not GLOBAL[kind] and of.schema or nil, of.on)
  local is_called = kind == "func" or kind == "procedure"
  return ("%s %s%s"):format(WORDS[kind], name, is_called and ("(%s)"):format(of.args or "") or "")
end

local function privileges(of)
  local columns = of.columns and (" (%s)"):format(identifier.list(of.columns)) or ""
  local parts = {}
  for at, word in ipairs(of.privileges) do parts[at] = word .. columns end
  return table.concat(parts, ", ")
end

local function granted(of)
  return ("grant %s on %s to %s%s"):format(privileges(of), target(of), text.roles(of.to),
    of.with_grant_option and " with grant option" or "")
end

local function revoked(of)
  return ("revoke %s on %s from %s"):format(privileges(of), target(of), text.roles(of.to))
end

---@return string[]
function grant.create(of)
  return { of.revoke and revoked(of) or granted(of) }
end

---@return string[]
function grant.drop(of)
  return { of.revoke and granted(of) or revoked(of) }
end

return grant
