-- top_statements.lua - an engine's statements by fingerprint, the costliest first; pure.
local options = require "moonpool.options"

local top_statements = {}

local ORDERS = {
  total_time = function(item) return item.run end,
  mean_time = function(item) return item.mean end,
  longest = function(item) return item.longest end,
  calls = function(item) return item.calls end,
  rows = function(item) return item.rows end,
  errors = function(item) return item.errors end,
}

local ROWS = {
  { name = "by", kind = "choice", default = "total_time",
    values = { "total_time", "mean_time", "longest", "calls", "rows", "errors" },
    doc = "what the list is ordered by" },
  { name = "limit", kind = "integer", default = 20, min = 1, doc = "entries at most" },
}

---@param fingerprints table[]  as the core gives them
---@param given? { by: string, limit: integer }
---@return table[]  { sql=, calls=, errors=, rows=, queue=, run=, longest=, mean= }, seconds
function top_statements.pick(fingerprints, given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "top" })
  local list, measure = {}, ORDERS[read.by]
  for at, item in ipairs(fingerprints) do
    item.mean = item.run / item.calls
    list[at] = item
  end
  table.sort(list, function(a, b)
    local left, right = measure(a), measure(b)
    if left ~= right then return left > right end
    return a.sql < b.sql
  end)
  return table.move(list, 1, math.min(read.limit, #list), 1, {})
end

return top_statements
