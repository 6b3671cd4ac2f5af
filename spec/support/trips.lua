-- trips.lua - round trips counted at the socket: how often the server was ready for more.
local mp = require "moonpool"
local proxy = require "spec.support.proxy"

local trips = {}

local Counter = {}
Counter.__index = Counter

local FENCE = "trips_fence"

-- The fence's row passes before the server is ready for what follows it.
local function read_to_fence(self)
  self.db:value("select '" .. FENCE .. "'")
  local count = 0
  while true do
    local rule = self.proxy:wait_for "rule"
    if rule:match "^2 " then return count end
    count = count + 1
  end
end

---Round trips of `fn(...)` over the counter's engine, and what it returns.
---@async
function Counter:count(fn, ...)
  read_to_fence(self)
  local results = table.pack(fn(...))
  -- The fence before was answered by one more.
  return read_to_fence(self) - 1, table.unpack(results, 1, results.n)
end

function Counter:__close()
  self.db:close()
  getmetatable(self.proxy).__close(self.proxy)
end

---@async
---@param settings table  of the engine
function trips.open(settings)
  local counted = proxy.open("always back Z pass", "always back D:" .. FENCE .. " pass")
  local self = setmetatable({ proxy = counted }, Counter)
  self.db = mp.engine(counted.url, { pool = { max = 2 }, settings = settings })
  return self
end

return trips
