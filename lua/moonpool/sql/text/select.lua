-- How selects, set operations, VALUES and WITH are written, clause by clause; pure.
local cartesian = require "moonpool.sql.cartesian"
local clause = require "moonpool.sql.text.clause"
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local precedence = require "moonpool.sql.precedence"
local scope = require "moonpool.sql.scope"

local text = {}

local function materialized_text(node)
  if node.materialized == "yes" then return "materialized " end
  return node.materialized == "no" and "not materialized " or ""
end

local function column_names(node)
  return node.aliases and (" (%s)"):format(node.aliases) or ""
end

local function search_text(node)
  return node.search and " " .. node.search or ""
end

local function cycle_text(node)
  return node.cycle and " " .. node.cycle or ""
end

function text.cte(context, node)
  return ("%s%s as %s(%s)%s%s"):format(identifier.quote(node.name), column_names(node),
    materialized_text(node), context:render(node.statement), search_text(node), cycle_text(node))
end

local function distinct_text(context, node)
  if #node.distinct_by > 0 then
    return ("distinct on (%s) "):format(context:list(node.distinct_by))
  end
  return node.is_distinct and "distinct " or ""
end

function text.named_window(context, node)
  return identifier.quote(node.name) .. " as " .. context:render(node.window)
end

local function fetch_text(context, node)
  if not node.fetched then return "" end
  return (" fetch first %s rows %s"):format(context:operand(node.fetched, precedence.ATOM - 1),
    node.with_ties and "with ties" or "only")
end

-- What bounds a result, in the order of the grammar.
local function bounds_text(context, node)
  return (node.row_limit and " limit " .. context:render(node.row_limit) or "")
    .. (node.row_offset and " offset " .. context:render(node.row_offset) or "")
    .. fetch_text(context, node)
end

function text.lock(_, node)
  return (" for %s%s%s"):format(node.strength, node.of and (" of " .. node.of) or "",
    node.wait and (" " .. node.wait) or "")
end

local function check_joins(node)
  if #node.sources > 0 or #node.joins == 0 then return end
  errors.raise { kind = "bad_argument", message = "the join of the select has nothing to join with",
    hint = "call :from(...) too" }
end

function text.select(context, node)
  check_joins(node)
  scope.check(node)
  scope.check_names(node)
  cartesian.check(node, node.sources)
  return table.concat {
    clause.with(context, node), "select ", distinct_text(context, node),
    #node.columns > 0 and context:list(node.columns) or "*",
    clause.list(context, " from ", node.sources), clause.sequence(context, node.joins),
    clause.where(context, node.conditions),
    clause.list(context, node.distinct_groups and " group by distinct " or " group by ",
      node.groups),
    #node.havings > 0 and " having " .. context:all(node.havings) or "",
    clause.list(context, " window ", node.windows),
    clause.list(context, " order by ", node.orders), bounds_text(context, node),
    clause.sequence(context, node.locks),
  }
end

local BOUNDS = { "orders", "ctes", "locks" }

local function stands_alone(node)
  if node.row_limit or node.row_offset or node.fetched then return false end
  for _, name in ipairs(BOUNDS) do
    if node[name] and #node[name] > 0 then return false end
  end
  return true
end

-- `a union b union c` is what its reader thinks it is; every other mixture is bracketed.
local function operand_text(context, node, parent, is_left)
  local body = context:render(node)
  local is_same = is_left and node.kind == "compound" and node.operator == parent.operator
  if stands_alone(node) and (node.kind ~= "compound" or is_same) then return body end
  return "(" .. body .. ")"
end

function text.compound(context, node)
  return table.concat {
    clause.with(context, node), operand_text(context, node.left, node, true),
    " ", node.operator, " ", operand_text(context, node.right, node, false),
    clause.list(context, " order by ", node.orders), bounds_text(context, node),
  }
end

function text.values(context, node)
  local rows = {}
  for at, row in ipairs(node.rows) do rows[at] = "(" .. context:list(row.items) .. ")" end
  return clause.with(context, node) .. "values " .. table.concat(rows, ", ")
    .. clause.list(context, " order by ", node.orders) .. bounds_text(context, node)
end

return text
