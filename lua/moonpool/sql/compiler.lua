-- Expression and statement nodes to SQL text with `$n` and the parameters in their order; pure.
local identifier = require "moonpool.sql.identifier"
local statements = require "moonpool.sql.statements"

local compiler = {}

---@class moonpool.sql.Context
---@field params table  with `n`
local Context = {}
Context.__index = Context

local PRECEDENCE = {
  ["or"] = 1, ["and"] = 2, ["not"] = 3, comparison = 4, concat = 5, sum = 6, product = 7,
}
local ATOM = 9

local LEVELS = {
  ["+"] = "sum", ["-"] = "sum", ["*"] = "product", ["/"] = "product", ["%"] = "product",
  ["and"] = "and", ["or"] = "or",
  ["||"] = "concat", ["@>"] = "concat", ["<@"] = "concat", ["&&"] = "concat",
}

-- Nobody knows what binds how in SQL text, except that a name or one call is a unit.
local function is_atomic_text(node)
  local only = #node.arguments == 0 and node.texts[1]
  if only and only:lower():find "^not%f[%W]" then return false end
  return only and (only:find "^[%w_.]+$" or only:find "^[%w_.]+%b()$") ~= nil
end

local function precedence_of(node)
  if node.kind == "fragment" then return is_atomic_text(node) and ATOM or 0 end
  if node.kind == "binary" then return PRECEDENCE[LEVELS[node.operator] or "comparison"] end
  if node.kind == "not" then return PRECEDENCE["not"] end
  if node.kind == "between" or node.kind == "is" then return PRECEDENCE.comparison end
  return ATOM
end

---@return string  the placeholder
function Context:param(value)
  local params = self.params
  params.n = params.n + 1
  params[params.n] = value
  return "$" .. params.n
end

-- In brackets unless it binds tighter than its surroundings.
function Context:operand(node, level)
  local text = self:render(node)
  if precedence_of(node) > level then return text end
  return "(" .. text .. ")"
end

---Several nodes, separated by commas.
function Context:list(nodes)
  local texts = {}
  for index, node in ipairs(nodes) do texts[index] = self:render(node) end
  return table.concat(texts, ", ")
end

---Conditions that must all hold.
function Context:all(nodes)
  if #nodes == 1 then return self:render(nodes[1]) end
  local texts = {}
  for index, node in ipairs(nodes) do
    texts[index] = self:operand(node, PRECEDENCE["and"] - 1)
  end
  return table.concat(texts, " and ")
end

local visitors = {}

function visitors.param(context, node)
  return context:param(node.value)
end

function visitors.column(_, node)
  local name = identifier.quote(node.name)
  return node.qualifier and (identifier.quote(node.qualifier) .. "." .. name) or name
end

function visitors.raw(_, node)
  return node.text
end

function visitors.fragment(context, node)
  local texts = { node.texts[1] }
  for index, argument in ipairs(node.arguments) do
    texts[#texts + 1] = context:operand(argument, ATOM - 1)
    texts[#texts + 1] = node.texts[index + 1]
  end
  return table.concat(texts)
end

-- `and` and `or` chain; every other operator brackets an operand of its own level.
function visitors.binary(context, node)
  local level = precedence_of(node)
  local chain = (node.operator == "and" or node.operator == "or") and level - 1 or level
  return ("%s %s %s"):format(
    context:operand(node.left, chain), node.operator, context:operand(node.right, chain))
end

visitors["not"] = function(context, node)
  return "not " .. context:operand(node.operand, PRECEDENCE["not"])
end

function visitors.is(context, node)
  return context:operand(node.operand, PRECEDENCE.comparison) .. " is " .. node.what
end

function visitors.between(context, node)
  local level = PRECEDENCE.comparison
  return ("%s between %s and %s"):format(context:operand(node.operand, level),
    context:operand(node.low, level), context:operand(node.high, level))
end

function visitors.any(context, node)
  return ("any(%s)"):format(context:render(node.list))
end

function visitors.subquery(context, node)
  return "(" .. context:render(node.statement) .. ")"
end

function visitors.exists(context, node)
  return "exists (" .. context:render(node.statement) .. ")"
end

function visitors.row(context, node)
  return "(" .. context:list(node.items) .. ")"
end

function visitors.call(context, node)
  return ("%s(%s)"):format(node.name, node.star and "*" or context:list(node.arguments))
end

function visitors.cast(context, node)
  return ("%s::%s"):format(context:operand(node.operand, ATOM - 1), node.type)
end

function visitors.order(context, node)
  local nulls = node.nulls and (" nulls " .. node.nulls) or ""
  return context:render(node.operand) .. (node.direction == "desc" and " desc" or "") .. nulls
end

function visitors.label(context, node)
  return ("%s as %s"):format(context:render(node.operand), identifier.quote(node.name))
end

for kind, render in pairs(statements) do visitors[kind] = render end

---@param node table  any node
---@return string
function Context:render(node)
  return visitors[node.kind](self, node)
end

---@param node table
---@return string sql
---@return table params  with `n`
function compiler.compile(node)
  local context = setmetatable({ params = { n = 0 } }, Context)
  return context:render(node), context.params
end

return compiler
