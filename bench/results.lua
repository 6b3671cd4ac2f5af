-- results.lua - reads what run.lua wrote, and takes medians and ratios within rounds of it.

local results = {}

---@alias bench.Series table<integer, number>  a value for each round
---@alias bench.Figures table<string, bench.Series>  by metric
---@class bench.Results
---@field figures table<string, table<string, bench.Figures>>  by workload and peer
---@field failures table<string, table<string, string>>  reasons, by workload and peer

local function entry(parent, key)
  parent[key] = parent[key] or {}
  return parent[key]
end

-- What streaming added is a figure of its own.
local function derive(figures)
  local start, peak = figures.start_kb, figures.peak_kb
  if not (start and peak) then return end
  figures.added_kb = {}
  for round, kb in pairs(peak) do figures.added_kb[round] = kb - start[round] end
end

---@param lines fun(): string?
---@return bench.Results
function results.read(lines)
  local read = { figures = {}, failures = {} }
  for line in lines do
    local round, workload, peer, metric, value = line:match(("([^\t]*)\t"):rep(4) .. "(.*)")
    if metric == "failed" then
      entry(read.failures, workload)[peer] = value
    elseif metric then
      entry(entry(entry(read.figures, workload), peer), metric)[tonumber(round)] = tonumber(value)
    end
  end
  for _, peers in pairs(read.figures) do
    for _, figures in pairs(peers) do derive(figures) end
  end
  return read
end

---@return bench.Series?
function results.series(read, workload, peer, metric)
  local peers = read.figures[workload]
  return peers and peers[peer] and peers[peer][metric]
end

local function sorted(series)
  local values = {}
  for _, value in pairs(series or {}) do values[#values + 1] = value end
  table.sort(values)
  return values
end

---@param series bench.Series?
---@return number?
function results.median(series)
  local values = sorted(series)
  local middle = #values // 2
  if #values % 2 == 1 then return values[middle + 1] end
  return values[1] and (values[middle] + values[middle + 1]) / 2
end

---@param series bench.Series?
---@return number?
function results.best(series)
  return sorted(series)[1]
end

---The median over rounds of `series` / `base` in the same round.
---@param series bench.Series?
---@param base bench.Series?
---@return number?
function results.ratio(series, base)
  local ratios = {}
  for round, value in pairs(series or {}) do
    if base and base[round] then ratios[round] = value / base[round] end
  end
  return results.median(ratios)
end

return results
