-- resolve.lua - asks the server what became of a transaction whose COMMIT went unanswered.
local errors = require "moonpool.errors"

local resolve = {}

-- Error -> { engine, node }: not in the error itself, where pairs would show it.
local origins = setmetatable({}, { __mode = "k" })

-- An id means something on its own node alone, so both come from one connection.
local STATUS = [[
  select pg_catalog.pg_xact_status($1::pg_catalog.text::pg_catalog.xid8) as status,
    pg_catalog.concat(system_identifier, '/', pg_catalog.substr(
      pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)) as node
  from pg_catalog.pg_control_system()]]

-- The server's words for: an id it has not given out yet, a standby, no right to ask, no such
-- function.
local WITHOUT_ANSWER = { ["22023"] = true, ["55000"] = true, ["42501"] = true, ["42883"] = true }

local OUTCOMES = { committed = "committed", aborted = "aborted", ["in progress"] = "in_progress" }

---Keep to itself where the error's transaction was.
---@param err moonpool.Error
---@param engine moonpool.Engine
function resolve.remember(err, engine)
  origins[err] = { engine = engine, node = err.node }
  err.node = nil
end

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function ask(db, xid)
  local row, err = errors.try(db.one, db, STATUS, xid)
  if row then return row end
  if errors.is_error(err) and WITHOUT_ANSWER[err.sqlstate] then return {} end
  error(err, 0)
end

---What became of the transaction: `"committed"`, `"aborted"`, `"in_progress"` (ask again; one that
---was prepared stays so until it is ended) or `"unknown"`: its id was not told or is too old, or
---this is not, or cannot be known to be, the server it ran on.
---@async
---@param err moonpool.Error  a `commit_unknown`
---@param db? moonpool.Executor  asked instead of the engine the transaction ran on
---@return "committed"|"aborted"|"in_progress"|"unknown"
function resolve.outcome(err, db)
  if not errors.is_error(err, "commit_unknown") then
    refuse("resolve takes a commit_unknown error", "write mp.resolve(err) for what commit raised")
  end
  local origin = origins[err] or {}
  db = db or origin.engine
  if not db then refuse("the error does not know its engine", "write mp.resolve(err, db)") end
  if not err.xid or not origin.node then return "unknown" end
  local row = ask(db, err.xid)
  return row.node == origin.node and OUTCOMES[row.status] or "unknown"
end

return resolve
