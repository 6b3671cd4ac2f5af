-- copy_rows.lua - W4: a hundred thousand rows from Lua tables by COPY.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local mp = require "moonpool"

local db <close> = mp.engine()
local rows = bench.load_rows(100000)
db:exec "truncate bench_load"

local watch = bench.start()
local count = db:copy_in("bench_load", { "a", "b", "c", "d" }, rows)
bench.report(watch, count)
