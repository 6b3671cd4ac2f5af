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

---The list that is empty for everybody.
node.NONE = setmetatable({}, { __newindex = function() error("it is shared", 2) end })

---Declares a kind. What is in no layout has no influence on the text.
---@param kind string
---@param texts string[]
---@param children string[]
---@param is_statement boolean?
---@return table  the shape where those of the kind begin
function node.layout(kind, texts, children, is_statement)
  local root = {}
  layouts[kind] = { root = root, texts = texts, children = children, is_statement = is_statement }
  return root
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

local function add(at, inner, child)
  if child.bound then
    inner = inner or {}
    inner[#inner + 1] = child
  end
  local key = child.shape
  return at[key] or step(at, key), inner
end

local function add_list(at, inner, list)
  for index = 1, #list do at, inner = add(at, inner, list[index]) end
  return at[STOP] or step(at, STOP), inner
end

local function add_children(at, fields, names)
  local inner
  for index = 1, #names do
    local child = fields[names[index]]
    if not child then
      at = at[ABSENT] or step(at, ABSENT)
    elseif child.kind then
      at, inner = add(at, inner, child)
    else
      at, inner = add_list(at, inner, child)
    end
  end
  return at, inner
end

---Makes the fields a node: gives them a kind, a shape, and whether a bound value is in them.
---@param kind string
---@param fields table  taken over
---@return table
function node.new(kind, fields)
  local layout = layouts[kind]
  local at, names = layout.root, layout.texts
  for index = 1, #names do
    local key = fields[names[index]] or ABSENT
    at = at[key] or step(at, key)
  end
  local own, inner = add_children(at, fields, layout.children)
  fields.kind, fields.shape, fields.inner, fields.bound = kind, own, inner, inner ~= nil
  return fields
end

---@return string[]  the fields that are nodes or lists of them
function node.children(kind)
  return layouts[kind].children
end

---@return table  the shape in which a statement of this kind begins
function node.root(kind)
  return layouts[kind].root
end

local collect

local function is_bound(child)
  if not child then return false end
  if child.kind then return child.bound end
  for at = 1, #child do
    if child[at].bound then return true end
  end
  return false
end

local PLAN = {}

-- In which clauses of a statement there are parameters: the same for all of its shape.
local function plan_of(value)
  local known = shape.templates(value.shape)
  local plan = known[PLAN]
  if plan then return plan end
  plan = {}
  for _, name in ipairs(layouts[value.kind].children) do
    if is_bound(value[name]) then plan[#plan + 1] = name end
  end
  known[PLAN] = plan
  return plan
end

local function collect_statement(value, into)
  local names = plan_of(value)
  for index = 1, #names do
    local child = value[names[index]]
    if child.kind then
      collect(child, into)
    else
      for at = 1, #child do collect(child[at], into) end
    end
  end
end

function collect(value, into)
  local inner = value.inner
  if inner then
    for at = 1, #inner do collect(inner[at], into) end
  elseif value.kind == "param" then
    into[#into + 1] = value
  elseif value.bound then
    collect_statement(value, into)
  end
end

---The parameters below a node, in the order of the layouts.
---@param value table
---@param into table[]
---@return table[] into
function node.params(value, into)
  collect(value, into)
  return into
end

return node
