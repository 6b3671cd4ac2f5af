-- goals.lua - what Moonpool is to reach, as data, and whether it did.
local results = require "bench.results"

local goals = {}

-- `at_most`: the metric itself, or as a multiple of another peer's in the same round; `faster`: how
-- many times the other's is ours at least. `of_all`: of every other driver's, the closest decides.
local ROWS = {
  { "w1", "Moonpool", "wall_us", of = "C libpq", at_most = 1.25 },
  { "w1", "Moonpool", "cpu_us", of = "C libpq", at_most = 1.5 },
  { "w1", "Moonpool", "cpu_us", of = "asyncpg", at_most = 0.5 },
  { "w2_8", "Moonpool", "wall_us", of = "C libpq", at_most = 1.25 },
  { "w2_8", "Moonpool", "wall_us", of = "asyncpg", faster = 3.5 },
  { "w2_8", "Moonpool", "wall_us", of = "SQLAlchemy", faster = 12 },
  { "w2_8", "Moonpool", "wall_us", of = "pgx 4", faster = 1 },
  { "w2_2", "Moonpool", "wall_us", of = "C libpq, a sync each", at_most = 1.4 },
  { "w2_2", "Moonpool db:read()", "wall_us", of = "C libpq, a sync each", at_most = 0.85 },
  { "w2_2", "Moonpool db:read()", "wall_us", of = "postgres.js", faster = 3 },
  { "w3", "Moonpool", "cpu_us", of = "C libpq", at_most = 3 },
  { "w3", "Moonpool", "wall_us", of = "asyncpg to dicts", at_most = 1 },
  { "w3", "Moonpool tuples", "cpu_us", of = "C libpq", at_most = 2 },
  { "w4_copy", "Moonpool", "wall_us", of = "C libpq, binary", at_most = 1.2 },
  { "w4_insert", "Moonpool unnest", "wall_us", of = "C libpq, unnest", at_most = 2 },
  { "w4_insert", "Moonpool unnest", "wall_us", of = "asyncpg", faster = 2 },
  { "w5_insert", "Moonpool", "wall_us", of = "C libpq, unnest", at_most = 2.8 },
  { "w5_insert", "Moonpool", "wall_us", of = "SQLAlchemy (psycopg2)", faster = 5 },
  { "w5_insert", "Moonpool", "wall_us", of_all = true, faster = 1 },
  { "w5_get", "Moonpool", "wall_us", of = "C libpq", at_most = 1.7 },
  { "w5_get", "Moonpool", "wall_us", of = "SQLAlchemy (psycopg2)", faster = 4 },
  { "w5_get", "Moonpool", "wall_us", of_all = true, faster = 1 },
  { "w5_select", "Moonpool", "wall_us", of = "C libpq", at_most = 2.8 },
  { "w5_select", "Moonpool", "wall_us", of = "SQLAlchemy (psycopg2)", faster = 4 },
  { "w5_select", "Moonpool", "wall_us", of_all = true, faster = 1 },
  { "w5_select", "Moonpool", "added_kb", of = "SQLAlchemy (psycopg2)", at_most = 0.5 },
  { "w5_update", "Moonpool", "wall_us", of = "C libpq, unnest", at_most = 2.5 },
  { "w5_update", "Moonpool", "wall_us", of = "SQLAlchemy (psycopg2)", faster = 10 },
  { "w5_update", "Moonpool", "wall_us", of_all = true, faster = 1 },
  { "w5_eager", "Moonpool", "wall_us", of = "C libpq", at_most = 3.3 },
  { "w5_eager", "Moonpool", "wall_us", of = "SQLAlchemy (psycopg2)", faster = 6 },
  { "w5_eager", "Moonpool", "wall_us", of_all = true, faster = 1 },
  { "w6", "Moonpool", "start_kb", at_most = 12 * 1024 },
  { "w6", "Moonpool", "added_kb", at_most = 2 * 1024 },
  { "w6", "Moonpool", "wall_us", of = "C libpq, row by row", at_most = 2.2 },
  { "w7", "Moonpool", "wall_us", of = "C libpq", at_most = 1.5 },
  { "w7_0", "Moonpool", "wall_us", of = "psql", at_most = 0.6 },
  { "w7_100", "Moonpool", "wall_us", of = "psql", at_most = 1.5 },
}

local METRICS = {
  wall_us = "wall", cpu_us = "client CPU", start_kb = "memory at start",
  added_kb = "memory added",
}

-- Neither the limit, which C programs show, nor one of ours.
local function is_other(name)
  return not (name:find "^C libpq" or name:find "^Moonpool" or name == "pgbench" or name == "psql")
end

local function closest(read, row, ours)
  local least
  for name, figures in pairs(read.figures[row[1]] or {}) do
    local ratio = is_other(name) and results.ratio(figures[row[3]], ours)
    if ratio and (not least or ratio < least) then least = ratio end
  end
  return least
end

local function measure(read, row)
  local ours = results.series(read, row[1], row[2], row[3])
  if row.of_all then return closest(read, row, ours) end
  if not row.of then
    local kb = results.median(ours)
    return kb and kb / 1024
  end
  local theirs = results.series(read, row[1], row.of, row[3])
  if row.faster then return results.ratio(theirs, ours) end
  return results.ratio(ours, theirs)
end

local function describe(row)
  local metric = METRICS[row[3]]
  if row.of_all then return metric .. " ahead of every other driver", "%.2fx" end
  if not row.of then return ("%s <= %d MiB"):format(metric, row.at_most // 1024), "%.1f MiB" end
  if row.faster then
    return ("%s of %s >= %gx"):format(metric, row.of, row.faster), "%.2fx"
  end
  return ("%s <= %gx %s"):format(metric, row.at_most, row.of), "%.2fx"
end

-- Beyond the bound by this share of it; negative: within.
local function excess(row, measured)
  if row.faster then return row.faster / measured - 1 end
  return measured / (row.of and row.at_most or row.at_most / 1024) - 1
end

local function verdict(row, measured)
  if not measured then return "not measured" end
  local over = excess(row, measured)
  if over <= 0 then return "met" end
  return ("missed by %.0f %%"):format(math.max(1, over * 100))
end

---@class bench.Goal
---@field workload string
---@field peer string
---@field text string  what is promised
---@field measured string
---@field verdict string  "met", "missed by N %" or "not measured"

---Judge each goal by what was measured.
---@param read bench.Results
---@return bench.Goal[]
function goals.judge(read)
  local judged = {}
  for i, row in ipairs(ROWS) do
    local measured = measure(read, row)
    local text, format = describe(row)
    judged[i] = {
      workload = row[1], peer = row[2], text = text,
      measured = measured and format:format(measured) or "-",
      verdict = verdict(row, measured),
    }
  end
  return judged
end

return goals
