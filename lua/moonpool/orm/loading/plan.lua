-- What `:with` and `:load` take, read into a tree of what is to be loaded; pure.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local options = require "moonpool.options"
local relation_module = require "moonpool.orm.relation"

local plan = {}

---@class moonpool.orm.LoadNode
---@field name string
---@field relation moonpool.orm.Relation?
---@field column string?  a deferred column instead
---@field where any
---@field order_by any
---@field limit integer?  rows of each parent
---@field strategy "select" | "joined" | "lateral"
---@field with_deleted boolean
---@field children table  `{ order = {names}, by_name = { name = { options =, children = } } }`

local ROWS = {
  { name = "where", kind = "any", doc = "{ state = 'live' }, or a function of the columns" },
  { name = "order_by", kind = "any", doc = '"created_at desc", or a list of such' },
  { name = "limit", kind = "integer", min = 1, doc = "rows of each parent" },
  { name = "strategy", kind = "choice", values = { "select", "joined", "lateral" },
    doc = "how it is read; chosen by itself when left out" },
  { name = "with_deleted", kind = "boolean", default = false },
  { name = "with", kind = "any", doc = "what is loaded with the related rows" },
}

local function refuse(model, name, message, hint)
  errors.raise { kind = "bad_argument", table = model.table.name, hint = hint,
    message = ('with "%s" of "%s": %s'):format(name, model.table.name, message) }
end

local function new_tree()
  return { order = {}, by_name = {} }
end

local add_all

-- `{ "author", limit = 3 }`: names stand for `with`, the rest are options.
local function split(given)
  local names, named = {}, {}
  for key, value in pairs(given) do
    if math.type(key) == "integer" then names[key] = value else named[key] = value end
  end
  return names, named
end

local function merge(entry, given)
  if given == true then return end
  if type(given) == "string" then return add_all(entry.children, { given }) end
  local names, named = split(given)
  add_all(entry.children, names)
  if named.with ~= nil then add_all(entry.children, named.with) end
  for key, value in pairs(named) do
    if key ~= "with" then entry.options[key] = value end
  end
end

local function entry_of(tree, name)
  local entry = tree.by_name[name]
  if entry then return entry end
  entry = { options = {}, children = new_tree() }
  tree.by_name[name] = entry
  tree.order[#tree.order + 1] = name
  return entry
end

-- "comments.author" is comments, and with them their author.
local GIVEN = { string = true, table = true }

local function check_given(path, given)
  if type(path) == "string" and (given == true or GIVEN[type(given)]) then return end
  errors.raise { kind = "bad_argument", hint = ':with { "author", comments = { limit = 3 } }',
    message = type(path) ~= "string" and "with: a relation is named by a string"
      or ('with "%s": options are a table, not a %s'):format(path, type(given)) }
end

local function add(tree, path, given)
  check_given(path, given)
  local first, rest = path:match "^([^.]+)%.(.+)$"
  local entry = entry_of(tree, first or path)
  if rest then return add(entry.children, rest, given) end
  merge(entry, given)
end

function add_all(tree, given)
  if type(given) == "string" then given = { given } end
  if type(given) ~= "table" then
    errors.raise { kind = "bad_argument", message = ("with takes a table, not a %s"):format(
      type(given)), hint = ':with { "author", comments = { limit = 3 } }' }
  end
  local names, named = split(given)
  for _, name in ipairs(names) do add(tree, name, true) end
  local keys = {}
  for key in pairs(named) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do add(tree, key, named[key]) end
end

-- What only some of the classes of one table declare is loaded for those.
local function find_relations(model, name)
  local fields, list = model_module.class(model).fields, {}
  if fields[name] then return { relation_module.of(model, name) } end
  for _, subclass in ipairs(model_module.subclasses(model)) do
    local class = model_module.class(subclass)
    if class.fields[name] and not model_module.class(class.parent).fields[name] then
      list[#list + 1] = relation_module.of(subclass, name)
    end
  end
  return #list > 0 and list or { relation_module.of(model, name) }
end

local function check_where(model, node)
  local where = node.where
  local fits = where == nil or type(where) == "table" or type(where) == "function"
  if fits then return end
  refuse(model, node.name, ("where is a %s"):format(type(where)),
    "where = { state = 'live' }, or a function of the columns")
end

local function check_strategy(model, node)
  local is_list = node.relation.is_list
  if node.strategy == "joined" and (is_list or node.relation.via or node.relation.targets) then
    refuse(model, node.name, "only a plain relation to one row can be joined",
      'leave strategy out, or write strategy = "select"')
  end
  if node.limit and not is_list then
    refuse(model, node.name, "a relation to one row has no limit", "leave limit out")
  end
  if node.limit and node.strategy ~= nil and node.strategy ~= "lateral" then
    refuse(model, node.name, "a limit for each parent needs a lateral join",
      'leave strategy out, or write strategy = "lateral"')
  end
end

local read_tree

local function check_children(node)
  local relation = node.relation
  if relation.target then
    read_tree(relation.target, node.children)
    return
  end
  for _, name in ipairs(node.children.order) do
    local declares = false
    for _, target in pairs(relation.targets) do
      declares = declares or model_module.class(target).fields[name] ~= nil
    end
    if not declares then
      refuse(relation.owner, node.name, ('none of its targets has a relation "%s"'):format(name),
        "correct the name")
    end
  end
end

local function node_of(model, relation, entry)
  local node = options.read(ROWS, entry.options, { kind = "bad_argument",
    what = ('with "%s" of "%s"'):format(relation.name, model.table.name) })
  node.name, node.relation, node.children = relation.name, relation, entry.children
  check_where(model, node)
  check_strategy(model, node)
  check_children(node)
  return node
end

local function add_nodes(nodes, model, name, entry)
  local field = model_module.class(model).fields[name]
  if field and field.kind == "deferred" then
    nodes[#nodes + 1] = { name = name, column = name }
    return
  end
  for _, relation in ipairs(find_relations(model, name)) do
    nodes[#nodes + 1] = node_of(model, relation, entry)
  end
end

function read_tree(model, tree)
  local nodes = {}
  for _, name in ipairs(tree.order) do add_nodes(nodes, model, name, tree.by_name[name]) end
  return nodes
end

---@param model moonpool.Model
---@param list (string | table)[]  what several `:with` were given
---@return moonpool.orm.LoadNode[]  raises `bad_argument` for what is no relation of the model
function plan.merged(model, list)
  local tree = new_tree()
  for _, given in ipairs(list) do add_all(tree, given) end
  return read_tree(model, tree)
end

---@param model moonpool.Model
---@param given string | table
---@return moonpool.orm.LoadNode[]
function plan.new(model, given)
  return plan.merged(model, { given })
end

---What is to be loaded with the rows that a node gave; what this target does not have is left out.
---@param node moonpool.orm.LoadNode
---@param target moonpool.Model
---@return moonpool.orm.LoadNode[]
function plan.children(node, target)
  if not node.children or #node.children.order == 0 then return {} end
  if node.relation.target then return read_tree(target, node.children) end
  local nodes = {}
  for _, name in ipairs(node.children.order) do
    if model_module.class(target).fields[name] then
      add_nodes(nodes, target, name, node.children.by_name[name])
    end
  end
  return nodes
end

return plan
