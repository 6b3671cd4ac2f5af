-- select_objects.lua - W5: ten thousand objects of six columns in one session, and their memory.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local models = require "models"
local mp = require "moonpool"

local db <close> = mp.engine()

local function measure_memory()
  do
    local session <close> = db:session()
    session:select(models.Item):limit(1):all()
  end
  collectgarbage()
  bench.report_memory("start_kb", "VmRSS")
  local session <close> = db:session()
  local items = session:select(models.Item):all()
  bench.report_memory("peak_kb", "VmHWM")
  assert(#items == 10000)
end

measure_memory()
bench.measure(function()
  local session <close> = db:session()
  return #session:select(models.Item):all()
end)
