-- Rows that a flush changes or deletes, locked first, in one order for all sessions; pure.
--
-- Sorted parameters are not enough: over a small table the server joins in the order of the heap,
-- and statements for different columns come in the order of their own first rows.
local columns = require "moonpool.orm.flush.columns"
local key_order = require "moonpool.orm.flush.key_order"
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"
local sql = require "moonpool.orm.flush.sql"

local lock = {}

local function key_arrays(step, work)
  local params, facts = {}, columns.of(step.model).by_name
  for place, name in ipairs(step.keys) do
    local array, dump = {}, facts[name].dump
    for at, object in ipairs(step.objects) do
      local value = work.uow:snapshot_of(object)[name]
      array[at] = dump and dump(value) or value
    end
    params[place] = array
  end
  params.n = #params
  return params
end

local function statements(step, work)
  local text = sql.lock_rows(sql.names(step.model.source, work.schemas), step.keys, step.elements,
    step.strength)
  return { { sql = text, params = key_arrays(step, work), step = step, objects = step.objects } }
end

local function elements_of(model, keys)
  local elements, facts = {}, columns.of(model).by_name
  for at, name in ipairs(keys) do
    elements[at] = columns.element(facts[name])
    if not elements[at] then return nil end
  end
  return elements
end

-- By table: what is deleted needs the stronger lock.
local function gather(work)
  local found, roots, count = {}, {}, 0
  local function add(object, strength)
    local root = order.root_of(model_module.of(object))
    if not found[root] then
      found[root] = { objects = {}, strength = strength }
      roots[#roots + 1] = root
    end
    if strength == "update" then found[root].strength = strength end
    table.insert(found[root].objects, object)
    count = count + 1
  end
  for _, one in ipairs(work.updates) do add(one.object, "no key update") end
  for _, object in ipairs(work.deletes) do add(object, "update") end
  table.sort(roots, function(a, b) return order.name_of(a) < order.name_of(b) end)
  return roots, found, count
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Step[]  none where there is but one row
function lock.steps(work)
  local list = {}
  local roots, found, count = gather(work)
  if count < 2 then return list end
  for _, root in ipairs(roots) do
    local keys = root.table.primary_key.columns
    local elements = elements_of(root, keys)
    if elements then
      list[#list + 1] = { kind = "lock", model = root, keys = keys, elements = elements,
        objects = key_order.sort(work.uow, found[root].objects, function(object) return object end),
        strength = found[root].strength, statements = statements }
    end
  end
  return list
end

return lock
