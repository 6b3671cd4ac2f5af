-- Rows that a flush changes or deletes, locked first, in one order for all sessions; pure.
--
-- Sorted parameters are not enough: over a small table the server joins in the order of the heap,
-- and statements for different columns come in the order of their own first rows.
local columns = require "moonpool.orm.flush.columns"
local key_order = require "moonpool.orm.flush.key_order"
local order = require "moonpool.orm.flush.order"
local parts = require "moonpool.orm.parts"
local sql = require "moonpool.orm.flush.sql"

local lock = {}

local function key_arrays(step, work)
  local params, facts = { n = #step.keys }, columns.of(step.model).by_name
  local rows = work.uow:snapshots_of(step.objects)
  for place, summary in ipairs(work.uow.objects.survey(rows, step.keys)) do
    local values, dump = summary.values, facts[step.keys[place]].dump
    for at = 1, dump and #values or 0 do values[at] = dump(values[at]) end
    params[place] = values
  end
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

-- The group's objects are in the order of their keys, unless there are several of one table.
local function add(found, group, strength)
  local root = order.root_of(group.model)
  local known = found[root]
  if not known then
    found[root] = { model = parts.of(root)[1], objects = group.objects, strength = strength,
      is_sorted = true }
    return
  end
  local all = table.move(known.objects, 1, #known.objects, 1, {})
  known.objects = table.move(group.objects, 1, #group.objects, #all + 1, all)
  known.strength, known.is_sorted = strength, false
end

-- By table: what is deleted needs the stronger lock.
local function gather(work)
  local found, list = {}, {}
  for _, group in ipairs(work:updated_groups()) do add(found, group, "no key update") end
  for _, group in ipairs(work.uow:by_model(work.deletes)) do add(found, group, "update") end
  for _, each in pairs(found) do list[#list + 1] = each end
  table.sort(list, function(a, b) return order.name_of(a.model) < order.name_of(b.model) end)
  return list
end

local function step_of(work, each)
  local keys = each.model.table.primary_key.columns
  local elements = elements_of(each.model, keys)
  if not elements then return nil end
  if not each.is_sorted then
    key_order.sort(work.uow, each.objects, function(object) return object end)
  end
  return { kind = "lock", model = each.model, keys = keys, elements = elements,
    objects = each.objects, strength = each.strength, statements = statements }
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Step[]  none where there is but one row
function lock.steps(work)
  local list = {}
  if #work.updates + #work.deletes < 2 then return list end
  for _, each in ipairs(gather(work)) do list[#list + 1] = step_of(work, each) end
  return list
end

return lock
