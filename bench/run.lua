#!/usr/bin/env lua5.4
-- run.lua - runs the workloads round by round: run.lua RESULTS ROUNDS [WORKLOAD...]
--
-- Each round measures every peer of a workload next to the others, in an order of its own. A line
-- of RESULTS is "ROUND WORKLOAD PEER METRIC VALUE", by tabs; who gave no figure is `failed`, with
-- the reason. MP_SEED repeats an order.
package.path = "./?.lua;" .. package.path
local workloads = require "bench.workloads"

local PREFIX = "build/release/bench/"
local PATIENCE_S = 180
local METRICS = { wall_us = true, cpu_us = true, start_kb = true, peak_kb = true }

local function shuffle(list)
  local shuffled = table.move(list, 1, #list, 1, {})
  for last = #shuffled, 2, -1 do
    local at = math.random(last)
    shuffled[at], shuffled[last] = shuffled[last], shuffled[at]
  end
  return shuffled
end

local function command_of(workload, peer, errors)
  local words = { "timeout", tostring(PATIENCE_S) }
  if workload.awake then words[#words + 1] = PREFIX .. "keep_awake" end
  if workload.spawned then
    words[#words + 1] = PREFIX .. "measure_process " .. workload.spawned
  end
  return ("%s %s 2>%s"):format(table.concat(words, " "), peer.command, errors)
end

-- The line that says most: a traceback's last, or Lua's first.
local function reason(errors)
  local file <close> = assert(io.open(errors))
  local text = file:read("a")
  local line = text:match("^([^\n]*)\nstack traceback") or text:match("([^\n]*)\n*$")
  return line == "" and "it ended without a word" or line:gsub("%s+", " ")
end

local function measure(workload, peer, errors)
  if workload.before and not os.execute(workload.before) then
    return { failed = "its preparation failed" }
  end
  local figures = {}
  local pipe = assert(io.popen(command_of(workload, peer, errors)))
  for line in pipe:lines() do
    local metric, value = line:match "^(%S+)%s+(%d[%d.]*)$"
    if METRICS[metric] then figures[metric] = tonumber(value) end
  end
  if not pipe:close() or not next(figures) then return { failed = reason(errors) } end
  return figures
end

local function chosen(names)
  if #names == 0 then return workloads end
  local list = {}
  for _, workload in ipairs(workloads) do
    for _, name in ipairs(names) do
      if workload.name == name or workload.name:match "^[^_]+" == name then
        list[#list + 1] = workload
        break
      end
    end
  end
  if #list == 0 then error("no workload is called " .. table.concat(names, " "), 0) end
  return list
end

local function run_workload(out, round, workload, errors)
  for _, peer in ipairs(shuffle(workload.peers)) do
    for metric, value in pairs(measure(workload, peer, errors)) do
      out:write(table.concat({ round, workload.name, peer.name, metric, value }, "\t"), "\n")
    end
    out:flush()
  end
end

local function main(results, rounds, ...)
  local list = chosen { ... }
  local seed = math.tointeger(os.getenv "MP_SEED") or os.time()
  local errors <const> = os.tmpname()
  math.randomseed(seed)
  io.stderr:write(("bench: %d rounds of %d workloads, MP_SEED=%d\n"):format(rounds, #list, seed))
  local out <close> = assert(io.open(results, "w"))
  for round = 1, rounds do
    for _, workload in ipairs(list) do
      if round <= (workload.rounds or rounds) then run_workload(out, round, workload, errors) end
    end
    io.stderr:write(("bench: round %d is done, %s\n"):format(round, os.date "%H:%M:%S"))
  end
  os.remove(errors)
end

main(arg[1], assert(math.tointeger(arg[2]), "how many rounds?"), table.unpack(arg, 3))
