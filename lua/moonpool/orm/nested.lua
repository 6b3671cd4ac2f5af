-- A unit of work inside a session's: a savepoint that is committed or undone by itself.
local errors = require "moonpool.errors"
local memory = require "moonpool.orm.memory"
local session_guard = require "moonpool.orm.session_guard"

local nested = {}

---@class moonpool.orm.Nested
local Nested = {}
Nested.__index = Nested
Nested.__name = "moonpool.orm.Nested"

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function check_innermost(self)
  if self.session.levels:innermost() == self.level then return end
  if self.is_ended then refuse("the nested unit has ended already", "begin another: s:nested()") end
  refuse("a nested unit inside this one is still open", "commit it or roll it back first")
end

---What was done since is flushed, and belongs to the unit around it.
---@async
function Nested:commit()
  check_innermost(self)
  self.session:flush()
  self.level.transaction:commit()
  self.session.levels:merge()
  self.is_ended = true
end

local function undo(self, transaction_end, ...)
  local levels = self.session.levels
  table.remove(levels.list)
  self.is_ended = true
  local ok, err = pcall(transaction_end, self.level.transaction, ...)
  memory.roll_back(self.session.uow, { self.level })
  if not ok then error(err, 0) end
end

---What was done since is undone, in the database and in the objects.
---@async
function Nested:rollback()
  check_innermost(self)
  undo(self, self.level.transaction.rollback)
end

-- Units inside it that are open end with it.
function Nested:__close(err)
  if self.is_ended then return end
  local levels = self.session.levels
  local is_here = false
  for _, level in ipairs(levels.list) do is_here = is_here or level == self.level end
  if not is_here then return end
  local undone = {}
  repeat
    local level = table.remove(levels.list)
    undone[#undone + 1] = level
  until level == self.level
  self.is_ended = true
  local transaction = self.level.transaction
  if transaction:is_open() then getmetatable(transaction).__close(transaction, err) end
  memory.roll_back(self.session.uow, undone)
end

---Begin it. What is not flushed yet is flushed first, so that a rollback undoes what follows alone.
---@async
---@param session moonpool.Session
---@return moonpool.orm.Nested  to be closed
function nested.begin(session)
  session_guard.check_writable(session)
  if not session.levels:is_open() then session:begin() end
  session:flush()
  return setmetatable({ session = session, level = session.levels:nest() }, Nested)
end

return nested
