-- What a rollback and a commit do to the objects of a session, in memory alone; pure.
local journal = require "moonpool.orm.journal"
local snapshot = require "moonpool.orm.snapshot"
local tracked = require "moonpool.orm.tracked"

local memory = {}

-- What no flush has written: new objects are nobody's, changed ones are as they were read.
local function drop_unflushed(uow)
  for _, object in ipairs(uow.new:list()) do
    uow:forget(object)
    tracked.make_transient(object)
  end
  uow.deleted:clear()
  for object, entry in pairs(uow:all_entries()) do
    snapshot.restore(uow.model_of(object), object, snapshot.of(entry, object))
    journal.restore_relations(uow, object)
  end
end

---@param uow moonpool.orm.UnitOfWork
---@param undone moonpool.orm.Level[]  from the innermost on
function memory.roll_back(uow, undone)
  drop_unflushed(uow)
  for _, level in ipairs(undone) do level.journal:undo(uow) end
end

---The transaction is gone, but what was done is kept in the objects, to be flushed again.
function memory.reopen(uow, undone)
  for _, level in ipairs(undone) do level.journal:forget_flushes(uow) end
end

---@param uow moonpool.orm.UnitOfWork
function memory.commit(uow)
  for object in pairs(uow.gone) do tracked.detach(object) end
  uow.gone = nil
end

return memory
