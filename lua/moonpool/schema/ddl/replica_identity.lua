-- What of a changed row logical replication sends, as DDL.
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local WORDS = { full = "full", nothing = "nothing" }

---@param of { name: string, schema: string?, replica_identity: string? }
---@return string[]  none, or the one statement
return function(of)
  local given = of.replica_identity
  if not given then return {} end
  return { ("alter table %s replica identity %s"):format(text.name(of),
    WORDS[given] or "using index " .. identifier.quote(given)) }
end
