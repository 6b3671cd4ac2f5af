-- markdown.lua - the page of a run: machine, goals, and a table for each workload.
local results = require "bench.results"

local markdown = {}

local INTRO = [[
# Benchmarks

Written by `scripts/bench`: every peer, interleaved, in one run on one machine. *ratio* is the
median over rounds of peer / limit in the same round, *best* the best round, *CPU* the client
process's user and system time. The limit, 1.00x, is the same work in C with libpq and no comfort.
Other drivers do what their users would write; [bench](../bench/README.md) has the programs.
]]

local HEADER = "| peer | wall | ratio | best | CPU | CPU ratio |%s\n|---|---|---|---|---|---|%s\n"
local MEMORY = { " at start | peak |", "---|---|" }

local function figure(value, scale)
  if not value then return "-" end
  value = value * scale
  local digits = value >= 100 and 0 or value >= 10 and 1 or 2
  return ("%." .. digits .. "f"):format(value)
end

local function ratio(value)
  return value and ("%.2fx"):format(value) or "-"
end

---What a peer and a workload's limit give, for tables and plots.
---@return table summary
function markdown.summary(read, workload, peer)
  local limit = workload.peers[1].name
  local function series(name, metric)
    return results.series(read, workload.name, name, metric)
  end
  local wall, cpu = series(peer.name, "wall_us"), series(peer.name, "cpu_us")
  return {
    name = peer.name, failure = (read.failures[workload.name] or {})[peer.name],
    wall = results.median(wall), best = results.best(wall),
    ratio = results.ratio(wall, series(limit, "wall_us")),
    cpu = results.median(cpu), cpu_ratio = results.ratio(cpu, series(limit, "cpu_us")),
    start_kb = results.median(series(peer.name, "start_kb")),
    peak_kb = results.median(series(peer.name, "peak_kb")),
  }
end

---Peers with a figure, the quickest first.
---@return table[] summaries
function markdown.ranking(read, workload)
  local list = {}
  for _, peer in ipairs(workload.peers) do
    local summary = markdown.summary(read, workload, peer)
    if summary.wall then list[#list + 1] = summary end
  end
  table.sort(list, function(a, b) return (a.ratio or a.wall) < (b.ratio or b.wall) end)
  return list
end

local function row_of(workload, summary, scale)
  local cells = {
    summary.name, figure(summary.wall, scale), ratio(summary.ratio), figure(summary.best, scale),
    figure(summary.cpu, scale), ratio(summary.cpu_ratio),
  }
  if workload.has_memory then
    cells[#cells + 1] = figure(summary.start_kb, 1 / 1024)
    cells[#cells + 1] = figure(summary.peak_kb, 1 / 1024)
  end
  return "| " .. table.concat(cells, " | ") .. " |\n"
end

local function failures(read, workload)
  local lines = {}
  for _, peer in ipairs(workload.peers) do
    local reason = (read.failures[workload.name] or {})[peer.name]
    if reason then lines[#lines + 1] = ("- not measured: %s: %s\n"):format(peer.name, reason) end
  end
  return #lines > 0 and "\n" .. table.concat(lines) or ""
end

local function section(read, workload)
  local per_process = workload.unit == "process"
  local unit = per_process and "ms" or "us"
  local extra = workload.has_memory and MEMORY or { "", "" }
  local parts = {
    ("\n## %s\n\n%s for each %s%s.\n\n"):format(workload.title, unit, workload.unit,
      workload.has_memory and "; memory in MiB" or ""),
    HEADER:format(extra[1], extra[2]),
  }
  for _, summary in ipairs(markdown.ranking(read, workload)) do
    parts[#parts + 1] = row_of(workload, summary, per_process and 1e-3 or 1)
  end
  parts[#parts + 1] = failures(read, workload)
  return table.concat(parts)
end

local function goal_table(judged)
  local parts = { "\n## Goals\n\n| workload | goal | measured | |\n|---|---|---|---|\n" }
  for _, goal in ipairs(judged) do
    parts[#parts + 1] = ("| %s, %s | %s | %s | %s |\n"):format(goal.workload, goal.peer, goal.text,
      goal.measured, goal.verdict)
  end
  return table.concat(parts)
end

local function machine_list(machine)
  local parts = { "\n" }
  for _, fact in ipairs(machine) do
    parts[#parts + 1] = ("- %s: %s\n"):format(fact.name, fact.value)
  end
  return table.concat(parts)
end

---@param read bench.Results
---@param workloads table[]
---@param judged bench.Goal[]
---@param machine { name: string, value: string }[]
---@return string
function markdown.page(read, workloads, judged, machine)
  local parts = { INTRO, machine_list(machine), "\n![Wall time as a multiple of the limit's]"
    .. "(benchmarks.svg)\n", goal_table(judged) }
  for _, workload in ipairs(workloads) do
    if read.figures[workload.name] then parts[#parts + 1] = section(read, workload) end
  end
  return table.concat(parts)
end

return markdown
