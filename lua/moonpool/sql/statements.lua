-- How select, insert, update and delete are written, clause by clause; pure.
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"

local statements = {}

local function table_text(source)
  local name = identifier.qualified(source.schema, source.name)
  if not source.alias then return name end
  return name .. " as " .. identifier.quote(source.alias)
end

local function where_clause(context, conditions)
  return #conditions > 0 and " where " .. context:all(conditions) or ""
end

local function returning_clause(context, nodes)
  return #nodes > 0 and " returning " .. context:list(nodes) or ""
end

local function joins(context, node)
  local texts = {}
  for index, join in ipairs(node.joins) do
    texts[index] = (" %s %s on %s"):format(
      join.how, table_text(join.source), context:render(join.on))
  end
  return table.concat(texts)
end

local function list_clause(context, word, nodes)
  return #nodes > 0 and word .. context:list(nodes) or ""
end

function statements.select(context, node)
  local parts = {
    "select ", node.distinct and "distinct " or "",
    #node.columns > 0 and context:list(node.columns) or "*",
  }
  local function add(text) parts[#parts + 1] = text end
  if node.source then add(" from " .. table_text(node.source)) end
  add(joins(context, node))
  add(where_clause(context, node.conditions))
  add(list_clause(context, " group by ", node.groups))
  if #node.havings > 0 then add(" having " .. context:all(node.havings)) end
  add(list_clause(context, " order by ", node.orders))
  if node.row_limit then add(" limit " .. context:render(node.row_limit)) end
  if node.row_offset then add(" offset " .. context:render(node.row_offset)) end
  return table.concat(parts)
end

local function assignments(context, list)
  local texts = {}
  for index, item in ipairs(list) do
    texts[index] = ("%s = %s"):format(identifier.quote(item.name), context:render(item.value))
  end
  return table.concat(texts, ", ")
end

local function values_text(context, node)
  if #node.names == 0 then return " default values" end
  local rows = {}
  for index, row in ipairs(node.rows) do rows[index] = "(" .. context:list(row) .. ")" end
  return (" (%s) values %s"):format(identifier.list(node.names), table.concat(rows, ", "))
end

-- One array for each column: one text, and one plan, whatever the number of rows.
local function unnest_text(context, node)
  local arrays = {}
  for index, name in ipairs(node.names) do
    arrays[index] = ("%s::%s[]"):format(context:param(node.arrays[name]), node.types[name])
  end
  return (" (%s) select * from unnest(%s)"):format(
    identifier.list(node.names), table.concat(arrays, ", "))
end

local function conflict_text(context, node)
  local conflict = node.conflict
  if not conflict then return "" end
  local target = #conflict.target > 0 and (" (%s)"):format(identifier.list(conflict.target)) or ""
  if not conflict.action then
    errors.raise { kind = "bad_argument", message = "on_conflict does not say what to do",
      hint = "follow it with :ignore() or :update{...}" }
  end
  if conflict.action == "ignore" then return " on conflict" .. target .. " do nothing" end
  return (" on conflict%s do update set %s%s"):format(
    target, assignments(context, conflict.set), where_clause(context, conflict.conditions))
end

function statements.insert(context, node)
  local rows = node.arrays and unnest_text or values_text
  return "insert into " .. table_text(node.source) .. rows(context, node)
    .. conflict_text(context, node) .. returning_clause(context, node.results)
end

function statements.update(context, node)
  return "update " .. table_text(node.source) .. " set " .. assignments(context, node.assignments)
    .. where_clause(context, node.conditions) .. returning_clause(context, node.results)
end

function statements.delete(context, node)
  return "delete from " .. table_text(node.source)
    .. where_clause(context, node.conditions) .. returning_clause(context, node.results)
end

return statements
