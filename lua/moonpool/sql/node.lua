-- Nodes: immutable parts of a statement, each of a kind whose layout says what its text depends on.
local shape = require "moonpool.sql.shape"

local node = {}

local ABSENT, STOP = shape.ABSENT, shape.STOP
local step = shape.step

---@class moonpool.sql.Layout
---@field root table  the shape where those of the kind begin
---@field texts string[]  fields that are texts or flags
---@field children string[]  fields that are nodes or lists of them, in the order of the SQL text
---@field is_statement boolean?
local layouts = {}

---Declares a kind. What is in no layout has no influence on the text.
---@param kind string
---@param texts string[]
---@param children string[]
---@param is_statement boolean?
function node.layout(kind, texts, children, is_statement)
  layouts[kind] = { root = {}, texts = texts, children = children, is_statement = is_statement }
end

---Every field of each kind; a class whose nodes are of the kind has no method of that name.
---@return table<string, string[]>
function node.fields()
  local by_kind = {}
  for kind, layout in pairs(layouts) do
    local names = table.move(layout.texts, 1, #layout.texts, 1, {})
    by_kind[kind] = table.move(layout.children, 1, #layout.children, #names + 1, names)
  end
  return by_kind
end

---@return boolean  whether a bound value may be in it
function node.has_params(value)
  return value.kind == "param" or value.inner ~= nil or layouts[value.kind].is_statement == true
end

local function note(inner, child)
  if not node.has_params(child) then return inner end
  inner = inner or {}
  inner[#inner + 1] = child
  return inner
end

local function add_child(at, inner, child)
  if not child then return step(at, ABSENT), inner end
  if child.kind then return step(at, child.shape), note(inner, child) end
  for _, item in ipairs(child) do
    at, inner = step(at, item.shape), note(inner, item)
  end
  return step(at, STOP), inner
end

---Makes the fields a node: gives them their kind, shape and those children that have parameters.
---@param kind string
---@param fields table  taken over
---@return table
function node.new(kind, fields)
  local layout = layouts[kind]
  local at, inner = layout.root, nil
  for _, name in ipairs(layout.texts) do at = step(at, fields[name] or ABSENT) end
  for _, name in ipairs(layout.children) do at, inner = add_child(at, inner, fields[name]) end
  fields.kind, fields.shape, fields.inner = kind, at, inner
  return fields
end

---@return table  the shape in which a statement of this kind begins
function node.root(kind)
  return layouts[kind].root
end

local collect

local function collect_field(child, into)
  if not child then return end
  if child.kind then return collect(child, into) end
  for _, item in ipairs(child) do collect(item, into) end
end

---The parameters below a node, in the order of the layouts.
---@param value table
---@param into table[]
---@return table[] into
function node.params(value, into)
  collect(value, into)
  return into
end

function collect(value, into)
  local kind = value.kind
  if kind == "param" then
    into[#into + 1] = value
  elseif value.inner then
    local inner = value.inner
    for at = 1, #inner do collect(inner[at], into) end
  elseif layouts[kind].is_statement then
    for _, name in ipairs(layouts[kind].children) do collect_field(value[name], into) end
  end
end

return node
