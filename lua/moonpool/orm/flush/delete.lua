-- Deletes of a flush: the rows of a model in one statement; pure.
local columns = require "moonpool.orm.flush.columns"
local identifier = require "moonpool.sql.identifier"
local model_module = require "moonpool.orm.model"
local sql = require "moonpool.orm.flush.sql"
local version = require "moonpool.orm.flush.version"

local delete = {}

-- Of a model whose rows are deleted softly: the time, and one more version.
local function soft_assignments(model)
  local name, counted = model_module.class(model).traits.soft_delete, version.counter_of(model)
  if not name then return nil end
  local set = identifier.quote(name) .. " = now()"
  if not counted then return set end
  return ("%s, %s = %s + 1"):format(set, identifier.quote(counted), identifier.quote(counted))
end

---@param model moonpool.Model
---@param is_released boolean  an update of this flush, which checked the version, came before
---@return moonpool.orm.flush.Step
function delete.step(model, is_released)
  local primary = model.table.primary_key.columns
  local keys = table.move(primary, 1, #primary, 1, {})
  local step = { kind = "delete", model = model, objects = {}, keys = keys,
    set = soft_assignments(model), statements = delete.statements }
  step.version = not is_released and version.column_of(model) or nil
  keys[#keys + 1] = step.version
  return step
end

local function key_values(step, work, object)
  local before, values, facts = work.uow:snapshot_of(object), {}, columns.of(step.model).by_name
  if step.version then version.check_read(step.model, step.version, before) end
  for at, name in ipairs(step.keys) do
    local dump = facts[name].dump
    values[at] = dump and dump(before[name]) or before[name]
  end
  return values
end

local function elements_of(step)
  local elements, facts = {}, columns.of(step.model).by_name
  for at, name in ipairs(step.keys) do
    elements[at] = columns.element(facts[name])
    if not elements[at] then return nil end
  end
  return elements
end

local function one_by_one(step, work)
  local list = {}
  local names = sql.names(step.model.source, work.schemas)
  local text = sql.delete_row(names, step.keys, step.version ~= nil, step.set)
  for at, object in ipairs(step.objects) do
    local params = key_values(step, work, object)
    params.n = #step.keys
    list[at] = { sql = text, params = params, step = step, objects = { object } }
  end
  return list
end

local function as_arrays(step, work, elements)
  local params = {}
  for place in ipairs(step.keys) do params[place] = {} end
  for at, object in ipairs(step.objects) do
    for place, value in ipairs(key_values(step, work, object)) do params[place][at] = value end
  end
  params.n = #params
  if step.version then
    params.n = params.n + 1
    params[params.n] = #step.objects
  end
  local names = sql.names(step.model.source, work.schemas)
  return { { params = params, step = step, objects = step.objects,
    sql = sql.delete_rows(names, step.keys, elements, step.version ~= nil, step.set) } }
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Statement[]
function delete.statements(step, work)
  local elements = #step.objects > 1 and elements_of(step)
  if elements then return as_arrays(step, work, elements) end
  return one_by_one(step, work)
end

return delete
