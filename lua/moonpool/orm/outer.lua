-- A session inside a transaction that is somebody else's: what it has committed there may still be
-- rolled back with it, and then its objects go back as well.
local journal = require "moonpool.orm.journal"
local memory = require "moonpool.orm.memory"

local outer = {}

local function undo(session)
  local undone = session.levels:take_all()
  undone[#undone + 1] = { journal = session.outer }
  session.outer = nil
  if not session.is_closed then memory.roll_back(session.uow, undone) end
end

local function confirm(session)
  session.outer = nil
  if not session.is_closed then memory.commit(session.uow) end
end

---@param session moonpool.Session
---@return moonpool.orm.Journal?  nil where nobody tells how the transaction around it ends
function outer.journal(session)
  local transaction = session.levels.target
  if session.outer or not transaction.after_rollback then return session.outer end
  local kept = journal.new()
  session.outer = kept
  transaction:after_rollback(function()
    if session.outer == kept then undo(session) end
  end)
  transaction:after_commit(function()
    if session.outer == kept then confirm(session) end
  end)
  return kept
end

---What was done in levels that are released now.
---@param levels moonpool.orm.Level[]  from the innermost on
function outer.keep(session, levels)
  local kept = session.is_on_transaction and outer.journal(session)
  if not kept then return end
  for _, level in ipairs(levels) do kept:merge(level.journal) end
end

return outer
