-- metrics.lua - an engine's counters, as a table and in Prometheus' text format; pure.
local errors = require "moonpool.errors"

local metrics = {}

local PREFIX = "moonpool_"

-- name, type, help, and where its value is
local ROWS = {
  { "pool_connections", "gauge", "Connections by state.", "state", {
    { "idle", "pool", "idle" }, { "in_use", "pool", "in_use" },
    { "connecting", "pool", "connecting" } } },
  { "pool_connections_max", "gauge", "Connections at most.", nil, { { nil, "pool", "max" } } },
  { "pool_waiting", "gauge", "Tasks that wait for a connection.", nil,
    { { nil, "pool", "waiting" } } },
  { "pool_acquired_total", "counter", "Leases of a connection.", nil,
    { { nil, "pool", "acquired" } } },
  { "pool_wait_seconds_total", "counter", "Time spent waiting for a connection.", nil,
    { { nil, "pool", "wait_seconds" } } },
  { "pool_acquire_timeouts_total", "counter", "Waits that came to nothing.", nil,
    { { nil, "pool", "acquire_timeouts" } } },
  { "pool_connects_total", "counter", "Attempts to connect by outcome.", "outcome", {
    { "connected", "pool", "connected" }, { "failed", "pool", "connect_failures" } } },
  { "pool_disconnects_total", "counter", "Connections that ended.", "reason", {
    { "closed", "pool", "closed" }, { "lost", "pool", "lost" } } },
  { "statements_total", "counter", "Statements that ended, failed ones too.", "class", {
    { "read", "statements", "reads" }, { "write", "statements", "writes" },
    { "other", "statements", "others" } } },
  { "statement_errors_total", "counter", "Statements that failed.", nil,
    { { nil, "statements", "errors" } } },
  { "rows_total", "counter", "Rows read or affected.", nil, { { nil, "statements", "rows" } } },
  { "events_left_out_total", "counter", "Events that were not told: too many came at once.", nil,
    { { nil, "events", "left_out" } } },
}

local HISTOGRAMS = {
  { "statement_queue_seconds", "Time until a statement was sent.", "queue" },
  { "statement_run_seconds", "Time from sending a statement to its last answer.", "run" },
}

local ESCAPES = { ["\\"] = "\\\\", ["\""] = "\\\"", ["\n"] = "\\n" }

local function labels_of(pairs_given)
  local list = {}
  for at = 1, #pairs_given, 2 do
    list[#list + 1] = ('%s="%s"'):format(pairs_given[at],
      (tostring(pairs_given[at + 1]):gsub('[\\"\n]', ESCAPES)))
  end
  return "{" .. table.concat(list, ",") .. "}"
end

local function number(value)
  if value == math.huge then return "+Inf" end
  if math.type(value) == "integer" then return tostring(value) end
  local short = ("%.15g"):format(value)
  return tonumber(short) == value and short or ("%.17g"):format(value)
end

local function head(out, name, kind, help)
  out[#out + 1] = ("# HELP %s%s %s"):format(PREFIX, name, help)
  out[#out + 1] = ("# TYPE %s%s %s"):format(PREFIX, name, kind)
end

local function sample(out, name, labels, value)
  out[#out + 1] = PREFIX .. name .. labels_of(labels) .. " " .. number(value)
end

local function add_row(out, row, database, measured)
  local name, kind, help, label, values = table.unpack(row, 1, 5)
  head(out, name, kind, help)
  for _, value in ipairs(values) do
    local labels = { "database", database }
    if label then table.move({ label, value[1] }, 1, 2, 3, labels) end
    sample(out, name, labels, measured[value[2]][value[3]])
  end
end

-- Each bucket counts all that took at most its bound.
local function add_histogram(out, row, database, measured)
  local name, help, key = table.unpack(row)
  local histogram, count = measured.statements[key], 0
  head(out, name, "histogram", help)
  for _, bucket in ipairs(histogram) do
    count = count + bucket.count
    sample(out, name .. "_bucket", { "database", database, "le", number(bucket.bound) }, count)
  end
  sample(out, name .. "_sum", { "database", database }, histogram.seconds)
  sample(out, name .. "_count", { "database", database }, count)
end

---@param database string  such as "app@db-1:5432/app"
---@param measured { pool: table, statements: table, events: table }
---@return string  Prometheus' text format 0.0.4
function metrics.prometheus(database, measured)
  local out = {}
  for _, row in ipairs(ROWS) do add_row(out, row, database, measured) end
  for _, row in ipairs(HISTOGRAMS) do add_histogram(out, row, database, measured) end
  return table.concat(out, "\n") .. "\n"
end

local FORMATS = {
  prometheus = metrics.prometheus,
  table = function(_, measured) return measured end,
}

---@param format string?  "prometheus" or "table", the default
---@param database string
---@param measured table
---@return string|table
function metrics.render(format, database, measured)
  local render = FORMATS[format or "table"]
  if not render then
    errors.raise { kind = "bad_argument",
      message = ("there are no metrics in the format %q"):format(tostring(format)),
      hint = 'db:metrics "prometheus", or db:metrics() for a table' }
  end
  return render(database, measured)
end

return metrics
