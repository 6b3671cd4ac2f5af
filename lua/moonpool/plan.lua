-- plan.lua - what EXPLAIN tells, as a tree; printed in the server's own usual form.
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local plan = {}

local OPTIONS = {
  { name = "analyze", kind = "boolean", default = false,
    doc = "run the statement; what it wrote is rolled back" },
  { name = "buffers", kind = "boolean", default = false, doc = "count buffers" },
  { name = "verbose", kind = "boolean", default = false, doc = "name the columns of each node" },
  { name = "settings", kind = "boolean", default = false, doc = "name changed planner settings" },
  { name = "wal", kind = "boolean", default = false, doc = "count WAL records; needs analyze" },
  { name = "costs", kind = "boolean", default = true, doc = "show the planner's estimates" },
  { name = "timing", kind = "boolean", default = true, doc = "time each node; needs analyze" },
  { name = "summary", kind = "boolean", default = false, doc = "show planning and execution time" },
}

---@class moonpool.PlanNode
---@field node_type string
---@field children moonpool.PlanNode[]
---@field startup_cost number?
---@field total_cost number?
---@field plan_rows integer?
---@field plan_width integer?
---@field actual_rows number?
---@field actual_loops integer?
---@field actual_total_time number?  milliseconds

---@class moonpool.Plan: moonpool.PlanNode  the topmost node
---@field planning_time number?  milliseconds
---@field execution_time number?  milliseconds

local Plan = {}
Plan.__index = Plan
Plan.__name = "moonpool.plan"

local function key_of(name)
  return (name:lower():gsub("[^%w]+", "_"))
end

-- "Node Type" becomes node_type, "Plans" the children.
local function node_of(given)
  local node = { children = {} }
  for name, value in pairs(given) do
    if name ~= "Plans" then node[key_of(name)] = value end
  end
  for index, child in ipairs(given.Plans or {}) do node.children[index] = node_of(child) end
  return node
end

local function tree_of(document)
  local root = node_of(document.Plan)
  for name, value in pairs(document) do
    if name ~= "Plan" then root[key_of(name)] = value end
  end
  return root
end

local function estimate(node)
  if not node.total_cost then return "" end
  return ("  (cost=%.2f..%.2f rows=%d width=%d)"):format(node.startup_cost, node.total_cost,
    node.plan_rows, node.plan_width)
end

local function actual(node)
  if not node.actual_loops then return "" end
  if node.actual_loops == 0 then return " (never executed)" end
  local time = node.actual_total_time
      and ("time=%.3f..%.3f "):format(node.actual_startup_time, node.actual_total_time) or ""
  return (" (actual %srows=%d loops=%d)"):format(time, node.actual_rows // 1, node.actual_loops)
end

local function relation(node)
  local target = node.relation_name or node.function_name or node.cte_name
  local words = { node.node_type }
  if node.node_type == "ModifyTable" then words = { node.operation } end
  if node.join_type and node.join_type ~= "Inner" then
    words[1] = words[1] .. " " .. node.join_type
  end
  if node.index_name then words[#words + 1] = "using " .. node.index_name end
  if target then words[#words + 1] = "on " .. target end
  if node.alias and node.alias ~= target then words[#words + 1] = node.alias end
  return table.concat(words, " ")
end

local DETAILS = {
  { "sort_key", "Sort Key" }, { "group_key", "Group Key" }, { "index_cond", "Index Cond" },
  { "recheck_cond", "Recheck Cond" }, { "hash_cond", "Hash Cond" }, { "merge_cond", "Merge Cond" },
  { "join_filter", "Join Filter" }, { "filter", "Filter" },
  { "rows_removed_by_filter", "Rows Removed by Filter" },
}

local function show(value)
  return type(value) == "table" and table.concat(value, ", ") or tostring(value)
end

local function print_node(node, depth, lines)
  local indent = depth == 0 and "" or (" "):rep(depth * 6 - 4) .. "->  "
  local inner = (" "):rep(depth * 6 + 2)
  lines[#lines + 1] = indent .. relation(node) .. estimate(node) .. actual(node)
  for _, row in ipairs(DETAILS) do
    if node[row[1]] ~= nil then
      lines[#lines + 1] = ("%s%s: %s"):format(inner, row[2], show(node[row[1]]))
    end
  end
  for _, child in ipairs(node.children) do print_node(child, depth + 1, lines) end
end

function Plan:__tostring()
  local lines = {}
  print_node(self, 0, lines)
  if self.planning_time then
    lines[#lines + 1] = ("Planning Time: %.3f ms"):format(self.planning_time)
  end
  if self.execution_time then
    lines[#lines + 1] = ("Execution Time: %.3f ms"):format(self.execution_time)
  end
  return table.concat(lines, "\n")
end

local function prefix(settings)
  local words = { "format json" }
  for _, row in ipairs(OPTIONS) do
    local value = settings[row.name]
    if value ~= row.default then words[#words + 1] = row.name .. (value and "" or " off") end
  end
  return "explain (" .. table.concat(words, ", ") .. ") "
end

local function ask(target, settings, sql, ...)
  local document = target:value(prefix(settings) .. sql, ...)
  return setmetatable(tree_of(document[1]), Plan)
end

-- What an analyzed statement did is undone, whatever it was.
local function ask_and_undo(target, settings, sql, ...)
  local found
  local values = table.pack(...)
  target:transaction(function(tx)
    found = ask(tx, settings, sql, table.unpack(values, 1, values.n))
    tx:abort()
  end)
  return found
end

local function explain(target, settings, sql, ...)
  if type(sql) ~= "string" then
    errors.raise {
      kind = "bad_argument",
      message = ("explain takes a statement, got %s"):format(type(sql)),
      hint = "write db:explain(sql, ...) or db:explain({ analyze = true }, sql, ...)",
    }
  end
  local run = settings.analyze and ask_and_undo or ask
  return run(target, settings, sql, ...)
end

---How the server would run a statement; with options first, also `analyze`, which runs it and
---undoes what it did.
---@async
---@param target moonpool.Executor
---@param first string|table  the statement, or options
---@return moonpool.Plan
function plan.explain(target, first, ...)
  local given = type(first) == "table" and first or nil
  local settings = options.read(OPTIONS, given, { kind = "bad_argument", what = "explain" })
  if given then return explain(target, settings, ...) end
  return explain(target, settings, first, ...)
end

return plan
