-- Relations to one row that come with the rows themselves, by a left join.
local columns = require "moonpool.orm.loading.columns"
local deferred = require "moonpool.orm.loading.deferred"
local model_module = require "moonpool.orm.model"
local path = require "moonpool.orm.loading.path"
local plan = require "moonpool.orm.loading.plan"
local scope = require "moonpool.orm.scope"

local joined = {}

---@class moonpool.orm.JoinedNode
---@field node moonpool.orm.LoadNode
---@field model moonpool.Model
---@field parent moonpool.orm.JoinedNode?  nil: the query's own rows
---@field source moonpool.sql.Source
---@field names string[]
---@field rest moonpool.orm.LoadNode[]  what is loaded afterwards

---The nodes that are joined, outer ones first, and what of each level is left for later.
---@param nodes moonpool.orm.LoadNode[]
---@param parent moonpool.orm.JoinedNode?
---@param list moonpool.orm.JoinedNode[]
---@return moonpool.orm.LoadNode[] rest
local function split(nodes, parent, list)
  local rest = {}
  for _, node in ipairs(nodes) do
    if node.strategy == "joined" then
      local target = node.relation.target
      local own = { node = node, model = target, parent = parent }
      list[#list + 1] = own
      own.source = target.source:as("_one" .. #list)
      local children = plan.children(node, target)
      own.wanted = deferred.wanted(children)
      own.names = columns.names(target, own.wanted)
      own.rest = split(children, own, list)
    else
      rest[#rest + 1] = node
    end
  end
  return rest
end

---@param nodes moonpool.orm.LoadNode[]
---@return moonpool.orm.JoinedNode[] list
---@return moonpool.orm.LoadNode[] rest
function joined.split(nodes)
  local list = {}
  local rest = split(nodes, nil, list)
  return list, rest
end

local function condition_of(own, base, reach)
  local relation, node = own.node.relation, own.node
  local from = own.parent and own.parent.source or base
  local on = path.all_equal(columns.expressions(relation.target_columns, own.source),
    columns.expressions(relation.local_columns, from))
  local function add(list)
    for _, condition in ipairs(list) do on = on & condition end
  end
  if relation.type_value then on = on & own.source:column(relation.type_column)
    :eq(relation.type_value) end
  add(scope.conditions(relation.target, own.source,
    scope.reach(reach, { with_deleted = node.with_deleted })))
  add(path.conditions(relation.where, own.model, own.source))
  add(path.conditions(node.where, own.model, own.source))
  return on
end

---@param statement moonpool.sql.Select
---@param list moonpool.orm.JoinedNode[]
---@param base moonpool.sql.Source
---@param reach moonpool.orm.Reach
---@return moonpool.sql.Select
function joined.add(statement, list, base, reach)
  for number, own in ipairs(list) do
    statement = statement:left_join(own.source, condition_of(own, base, reach))
    local labels = {}
    for at, name in ipairs(own.names) do
      labels[at] = own.source:column(name):as(("_%d_%d"):format(number, at))
    end
    statement = statement:columns_added(labels)
  end
  return statement
end

-- Some of the classes of one table may declare it alone.
local function has_relation(object, node)
  return object and model_module.is_a(model_module.of(object), node.relation.owner)
end

---Give each row's object what was joined to it.
---@param session moonpool.orm.LoadingSession
---@param result table
---@param objects table[]  of the query's own rows
---@param list moonpool.orm.JoinedNode[]
---@param before integer  columns before the first joined one
---@return table[] starts  for `loading.level`
function joined.take(session, result, objects, list, before)
  local starts, width = {}, before
  for _, own in ipairs(list) do width = width + #own.names end
  local found, at = {}, before
  for number, own in ipairs(list) do
    local placed = columns.placed(own.names, at, width - at - #own.names)
    local parents = own.parent and found[own.parent] or objects
    local rows = session:materialize(own.model, result, placed)
    deferred.fill(session, result, rows, placed, own.wanted)
    for row = 1, #result do
      local value = rows[row] or nil
      if has_relation(parents[row], own.node) then
        session:keep_loaded(parents[row], own.node.name, value)
      end
    end
    found[own], at = rows, at + #own.names
    starts[number] = { model = own.model, objects = joined.present(rows), nodes = own.rest }
  end
  return starts
end

---@return table[]  without the rows that had none, each object once
function joined.present(rows)
  local list, seen = {}, {}
  for _, object in ipairs(rows) do
    if object and not seen[object] then
      seen[object] = true
      list[#list + 1] = object
    end
  end
  return list
end

return joined
