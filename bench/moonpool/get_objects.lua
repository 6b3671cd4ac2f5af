-- get_objects.lua - W5: objects got by key, each in a fresh session.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local models = require "models"
local mp = require "moonpool"

local db <close> = mp.engine()

local function get()
  local session <close> = db:session()
  assert(session:get(models.Item, math.random(10000)).quantity)
end

bench.measure(function()
  for _ = 1, 16 do get() end
  return 16
end)
