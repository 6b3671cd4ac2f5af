-- Updates of a flush: rows grouped by the columns that changed, each group one statement; pure.
local column = require "moonpool.schema.column"
local columns = require "moonpool.orm.flush.columns"
local compiler = require "moonpool.sql.compiler"
local expression = require "moonpool.sql.expression"
local null = require "moonpool.null"
local sql = require "moonpool.orm.flush.sql"
local update_builder = require "moonpool.sql.update"
local vectors = require "moonpool.orm.flush.vectors"
local version = require "moonpool.orm.flush.version"

local update = {}

---@class moonpool.orm.flush.Update: moonpool.orm.flush.Step
---@field changed string[]
---@field is_late boolean  sets what the inserts had to leave out

local function keys_of(step)
  local keys = table.move(step.model.table.primary_key.columns, 1,
    #step.model.table.primary_key.columns, 1, {})
  if step.version then keys[#keys + 1] = step.version end
  return keys
end

-- Columns that move by themselves, as SQL or with parameters of their own.
local function moving(step)
  local fixed = {}
  if step.is_late then return fixed end
  local named = {}
  for _, name in ipairs(step.changed) do named[name] = true end
  for _, one in ipairs(columns.of(step.model)) do
    local rule = one.item.on_update
    if rule ~= nil and not named[one.name] then
      local text, params = compiler.compile(rule)
      fixed[#fixed + 1] = { name = one.name, text = text, rule = rule }
      step.has_params = step.has_params or params.n > 0
    end
  end
  return fixed
end

-- What the server makes anew whenever the row is written.
local function returned_of(step, fixed, with_sql)
  local returned = {}
  for _, item in ipairs(fixed) do returned[#returned + 1] = item.name end
  for _, one in ipairs(columns.of(step.model)) do
    if column.is_made_anew(one.item) then returned[#returned + 1] = one.name end
  end
  for _, name in ipairs(with_sql) do returned[#returned + 1] = name end
  return returned
end

---@param model moonpool.Model
---@param changed string[]
---@param is_late boolean
---@param is_seen boolean?  an update before it has looked at the version
---@return moonpool.orm.flush.Update
function update.step(model, changed, is_late, is_seen)
  local step = { kind = "update", model = model, changed = changed, objects = {},
    is_late = is_late, statements = update.statements }
  step.version = not is_late and not is_seen and version.column_of(model) or nil
  step.counter = not is_late and version.counter_of(model) or nil
  step.fixed = moving(step)
  return step
end

---Whether each write of a row changes what its version is: then the first of several looks at it,
---and no other does.
---@return boolean
function update.is_told_by_write(model)
  return version.column_of(model) ~= version.counter_of(model)
end

---A write before the one that is meant; a version that is counted is left to that one.
---@param names string[]
---@param given fun(object: table, name: string): any  values, as they are sent
---@return moonpool.orm.flush.Update
function update.before(model, names, given)
  local step = update.step(model, names, true)
  step.given = given
  step.version = update.is_told_by_write(model) and version.column_of(model) or nil
  return step
end

local function nothing() return null end

---The row lets go of others before it is deleted itself.
---@param names string[]  columns that become NULL
---@return moonpool.orm.flush.Update
function update.release(model, names)
  return update.before(model, names, nothing)
end

-- The row is found by the key and version it was read with; a new one by what it was given.
local function key_values(step, work, object, keys)
  local before, values = work.uow:snapshot_of(object), {}
  if step.version then version.check_read(step.model, step.version, before) end
  for at, name in ipairs(keys) do
    local value = before[name]
    if value == nil then value = work:value(object, name) end
    local dump = columns.of(step.model).by_name[name].dump
    values[at] = dump and dump(value) or value
  end
  return values
end

local function new_value(step, work, object, name)
  if step.given then return step.given(object, name) end
  if work:is_unknown(object, name) then return null end
  if name == step.counter then
    return version.next(work.uow:snapshot_of(object)[name])
  end
  return columns.sent(step.model, columns.of(step.model).by_name[name], work:value(object, name))
end

local function set_names(step)
  local names = {}
  for _, name in ipairs(step.changed) do
    if name ~= step.counter then names[#names + 1] = name end
  end
  names[#names + 1] = step.counter
  return names
end

local function has_sql(step, work, object)
  if step.has_params then return true end
  for _, name in ipairs(step.changed) do
    if expression.is_expression(work:value(object, name)) then return true end
  end
  return false
end

local function note_version(step, work, object)
  work:note_made(object, { [step.counter] = new_value(step, work, object, step.counter) })
end

local function one_row(step, work, object, parts)
  local params = key_values(step, work, object, parts.keys)
  for _, name in ipairs(parts.set) do
    params[#params + 1] = new_value(step, work, object, name)
  end
  params.n = #parts.keys + #parts.set
  return { sql = sql.update_row(sql.names(step.model.source, work.schemas), parts), params = params,
    step = step, objects = { object }, returned = parts.returned }
end

-- SQL among the values makes the row a text of its own.
local function one_with_sql(step, work, object, keys)
  local set, where, made = {}, {}, {}
  for _, name in ipairs(set_names(step)) do
    set[name] = new_value(step, work, object, name)
    if expression.is_expression(set[name]) then made[#made + 1] = name end
  end
  for _, item in ipairs(step.fixed) do set[item.name] = item.rule end
  local values = key_values(step, work, object, keys)
  for at, name in ipairs(keys) do where[name] = values[at] end
  local returned = returned_of(step, step.fixed, made)
  local text, params = update_builder(step.model):set(set):where(where)
    :returning(table.unpack(returned)):sql()
  return { sql = sql.checked(text, "1", returned), params = params, step = step,
    objects = { object }, returned = returned }
end

-- The keys of all rows as they were read; nil where one has none, or takes more than its value.
local function key_arrays(step, work, objects, keys)
  local arrays, facts = {}, columns.of(step.model).by_name
  local rows = work.uow:snapshots_of(objects)
  for at, summary in ipairs(work.uow.objects.survey(rows, keys)) do
    if summary.nulls > 0 or facts[keys[at]].dump then return nil end
    arrays[at] = summary.values
  end
  return arrays
end

-- The same as below, where the rows are as the objects and nothing has to be made of their values.
local function plain_arrays(step, work, objects, parts)
  if not step.summaries then return nil end
  local params = key_arrays(step, work, objects, parts.keys)
  for at, name in ipairs(params and parts.set or {}) do
    local summary = step.summaries[name]
    if not columns.accept(columns.of(step.model).by_name[name], summary) then return nil end
    params[#parts.keys + at] = summary.values
  end
  return params
end

local function made_arrays(step, work, objects, parts)
  local params = {}
  for place = 1, #parts.keys + #parts.set do params[place] = {} end
  for at, object in ipairs(objects) do
    for place, value in ipairs(key_values(step, work, object, parts.keys)) do
      params[place][at] = value
    end
    for place, name in ipairs(parts.set) do
      params[#parts.keys + place][at] = new_value(step, work, object, name)
    end
  end
  return params
end

local function arrays_of(step, work, objects, parts)
  local params = plain_arrays(step, work, objects, parts)
    or made_arrays(step, work, objects, parts)
  params.n = #params + 1
  params[params.n] = #objects
  return params
end

local function vectors_of(step, parts)
  local list, facts = {}, columns.of(step.model).by_name
  for _, names in ipairs { parts.keys, parts.set } do
    for _, name in ipairs(names) do
      local vector = vectors.of(facts[name])
      if not vector then return nil end
      list[#list + 1] = vector
    end
  end
  return list
end

-- nil where one of the values has to travel by itself.
local function packed(list, params)
  for place, vector in ipairs(list) do
    params[place] = vectors.pack(vector, params[place])
    if not params[place] then return nil end
  end
  return params
end

local function plain_statements(step, work, objects, parts)
  local list = #objects > 1 and vectors_of(step, parts)
  local params = list and packed(list, arrays_of(step, work, objects, parts))
  if not params then
    local single = {}
    for at, object in ipairs(objects) do single[at] = one_row(step, work, object, parts) end
    return single
  end
  return { { sql = sql.update_rows(sql.names(step.model.source, work.schemas), parts, list),
    params = params, step = step, objects = objects, is_numbered = true,
    returned = parts.returned } }
end

-- What the objects give, where that alone is written.
local function survey(step, work)
  if step.version or step.is_late or #step.objects < 2 or not work:is_plain() then return nil end
  local summaries = {}
  for at, summary in ipairs(work.uow.objects.survey(step.objects, step.changed)) do
    if summary.kind == "other" then return nil end
    summaries[step.changed[at]] = summary
  end
  return summaries
end

local function split(step, work, keys)
  step.summaries = not step.has_params and survey(step, work) or nil
  if step.summaries then return {}, step.objects end
  local list, plain = {}, {}
  for _, object in ipairs(step.objects) do
    if has_sql(step, work, object) then
      list[#list + 1] = one_with_sql(step, work, object, keys)
    else
      plain[#plain + 1] = object
    end
  end
  return list, plain
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Statement[]
function update.statements(step, work)
  local parts = { keys = keys_of(step), set = set_names(step),
    fixed = step.fixed, returned = returned_of(step, step.fixed, {}) }
  local list, plain = split(step, work, parts.keys)
  if #plain > 0 then
    for _, one in ipairs(plain_statements(step, work, plain, parts)) do list[#list + 1] = one end
  end
  for _, object in ipairs(step.counter and step.objects or {}) do
    note_version(step, work, object)
  end
  return list
end

return update
