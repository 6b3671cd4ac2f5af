-- Nodes to SQL text with `$n` and the parameters in their order; what was written once for a shape
-- is used for every statement that has it; pure.
local errors = require "moonpool.errors"
local expression_text = require "moonpool.sql.text.expression"
local identifier = require "moonpool.sql.identifier"
local node_module = require "moonpool.sql.node"
local precedence = require "moonpool.sql.precedence"
local select_text = require "moonpool.sql.text.select"
local shape = require "moonpool.sql.shape"
local source_text = require "moonpool.sql.text.source"
local write_text = require "moonpool.sql.text.write"

local compiler = {}

---@class moonpool.sql.Context
---@field numbers table<table, integer>  of the parameters' nodes
local Context = {}
Context.__index = Context

-- kind -> what writes it
local visitors = {}
compiler.visitors = visitors
for _, texts in ipairs { expression_text, select_text, source_text, write_text } do
  for kind, write in pairs(texts) do visitors[kind] = write end
end

---@return string  the placeholder
function Context:param(node)
  return "$" .. self.numbers[node]
end

---@param node table  any node
---@return string
function Context:render(node)
  return visitors[node.kind](self, node)
end

---In brackets unless it binds tighter than its surroundings.
function Context:operand(node, level)
  local text = self:render(node)
  if precedence.of(node) > level then return text end
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
    texts[index] = self:operand(node, precedence.LEVELS["and"] - 1)
  end
  return table.concat(texts, " and ")
end

-- No SQL text holds a NUL byte, so that it can mark where the names of schemas are.
local function with_schemas(raw, schemas)
  return (raw:gsub("%z([^%z]+)%z", function(name)
    return identifier.quote(schemas and schemas[name] or name)
  end))
end

local function write(node, params)
  local context = setmetatable({ numbers = {} }, Context)
  for number, param in ipairs(params) do context.numbers[param] = number end
  local raw = context:render(node)
  return { text = with_schemas(raw), raw = raw:find("\0", 1, true) and raw or nil }
end

-- A node that stands in several places is one parameter, or what is grouped by would not be what is
-- selected; so where there are such, they are part of the shape.
local function distinct(found)
  local params, seen, places = {}, {}, nil
  for at, param in ipairs(found) do
    if not seen[param] then
      params[#params + 1] = param
      seen[param] = #params
    else
      places = (places or "") .. at .. "=" .. seen[param] .. " "
    end
  end
  return params, places or ""
end

local function find_params(node)
  local found = node_module.params(node, {})
  if #found < 2 then return found, "" end
  return distinct(found)
end

---@param node table
---@param schemas table<string, string>?  names of schemas that stand for others
---@return string sql
---@return table params  with `n`
function compiler.compile(node, schemas)
  local params, places = find_params(node)
  local templates = shape.templates(node.shape)
  local template = templates[places]
  if not template then
    template = write(node, params)
    templates[places] = template
  end
  local values = { n = #params }
  for at, param in ipairs(params) do values[at] = param.value end
  if schemas and template.raw then return with_schemas(template.raw, schemas), values end
  return template.text, values
end

---Raises `bad_argument`; for what a node cannot be written as.
function compiler.refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

return compiler
