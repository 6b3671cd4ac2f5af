-- How tables, subqueries, functions and joins of a from clause are written; pure.
local clause = require "moonpool.sql.text.clause"
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local name = require "moonpool.sql.text.name"

local text = {}

local function columns_text(aliases)
  local columns = {}
  for at, item in ipairs(aliases) do
    columns[at] = identifier.quote(item.name) .. (item.type and (" " .. name.type(item.type)) or "")
  end
  return (" (%s)"):format(table.concat(columns, ", "))
end

-- `as x (a, b)`, and for records `as x (a int4, b text)`.
local function alias_text(node)
  if not node.alias then return "" end
  local columns = node.aliases and columns_text(node.aliases) or ""
  return " as " .. identifier.quote(node.alias) .. columns
end

local function sample_text(context, sample)
  local repeatable = sample.seed and (" repeatable (%s)"):format(context:render(sample.seed)) or ""
  return (" tablesample %s (%s)%s"):format(sample.method, context:render(sample.percent),
    repeatable)
end

function text.table(context, node)
  return (node.only and "only " or "") .. name.qualified(node.schema, node.name)
    .. alias_text(node) .. (node.sample and sample_text(context, node.sample) or "")
end

function text.derived(context, node)
  return (node.lateral and "lateral " or "") .. "(" .. context:render(node.statement) .. ")"
    .. alias_text(node)
end

function text.rows_of(context, node)
  return context:render(node.call) .. (node.aliases and " as" .. columns_text(node.aliases) or "")
end

local function call_text(context, call)
  if call.kind ~= "rows_from" then return context:render(call) end
  return ("rows from (%s)"):format(context:list(call.items))
end

function text.function_source(context, node)
  local ordinality = node.ordinality and " with ordinality" or ""
  return (node.lateral and "lateral " or "") .. call_text(context, node.call) .. ordinality
    .. alias_text(node)
end

-- Rows are no value.
function text.rows_from()
  errors.raise { kind = "bad_argument", message = "rows_from is for from",
    hint = 'from(mp.rows_from(f, g):as("t", { "a", "b" }))' }
end

-- Only a function in from, which takes it apart, has an ordinality.
function text.ordinality()
  errors.raise { kind = "bad_argument", message = "with_ordinality is for a function in from",
    hint = 'from(mp.fn.unnest(list):with_ordinality():as("t", { "value", "place" }))' }
end

-- One array for each column: one text, and one plan, whatever the number of rows.
function text.unnest(context, node)
  return ("unnest(%s)%s"):format(context:list(node.arrays), alias_text(node))
end

function text.join(context, node)
  local joined = (" %s %s"):format(node.how, context:render(node.source))
  if node.condition then return joined .. " on " .. context:render(node.condition) end
  if not node.using then return joined end
  return ("%s using (%s)%s"):format(joined, node.using,
    node.alias and " as " .. identifier.quote(node.alias) or "")
end

function text.joined(context, node)
  return ("(%s%s)"):format(context:render(node.source), clause.sequence(context, node.joins))
end

return text
