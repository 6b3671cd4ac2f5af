-- point_select.lua - W1: point selects one after the other, in one task.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local mp = require "moonpool"

local db <close> = mp.engine()

bench.measure(function()
  for _ = 1, 16 do
    local row = db:one(bench.point_select, math.random(bench.accounts))
    assert(row.aid)
  end
  return 16
end)
