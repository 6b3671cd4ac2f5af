-- How each kind of expression is written; pure.
local identifier = require "moonpool.sql.identifier"
local name = require "moonpool.sql.text.name"
local precedence = require "moonpool.sql.precedence"

local LEVELS, ATOM = precedence.LEVELS, precedence.ATOM

local text = {}

function text.param(context, node)
  local placeholder = context:param(node)
  return node.sent_as and (placeholder .. "::" .. name.type(node.sent_as)) or placeholder
end

function text.column(_, node)
  local column = identifier.quote(node.name)
  return node.qualifier and (identifier.quote(node.qualifier) .. "." .. column) or column
end

function text.star(_, node)
  return node.qualifier and (identifier.quote(node.qualifier) .. ".*") or "*"
end

function text.whole(_, node)
  return identifier.quote(node.qualifier)
end

function text.raw(_, node)
  return node.text
end

function text.fragment(context, node)
  local texts = { node.texts[1] }
  for index, argument in ipairs(node.arguments) do
    texts[#texts + 1] = context:operand(argument, ATOM - 1)
    texts[#texts + 1] = node.texts[index + 1]
  end
  return table.concat(texts)
end

local LOGIC = { ["and"] = true, ["or"] = true }

-- A chain of conditions may be long: each of them is written once.
local function logic_text(context, node)
  local operator, level, parts = node.operator, precedence.operands(node), {}
  local at = node
  while at.kind == "binary" and at.operator == operator do
    parts[#parts + 1] = context:operand(at.right, level)
    at = at.left
  end
  parts[#parts + 1] = context:operand(at, level)
  local ordered = {}
  for index = #parts, 1, -1 do ordered[#ordered + 1] = parts[index] end
  return table.concat(ordered, (" %s "):format(operator))
end

function text.binary(context, node)
  if LOGIC[node.operator] then return logic_text(context, node) end
  local left, right = precedence.operands(node)
  return ("%s %s %s"):format(
    context:operand(node.left, left), node.operator, context:operand(node.right, right))
end

text["not"] = function(context, node)
  return "not " .. context:operand(node.operand, LEVELS["not"])
end

-- With a space, so that two of them are no comment.
function text.negate(context, node)
  return "- " .. context:operand(node.operand, LEVELS.unary)
end

function text.is(context, node)
  return context:operand(node.operand, LEVELS.comparison) .. " is " .. node.what
end

function text.between(context, node)
  local level = LEVELS.comparison
  return ("%s %s %s and %s"):format(context:operand(node.operand, level), node.how,
    context:operand(node.low, level), context:operand(node.high, level))
end

function text.quantified(context, node)
  if node.operand.kind == "subquery" then return node.what .. context:render(node.operand) end
  return ("%s(%s)"):format(node.what, context:render(node.operand))
end

function text.subquery(context, node)
  return "(" .. context:render(node.statement) .. ")"
end

function text.exists(context, node)
  return (node.negated and "not exists (" or "exists (") .. context:render(node.statement) .. ")"
end

function text.row(context, node)
  local word = (node.named or #node.items < 2) and "row(" or "("
  return word .. context:list(node.items) .. ")"
end

function text.tuples(context, node)
  return "(" .. context:list(node.items) .. ")"
end

function text.unnested(context, node)
  return ("(select * from unnest(%s))"):format(context:list(node.arrays))
end

function text.array(context, node)
  local items = "array[" .. context:list(node.items) .. "]"
  return node.element and (items .. "::" .. name.type(node.element) .. "[]") or items
end

function text.array_query(context, node)
  return ("array(%s)"):format(context:render(node.statement))
end

function text.subscript(context, node)
  local operand = node.operand
  local base = operand.kind == "column" and context:render(operand)
    or "(" .. context:render(operand) .. ")"
  if not node.upper then return ("%s[%s]"):format(base, context:render(node.lower)) end
  return ("%s[%s:%s]"):format(base, context:render(node.lower), context:render(node.upper))
end

function text.field(context, node)
  return ("(%s).%s"):format(context:render(node.operand), identifier.quote(node.name))
end

function text.cast(context, node)
  return ("%s::%s"):format(context:operand(node.operand, LEVELS.cast - 1),
    name.type(node.type))
end

function text.collate(context, node)
  return ("%s collate %s"):format(context:operand(node.operand, LEVELS.collate), node.collation)
end

function text.zone(context, node)
  return ("%s at time zone %s"):format(context:operand(node.operand, LEVELS.zone - 1),
    context:operand(node.zone, LEVELS.zone))
end

function text.order(context, node)
  local nulls = node.nulls and (" nulls " .. node.nulls) or ""
  local using = node.using and (" using " .. node.using) or ""
  return context:render(node.operand) .. using
    .. (node.direction == "desc" and " desc" or "") .. nulls
end

function text.label(context, node)
  return ("%s as %s"):format(context:render(node.operand), identifier.quote(node.name))
end

function text.case(context, node)
  local parts = { "case" }
  if node.of then parts[1] = "case " .. context:operand(node.of, LEVELS.comparison - 1) end
  for _, branch in ipairs(node.branches) do
    parts[#parts + 1] = ("when %s then %s"):format(
      context:render(branch.condition), context:render(branch.value))
  end
  if node.otherwise then parts[#parts + 1] = "else " .. context:render(node.otherwise) end
  parts[#parts + 1] = "end"
  return table.concat(parts, " ")
end

function text.named(context, node)
  return ("%s => %s"):format(identifier.quote(node.name), context:render(node.value))
end

function text.variadic(context, node)
  return "variadic " .. context:render(node.operand)
end

local function arguments(context, node)
  if node.star then return "*" end
  local list = (node.is_distinct and "distinct " or "") .. context:list(node.arguments)
  if not node.orders then return list end
  return list .. " order by " .. context:list(node.orders)
end

-- What looks like a function and is grammar: quoted, there would be none of that name.
local GRAMMAR = { coalesce = true, greatest = true, least = true, nullif = true, grouping = true }

local function function_name(node)
  if not node.schema and GRAMMAR[node.name] then return node.name end
  return name.qualified(node.schema, node.name)
end

-- Functions that stand without brackets.
local BARE = { current_date = true, current_time = true, current_timestamp = true,
  localtime = true, localtimestamp = true, current_user = true, session_user = true,
  current_role = true, current_catalog = true, current_schema = true }

function text.call(context, node)
  if BARE[node.name] and not node.schema and #node.arguments == 0 then return node.name end
  local parts = { function_name(node) .. "(" .. arguments(context, node) .. ")" }
  if node.within then
    parts[#parts + 1] = ("within group (order by %s)"):format(context:list(node.within))
  end
  if node.condition then
    parts[#parts + 1] = ("filter (where %s)"):format(context:render(node.condition))
  end
  if node.window then parts[#parts + 1] = "over " .. context:render(node.window) end
  return table.concat(parts, " ")
end

local function passing_text(context, nodes)
  if #nodes == 0 then return "" end
  return " passing " .. context:list(nodes)
end

function text.json_passing(context, node)
  return ("%s as %s"):format(context:operand(node.value, ATOM - 1), identifier.quote(node.name))
end

function text.json_call(context, node)
  return ("%s(%s, %s%s%s)"):format(node.name, context:render(node.operand),
    context:render(node.path), passing_text(context, node.passing), node.tail)
end

function text.json_table(context, node)
  return ("json_table(%s, %s%s columns (%s)%s)"):format(context:operand(node.operand, 0),
    node.path, passing_text(context, node.passing), node.columns_text, node.on_error)
end

local function bound(context, node)
  return (node.offset and (context:operand(node.offset, ATOM - 1) .. " ") or "") .. node.what
end

text.bound = bound

function text.frame(context, node)
  local exclude = node.exclude and (" exclude " .. node.exclude) or ""
  return ("%s between %s and %s%s"):format(node.unit, bound(context, node.first),
    bound(context, node.last), exclude)
end

-- A window that only names another one is used as it is, so that its frame may be its own.
function text.window(context, node)
  local parts = { node.base and identifier.quote(node.base) }
  if node.partition then
    parts[#parts + 1] = "partition by " .. context:list(node.partition)
  end
  if node.orders then parts[#parts + 1] = "order by " .. context:list(node.orders) end
  if node.frame then parts[#parts + 1] = context:render(node.frame) end
  if node.base and #parts == 1 and not node.definition then return parts[1] end
  return "(" .. table.concat(parts, " ") .. ")"
end

function text.grouping(context, node)
  local sets = {}
  for at, set in ipairs(node.sets) do sets[at] = context:render(set) end
  return ("%s (%s)"):format(node.what, table.concat(sets, ", "))
end

function text.set(context, node)
  return "(" .. context:list(node.items) .. ")"
end

return text
