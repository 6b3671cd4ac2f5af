-- `moonpool.version`: one row for each applied revision.
local literal = require "moonpool.sql.literal"

local version_table = {}

---@class moonpool.migration.Applied
---@field revision string
---@field message string
---@field applied_at any  a timestamptz value as the executor gives it

-- Asked first, because `create schema if not exists` needs a privilege even when it is there.
local EXISTS = "select pg_catalog.to_regclass('moonpool.version') is not null"

local CREATE = {
  "create schema if not exists moonpool",
  [[
create table if not exists moonpool.version (
  revision text primary key,
  message text not null,
  applied_at timestamptz not null default pg_catalog.now()
)]],
}

local READ = [[
select revision, message, applied_at
from moonpool.version
order by applied_at, revision]]

local MOVES = {
  upgrade = function(record)
    return ("insert into moonpool.version (revision, message) values (%s, %s)"):format(
      literal.quote(record.revision), literal.quote(record.message or ""))
  end,
  downgrade = function(record)
    return ("delete from moonpool.version where revision = %s"):format(
      literal.quote(record.revision))
  end,
}

---@return string[]  the statements that make schema and table where they are missing
function version_table.create_statements()
  return { table.unpack(CREATE) }
end

---Make the table when it is missing. Invariant: the caller holds the migration lock, so no two
---sessions create it at once.
---@async
---@param db table  an executor
function version_table.ensure(db)
  if db:value(EXISTS) then return end
  db:transaction(function(tx)
    for _, statement in ipairs(CREATE) do tx:exec(statement) end
  end)
end

---What is applied, in the order it was; an empty list where the table is missing.
---@async
---@param db table  an executor
---@return moonpool.migration.Applied[]
function version_table.read(db)
  if not db:value(EXISTS) then return {} end
  return db:query(READ)
end

---@param direction "upgrade"|"downgrade"
---@param record moonpool.Revision
---@return string  the statement that notes it; for the migration's own transaction
function version_table.move(direction, record)
  return MOVES[direction](record)
end

return version_table
