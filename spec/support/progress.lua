-- progress.lua - what moves, how far it came, and the longest time that it stood still.
local driver = require "moonpool.driver"
local eventually = require "spec.support.eventually"

local hrtime = driver.system.hrtime

local STUCK_SECONDS = 0.2

---@class spec.Progress
---@field count integer  steps
---@field stall number  seconds, the longest between two steps
local Progress = {}
Progress.__index = Progress

function Progress:step()
  local now = hrtime()
  self.count, self.stall, self.at = self.count + 1, math.max(self.stall, now - self.at), now
end

---The time until here is no stall.
function Progress:restart_clock()
  self.at, self.stall = hrtime(), 0
end

---Wait until nothing more goes through: all buffers on its way are full.
---@async
function Progress:wait_until_stuck()
  eventually(function() return self.count > 0 and hrtime() - self.at >= STUCK_SECONDS end)
end

---@return spec.Progress
return function()
  return setmetatable({ count = 0, at = hrtime(), stall = 0 }, Progress)
end
