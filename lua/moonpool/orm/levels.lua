-- A session's transaction and the savepoints in it, each with what is to be put back by a rollback.
local errors = require "moonpool.errors"
local journal = require "moonpool.orm.journal"

---@class moonpool.orm.Level
---@field transaction moonpool.Transaction
---@field journal moonpool.orm.Journal

---@class moonpool.orm.Levels
---@field target moonpool.Executor  what the session was opened on
---@field list moonpool.orm.Level[]  the outermost first
local Levels = {}
Levels.__index = Levels

-- The list of a session that has begun nothing, which most never do; not to be changed.
local NOTHING = {}

---@return moonpool.orm.Level?
function Levels:innermost()
  return self.list[#self.list]
end

---@return boolean
function Levels:is_open()
  return #self.list > 0
end

---@return moonpool.Executor  where statements go now
function Levels:executor()
  local level = self.list[#self.list]
  return level and level.transaction or self.target
end

---@param transaction moonpool.Transaction  that has begun
---@return moonpool.orm.Level
function Levels:push(transaction)
  local level = { transaction = transaction, journal = journal.new() }
  if self.list == NOTHING then self.list = {} end
  self.list[#self.list + 1] = level
  return level
end

---@async
---@param given table?  isolation, read_only, deferrable
---@return moonpool.orm.Level
function Levels:begin(given)
  if self:is_open() then
    errors.raise { kind = "bad_argument", message = "the session has begun a transaction already",
      hint = "use s:nested() for a savepoint inside it" }
  end
  return self:push(self.target:begin(given))
end

---@async
---@return moonpool.orm.Level
function Levels:nest()
  return self:push(self:innermost().transaction:begin())
end

---Whether the transaction has ended by itself: with its connection, or by its owner.
---@return boolean
function Levels:is_lost()
  local level = self.list[1]
  return level ~= nil and not level.transaction:is_open()
end

---What is about to be read of the object shows what flushes of these levels have written: undoing
---one of them forgets it.
function Levels:note_read(uow, object)
  local before
  for at = #self.list, 1, -1 do
    local noted = self.list[at].journal
    if not noted:is_empty() then
      before = noted:of(object) or before and noted:adopt(before) or noted:note(uow, object)
    end
  end
end

---The innermost level is part of the one around it.
function Levels:merge()
  local inner = table.remove(self.list)
  local outer = self:innermost()
  if outer then outer.journal:merge(inner.journal) end
end

---@return moonpool.orm.Level[]  from the innermost on, for the caller; there are none any more
function Levels:take_all()
  if #self.list == 0 then return {} end
  local taken = {}
  for at = #self.list, 1, -1 do taken[#taken + 1] = self.list[at] end
  self.list = NOTHING
  return taken
end

local levels = {}

---@param target moonpool.Executor
---@return moonpool.orm.Levels
function levels.new(target)
  return setmetatable({ target = target, list = NOTHING }, Levels)
end

return levels
