#!/usr/bin/env lua5.4
-- report.lua - writes the page and the plot of a run, and prints its goals: report.lua DIRECTORY
--
-- DIRECTORY holds results.tsv of run.lua and machine.tsv: "NAME VALUE" lines, by tabs.
package.path = "./?.lua;" .. package.path
local goals = require "bench.goals"
local markdown = require "bench.markdown"
local plot = require "bench.plot"
local results = require "bench.results"
local workloads = require "bench.workloads"

local DIRECTORY = assert(arg[1], "usage: report.lua DIRECTORY")

local function read_machine(lines)
  local machine = {}
  for line in lines do
    local name, value = line:match "^([^\t]+)\t(.+)$"
    if name then machine[#machine + 1] = { name = name, value = value } end
  end
  return machine
end

local function write(name, text)
  local file <close> = assert(io.open(DIRECTORY .. "/" .. name, "w"))
  file:write(text)
end

local read = results.read(io.lines(DIRECTORY .. "/results.tsv"))
local machine = read_machine(io.lines(DIRECTORY .. "/machine.tsv"))
local judged = goals.judge(read)
write("benchmarks.md", markdown.page(read, workloads, judged, machine))
write("benchmarks.svg", plot.svg(read, workloads))
for _, goal in ipairs(judged) do
  print(("%-7s %-19s %-42s %9s  %s"):format(goal.workload, goal.peer, goal.text, goal.measured,
    goal.verdict))
end
