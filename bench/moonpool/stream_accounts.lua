-- stream_accounts.lua - W6: memory after the start, and with a million rows streamed.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local mp = require "moonpool"

local db <close> = mp.engine()
db:value "select 1"
bench.report_memory("start_kb", "VmRSS")

local watch = bench.start()
local count = 0
for row in db:stream "select aid, bid, abalance, filler from pgbench_accounts" do
  if row.aid then count = count + 1 end
end
assert(count == bench.accounts)
bench.report(watch, count)
bench.report_memory("peak_kb", "VmHWM")
