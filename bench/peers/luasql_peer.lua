-- luasql_peer.lua - LuaSQL, which blocks and reads text, on a stock interpreter:
-- luasql_peer.lua WORKLOAD
local gettime = require("socket").gettime
local luasql = require "luasql.postgres"

local SECONDS = tonumber(os.getenv "BENCH_SECONDS") or 1
local WARM_UP_S = 0.2
local ACCOUNTS = "select aid, bid, abalance, filler from pgbench_accounts"
local TYPES = [[
  select typname, typnamespace, typowner, typlen, typbyval, typcategory,
    typispreferred, typisdefined, typdelim, typrelid, typelem, typarray
  from pg_type where typtypmod = -1 and typisdefined = true
]]

local conn = assert(luasql.postgres():connect("", "", ""))

local function start()
  return { wall_s = gettime(), cpu_s = os.clock() }
end

local function report(watch, operations)
  local wall_s, cpu_s = gettime() - watch.wall_s, os.clock() - watch.cpu_s
  print(("wall_us %.4f\ncpu_us %.4f"):format(wall_s / operations * 1e6, cpu_s / operations * 1e6))
end

local function report_memory(metric, field)
  for line in io.lines "/proc/self/status" do
    local kb = line:match("^" .. field .. ":%s+(%d+)")
    if kb then print(metric, kb) end
  end
end

local function repeat_for(seconds, work)
  local stop, done = gettime() + seconds, 0
  repeat done = done + work() until gettime() > stop
  return done
end

local function measure(work)
  repeat_for(WARM_UP_S, work)
  local watch = start()
  report(watch, repeat_for(SECONDS, work))
end

local function query(sql)
  local cursor, rows = assert(conn:execute(sql)), {}
  local row = cursor:fetch({}, "a")
  while row do
    rows[#rows + 1] = row
    row = cursor:fetch({}, "a")
  end
  cursor:close()
  return rows
end

local workloads = {}

function workloads.point_select()
  measure(function()
    for _ = 1, 16 do
      assert(query(ACCOUNTS .. " where aid = " .. math.random(1000000))[1].aid)
    end
    return 16
  end)
end

function workloads.type_rows()
  measure(function() return #query(TYPES) end)
end

-- Time is text here: LuaSQL has no parameters.
local function load_rows(count)
  local rows = {}
  for i = 1, count do
    rows[i] = { i, "text value " .. i, i * 0.25, os.date("!%Y-%m-%d %H:%M:%S+00", 1704067200 + i) }
  end
  return rows
end

local function insert_chunk(rows, first, last)
  local values = {}
  for i = first, last do
    local a, b, c, d = table.unpack(rows[i])
    values[#values + 1] = ("(%d,'%s',%.17g,'%s')"):format(a, conn:escape(b), c, d)
  end
  assert(conn:execute("insert into bench_load values " .. table.concat(values, ",")))
end

function workloads.insert_rows()
  assert(conn:execute "truncate bench_load")
  local rows = load_rows(10000)
  local watch = start()
  assert(conn:execute "begin")
  for first = 1, #rows, 1000 do insert_chunk(rows, first, first + 999) end
  assert(conn:execute "commit")
  report(watch, #rows)
end

-- The whole result is in memory before its first row is read: LuaSQL cannot stream.
function workloads.stream_accounts()
  report_memory("start_kb", "VmRSS")
  local watch, count = start(), 0
  local cursor = assert(conn:execute(ACCOUNTS))
  local row = cursor:fetch({}, "a")
  while row do
    count = count + 1
    row = cursor:fetch(row, "a")
  end
  report(watch, count)
  report_memory("peak_kb", "VmHWM")
end

function workloads.first_row()
  assert(query("select 1 as one")[1].one == "1")
end

workloads[arg[1]]()
conn:close()
