-- log.lua - lines for people who run a program: levels, and what must never be in them.
local text = require "moonpool.util.text"

local log = {}

local LEVELS = { debug = 1, info = 2, warn = 3, error = 4, off = 5 }

---@class moonpool.Log
---@field least integer
local Log = {}
Log.__index = Log

local function to_stderr(line)
  io.stderr:write(line, "\n")
end

-- Texts of servers and programs are untrusted where a terminal shows them.
local function line_of(level, message)
  return ("moonpool: %s: %s"):format(level, (message:gsub("[^\n]+", text.printable)))
end

---@param level "debug"|"info"|"warn"|"error"
---@return boolean
function Log:takes(level)
  return LEVELS[level] >= self.least
end

---One line, or several for one event.
---@param level "debug"|"info"|"warn"|"error"
---@param format string
function Log:write(level, format, ...)
  if self:takes(level) then self.sink(line_of(level, format:format(...))) end
end

---@param level string  the least level that is written
---@param sink? fun(line: string)  standard error when left out
---@return moonpool.Log
function log.new(level, sink)
  return setmetatable({ least = LEVELS[level], sink = sink or to_stderr }, Log)
end

return log
