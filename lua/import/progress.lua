-- progress.lua - tells a person how far long work is: in place on a terminal, else now and then.
local progress = {}

local TERMINAL_SECONDS, LINE_SECONDS = 0.1, 5
local TO_LINE_START, CLEAR_LINE = "\r", "\27[K"

---@class import.Progress
local Progress = {}
Progress.__index = Progress

---@class import.ProgressOptions
---@field stream { write: fun(self: any, text: string), flush: fun(self: any) }
---@field is_terminal boolean
---@field clock fun(): number  seconds that never go back

---@param options import.ProgressOptions
---@return import.Progress
function progress.new(options)
  return setmetatable({
    stream = options.stream,
    is_terminal = options.is_terminal,
    clock = options.clock,
    interval = options.is_terminal and TERMINAL_SECONDS or LINE_SECONDS,
    started_at = options.clock(),
    shown_at = options.clock(),
  }, Progress)
end

---@return number seconds  since it was made
function Progress:elapsed()
  return self.clock() - self.started_at
end

local function show(self, text)
  if self.is_terminal then
    self.stream:write(TO_LINE_START .. text .. CLEAR_LINE)
  else
    self.stream:write(text .. "\n")
  end
  self.stream:flush()
  self.shown_at = self.clock()
end

---Shows where the work is, unless something was shown a moment ago.
---@param format string
function Progress:update(format, ...)
  if self.clock() - self.shown_at >= self.interval then show(self, format:format(...)) end
end

---Shows a new phase at once.
---@param text string
function Progress:phase(text)
  show(self, text)
end

---Takes the line in place away, so that what follows starts on a clean one.
function Progress:finish()
  if self.is_terminal then
    self.stream:write(TO_LINE_START .. CLEAR_LINE)
    self.stream:flush()
  end
end

return progress
