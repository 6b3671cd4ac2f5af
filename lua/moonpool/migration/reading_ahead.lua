-- What is applied, asked for while something else is done; given up where nobody waits any more.
local version_table = require "moonpool.migration.version_table"

---@class moonpool.migration.ReadingAhead
---@field private task table
local ReadingAhead = {}
ReadingAhead.__index = ReadingAhead

local reading_ahead = {}

---@param spawn fun(fn: function): table  starts a task, which has await and cancel
---@param db table  an engine
---@return moonpool.migration.ReadingAhead  to be closed
function reading_ahead.start(spawn, db)
  -- What it fails with is for who awaits it, and else for nobody.
  local task = spawn(function() return pcall(version_table.read, db) end)
  return setmetatable({ task = task }, ReadingAhead)
end

---@async
---@return moonpool.migration.Applied[]
function ReadingAhead:await()
  local ok, rows = self.task:await()
  if not ok then error(rows, 0) end
  return rows
end

function ReadingAhead:__close()
  self.task:cancel()
end

return reading_ahead
