-- How insert, update, delete and merge are written, clause by clause; pure.
local cartesian = require "moonpool.sql.cartesian"
local clause = require "moonpool.sql.text.clause"
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local scope = require "moonpool.sql.scope"

local text = {}

-- What can only be known to be missing when the whole is written.
local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function returning_clause(context, nodes)
  return #nodes > 0 and " returning " .. context:list(nodes) or ""
end

function text.assignment(context, node)
  local target = node.names and ("(%s)"):format(node.names) or identifier.quote(node.name)
  return target .. " = " .. context:render(node.value)
end

-- As it stands on the left of the sign: a column there has no table.
local function part_text(context, part)
  if part.kind == "column" then return identifier.quote(part.name) end
  local whole = part_text(context, part.operand or part.left)
  if part.kind == "field" then return whole .. "." .. identifier.quote(part.name) end
  local place = context:render(part.lower or part.right)
  return ("%s[%s%s]"):format(whole, place, part.upper and ":" .. context:render(part.upper) or "")
end

function text.part_assignment(context, node)
  return part_text(context, node.target) .. " = " .. context:render(node.value)
end

local function rows_text(context, rows)
  local texts = {}
  for index, row in ipairs(rows) do texts[index] = "(" .. context:list(row.items) .. ")" end
  return table.concat(texts, ", ")
end

local function into_text(node, names)
  local overriding = node.overridden and (" overriding %s value"):format(node.overridden) or ""
  return (names and (" (%s)"):format(names) or "") .. overriding
end

local function body_text(context, node)
  local into = into_text(node, node.names)
  if node.unnest then return into .. " select * from " .. context:render(node.unnest) end
  if node.query then return into .. " " .. context:render(node.query) end
  if #node.rows == 0 then
    refuse("an insert has no rows", "insert(Model):values { name = 1 }, or :from_select(query)")
  end
  if not node.names then return into .. " default values" end
  return into .. " values " .. rows_text(context, node.rows)
end

local function target_text(context, conflict)
  if conflict.constraint then
    return " on constraint " .. identifier.quote(conflict.constraint)
  end
  if #conflict.targets == 0 then return "" end
  return (" (%s)%s"):format(context:list(conflict.targets),
    clause.where(context, conflict.target_conditions))
end

function text.conflict(context, node)
  if not node.action then
    refuse("on_conflict does not say what to do", "follow it with :ignore() or :update{...}")
  end
  local target = target_text(context, node)
  if node.action == "ignore" then return " on conflict" .. target .. " do nothing" end
  return (" on conflict%s do update set %s%s"):format(target, context:list(node.assignments),
    clause.where(context, node.conditions))
end

local function insert_text(context, node, results)
  return "insert into " .. context:render(node.source) .. body_text(context, node)
    .. (node.conflict and context:render(node.conflict) or "") .. returning_clause(context, results)
end

-- The row that made room is looked up beside: what was just inserted is not yet in the snapshot.
local function existing_text(context, node)
  return ("inserted as (%s) select * from inserted union all %s"):format(
    insert_text(context, node, node.results), context:render(node.existing))
end

function text.insert(context, node)
  local with = clause.with(context, node)
  if not node.existing then return with .. insert_text(context, node, node.results) end
  return (with == "" and "with " or with:gsub(" $", ", ")) .. existing_text(context, node)
end

local function sources_clause(context, word, node)
  if #node.sources == 0 then return "" end
  return word .. context:list(node.sources) .. clause.sequence(context, node.joins)
end

local function check_sources(node)
  if #node.sources == 0 and #node.joins > 0 then
    refuse(("the join of the %s has nothing to join with"):format(node.kind),
      node.kind == "update" and "update(A):from(b):where(b.a_id:eq(A.id)), and joins after from"
      or "delete(A):using(b):where(b.a_id:eq(A.id)), and joins after using")
  end
  scope.check_names(node, node.source)
  cartesian.check(node, { node.source, table.unpack(node.sources) })
end

function text.update(context, node)
  if #node.assignments == 0 then
    refuse("an update sets nothing", "update(Model):set { name = value }")
  end
  check_sources(node)
  return clause.with(context, node) .. "update " .. context:render(node.source) .. " set "
    .. context:list(node.assignments) .. sources_clause(context, " from ", node)
    .. clause.where(context, node.conditions) .. returning_clause(context, node.results)
end

function text.delete(context, node)
  check_sources(node)
  return clause.with(context, node) .. "delete from " .. context:render(node.source)
    .. sources_clause(context, " using ", node) .. clause.where(context, node.conditions)
    .. returning_clause(context, node.results)
end

local actions = {}

function actions.update(context, node)
  return "update set " .. context:list(node.assignments)
end

function actions.insert(context, node)
  local into = "insert" .. into_text(node, node.names)
  if not node.names then return into .. " default values" end
  return into .. " values (" .. context:list(node.values) .. ")"
end

function actions.delete() return "delete" end

actions["do nothing"] = function() return "do nothing" end

text["when"] = function(context, node)
  local condition = node.condition and (" and " .. context:render(node.condition)) or ""
  return (" when %s%s then %s"):format(node.match, condition, actions[node.action](context, node))
end

local function check_merge(node)
  if not node.origin then
    refuse("a merge has no source", "merge(Model):using(source, condition)")
  end
  if node.pending then
    refuse(("when %s, the merge does not say what to do"):format(node.pending.match),
      "follow it with :update{...}, :insert{...}, :delete() or :do_nothing()")
  end
  if #node.clauses == 0 then
    refuse("a merge does nothing", "when_matched():update { ... }")
  end
end

function text.merge(context, node)
  check_merge(node)
  return clause.with(context, node) .. "merge into " .. context:render(node.source) .. " using "
    .. context:render(node.origin) .. " on " .. context:render(node.condition)
    .. clause.sequence(context, node.clauses) .. returning_clause(context, node.results)
end

return text
