-- In which order rows can be written: parents first, by the foreign keys of their models; pure.
local model_module = require "moonpool.orm.model"
local parts = require "moonpool.orm.parts"
local registry = require "moonpool.orm.registry"

local order = {}

---Classes of one table are ordered as one model.
---@param model moonpool.Model
---@return moonpool.Model
function order.root_of(model)
  return model_module.class(model).root
end

---@param model moonpool.Model
---@return string  another one for each class of a table
function order.name_of(model)
  local value = model_module.class(model).value
  return ("%s.%s%s"):format(model.table.schema or "public", model.table.name,
    value ~= nil and "/" .. tostring(value) or "")
end

---@param key moonpool.schema.Constraint  a foreign key of the model's table
---@return moonpool.Model?
function order.target_of(model, key)
  local found = registry.find(key.schema or model.table.schema, key.table)
  return found and order.root_of(found)
end

local keys_known = setmetatable({}, { __mode = "k" })

local function add_own(list, model)
  for _, key in ipairs(model.table.foreign_keys) do
    if not key.is_inheritance then list[#list + 1] = key end
  end
end

-- Of the tables that a model's rows are in; a root's classes have theirs.
local function read_keys(model)
  local class, list = model_module.class(model), {}
  add_own(list, model)
  while class.is_joined do
    add_own(list, class.parent)
    class = model_module.class(class.parent)
  end
  for _, subclass in ipairs(class.root == model and model_module.subclasses(model) or {}) do
    if model_module.class(subclass).is_joined then add_own(list, subclass) end
  end
  return list
end

---@param model moonpool.Model
---@return moonpool.schema.Constraint[]  foreign keys of its rows; for a root also of its classes'
function order.keys_of(model)
  if not parts.are_several(model) then return model.table.foreign_keys end
  local known = keys_known[model]
  if not known or known.of ~= model.table.columns then
    known = { list = read_keys(model), of = model.table.columns }
    keys_known[model] = known
  end
  return known.list
end

local function by_name(models)
  table.sort(models, function(a, b) return order.name_of(a) < order.name_of(b) end)
  return models
end

-- Models that the rows of `model` refer to, by declaration.
local function declared_parents(model, is_among)
  local parents = {}
  for _, key in ipairs(order.keys_of(model)) do
    local target = order.target_of(model, key)
    if target and is_among[target] then parents[target] = true end
  end
  return parents
end

local function sorted_keys(set)
  local list = {}
  for item in pairs(set) do list[#list + 1] = item end
  return by_name(list)
end

-- Tarjan's strongly connected components: each before those that refer to it.
local function components(nodes, parents)
  local found, stack, on_stack, index, low, next_index = {}, {}, {}, {}, {}, 0
  local function visit(node)
    next_index = next_index + 1
    index[node], low[node] = next_index, next_index
    stack[#stack + 1], on_stack[node] = node, true
    for _, parent in ipairs(sorted_keys(parents[node])) do
      if not index[parent] then
        visit(parent)
        low[node] = math.min(low[node], low[parent])
      elseif on_stack[parent] then
        low[node] = math.min(low[node], index[parent])
      end
    end
    if low[node] ~= index[node] then return end
    local members = {}
    repeat
      local top = table.remove(stack)
      on_stack[top] = nil
      members[#members + 1] = top
    until top == node
    found[#found + 1] = by_name(members)
  end
  for _, node in ipairs(nodes) do
    if not index[node] then visit(node) end
  end
  return found
end

---@class moonpool.orm.flush.Order  by root models
---@field rank table<moonpool.Model, integer>  a model's parents have lower ones
---@field component table<moonpool.Model, integer>
---@field is_cyclic table<moonpool.Model, boolean>  its rows may refer to each other, on any way

local function ranks(found, parents)
  local rank, component, is_cyclic = {}, {}, {}
  for number, members in ipairs(found) do
    local highest = 0
    for _, member in ipairs(members) do component[member] = number end
    for _, member in ipairs(members) do
      for parent in pairs(parents[member]) do
        if component[parent] ~= number then highest = math.max(highest, rank[parent] + 1) end
      end
      is_cyclic[member] = #members > 1 or parents[member][member] ~= nil
    end
    for _, member in ipairs(members) do rank[member] = highest end
  end
  return { rank = rank, component = component, is_cyclic = is_cyclic }
end

-- References that no foreign key declares (polymorphic ones) count as well.
local function add_references(work, parents, is_among)
  for object, refs in pairs(work.refs) do
    local model = order.root_of(model_module.of(object))
    for _, ref in pairs(refs) do
      local target = ref and ref.object and order.root_of(model_module.of(ref.object))
      if target and is_among[target] and is_among[model] then parents[model][target] = true end
    end
  end
end

local function models_of(work)
  local is_among = {}
  local function add(object) is_among[order.root_of(model_module.of(object))] = true end
  for _, group in ipairs(work:new_groups()) do is_among[order.root_of(group.model)] = true end
  for _, group in ipairs(work:updated_groups()) do is_among[order.root_of(group.model)] = true end
  for _, object in ipairs(work.deletes) do add(object) end
  return is_among
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Order
function order.of(work)
  local is_among = models_of(work)
  local parents = {}
  for model in pairs(is_among) do parents[model] = declared_parents(model, is_among) end
  add_references(work, parents, is_among)
  return ranks(components(sorted_keys(is_among), parents), parents)
end

return order
