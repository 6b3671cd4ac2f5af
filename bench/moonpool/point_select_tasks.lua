-- point_select_tasks.lua - W2: point selects, a new task for each:
-- point_select_tasks.lua CONNECTIONS [read]
--
-- With `read` they go through db:read(), where the reads of one turn of the loop may share a sync.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local mp = require "moonpool"

local db <close> = mp.engine(nil, { pool = { max = math.tointeger(arg[1]) } })
local reader = arg[2] == "read" and db:read() or db

bench.measure_tasks(function()
  local row = reader:one(bench.point_select, math.random(bench.accounts))
  assert(row.aid)
end)
