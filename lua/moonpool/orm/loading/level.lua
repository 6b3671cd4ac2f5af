-- All relations of one depth in one round trip, then those of the next: breadth first.
local deferred = require "moonpool.orm.loading.deferred"
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local plan = require "moonpool.orm.loading.plan"
local step = require "moonpool.orm.loading.step"

local level = {}

-- Of several classes in one table some may declare the relation alone.
local function having(objects, node)
  local owner, list = node.relation.owner, {}
  if not model_module.class(owner).parent then return objects end
  for _, object in ipairs(objects) do
    if model_module.is_a(model_module.of(object), owner) then
      list[#list + 1] = object
    end
  end
  return list
end

local function lacking(session, objects, node)
  if step.is_forced(node) then return objects end
  local list = {}
  for _, object in ipairs(objects) do
    if not session:is_loaded(object, node.name) then list[#list + 1] = object end
  end
  return list
end

local function refuse_type(relation, value)
  errors.raise { kind = "bad_argument", table = relation.owner.table.name,
    message = ('"%s" of "%s": a row\'s %s says "%s", which is none of its tables'):format(
      relation.name, relation.owner.table.name, relation.type_column, tostring(value)),
    hint = "add the table to its list: polymorphic = { ... }" }
end

-- Of a polymorphic relation: the objects by what their type column says.
local function by_type(relation, objects)
  local groups = {}
  for _, object in ipairs(objects) do
    local value = rawget(object, relation.type_column)
    if value ~= nil and not relation.targets[value] then refuse_type(relation, value) end
    local key = value or false
    groups[key] = groups[key] or {}
    table.insert(groups[key], object)
  end
  return groups
end

local function add_polymorphic(steps, reading, node, objects, parents)
  local session = reading.session
  local lack, all = by_type(node.relation, objects), by_type(node.relation, parents)
  for _, object in ipairs(lack[false] or {}) do session:keep_loaded(object, node.name, nil) end
  for _, relation in ipairs(step.relations(node)) do
    local own = all[relation.type_is]
    if own then
      steps[#steps + 1] = step.new(reading, node, relation, lack[relation.type_is] or {}, own)
    end
  end
end

local function add_steps(steps, reading, model, objects, nodes)
  local session = reading.session
  local wanted = deferred.wanted(nodes)
  if wanted then steps[#steps + 1] = deferred.step(session, model, objects, wanted) end
  for _, node in ipairs(nodes) do
    if node.relation then
      local parents = having(objects, node)
      local objects_lacking = lacking(session, parents, node)
      if node.relation.targets then
        add_polymorphic(steps, reading, node, objects_lacking, parents)
      else
        steps[#steps + 1] = step.new(reading, node, node.relation, objects_lacking, parents)
      end
    end
  end
end

local function ask(session, steps)
  local requests, asking = {}, {}
  for _, each in ipairs(steps) do
    if each.read then
      requests[#requests + 1], asking[#asking + 1] = { statement = each.read.statement }, each
    end
  end
  if #requests == 0 then return end
  for at, result in ipairs(session:read(requests, true)) do asking[at]:take(result) end
end

local function next_steps(reading, steps)
  local list = {}
  for _, each in ipairs(steps) do
    local target = each.relation and each.relation.target
    local nodes = target and plan.children(each.node, target) or {}
    local children = #nodes > 0 and each:children() or {}
    if #children > 0 then add_steps(list, reading, target, children, nodes) end
  end
  return list
end

---Load the nodes for the objects, and what belongs to what they lead to. What is loaded already is
---not asked for again; where nothing is lacking nothing is sent.
---@async
---@param session moonpool.orm.LoadingSession
---@param starts { model: moonpool.Model, objects: table[], nodes: moonpool.orm.LoadNode[] }[]
---@param reach moonpool.orm.Reach
function level.run(session, starts, reach)
  local steps, reading = {}, { session = session, reach = reach }
  for _, start in ipairs(starts) do
    if #start.objects > 0 then
      add_steps(steps, reading, start.model, start.objects, start.nodes)
    end
  end
  while #steps > 0 do
    ask(session, steps)
    for _, each in ipairs(steps) do each:attach() end
    steps = next_steps(reading, steps)
  end
end

return level
