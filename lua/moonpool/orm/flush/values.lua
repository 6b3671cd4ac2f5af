-- Value objects in a flush: what they say of columns, and what they are when that is written; pure.
--
-- An object that was read has them beside its columns. Whichever of the two differs from the row
-- has been changed. In a new one the value counts, where there is one.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local value_fields = require "moonpool.orm.value_fields"
local value_module = require "moonpool.orm.value"
local value_object = require "moonpool.orm.value_object"

local values = {}

---The session's object has the values of its row from here on.
---@param uow moonpool.orm.UnitOfWork
---@param model moonpool.Model
---@param object table
function values.track(uow, model, object)
  if not value_fields.of(model)[1] then return end
  value_fields.fill(model, object)
  uow:own("valued")[object] = true
end

local function refuse_both(model, own)
  local name, columns = model.table.name, table.concat(own.columns, ", ")
  errors.raise { kind = "invalid", table = name,
    message = ('"%s" was changed by %s and by its columns %s, to different values'):format(name,
      own.name, columns),
    hint = ("write one of them: the value, or %s"):format(columns) }
end

-- Of the columns in which the value and the object's fields differ: whether the value has changed
-- one since the row was read, and whether a field has. What both say is no news.
local function compare(own, list, object, before)
  local is_said, is_written = false, false
  for at, name in ipairs(own.columns) do
    local held = value_module.absent(rawget(object, name))
    if not value_module.same(list[at], held) then
      is_said = is_said or not value_module.same(list[at], before[name])
      is_written = is_written or not value_module.same(held, before[name])
    end
  end
  return is_said, is_written
end

local function note(found, own, list)
  for at, name in ipairs(own.columns) do
    if list[at] == nil then found[name] = null else found[name] = list[at] end
  end
end

---@param uow moonpool.orm.UnitOfWork
---@param object table  one that has a row
---@param is_asked boolean?  nothing is written: a value counts also where its columns say otherwise
---@return table<string, any>  columns by what values say of them; mp.null for NULL
function values.changes(uow, object, is_asked)
  local found, model = {}, uow.model_of(object)
  for _, own in ipairs(uow.valued[object] and value_fields.of(model) or {}) do
    local list = value_object.dumped(own, rawget(object, own.name), model.table.name)
    if not value_fields.is_same(own, list, object) then
      local is_said, is_written = compare(own, list, object, uow:snapshot_of(object))
      if is_said and is_written and not is_asked then refuse_both(model, own) end
      if is_said then note(found, own, list) end
    end
  end
  return found
end

-- nil leaves a column to the server, which may have something for it.
local function write_new(model, object, own, given)
  local list, by_name = value_object.dumped(own, given, model.table.name), model.table.by_name
  for at, name in ipairs(own.columns) do
    local item = list[at]
    local is_filled = rawget(object, name) ~= nil or model_module.is_server_made(by_name[name])
    if item == nil and is_filled then item = null end
    rawset(object, name, item)
  end
end

---@param work moonpool.orm.flush.Work
---@param groups { model: moonpool.Model, objects: table[] }[]  new objects
function values.read(work, groups)
  for _, group in ipairs(groups) do
    for _, own in ipairs(value_fields.of(group.model)) do
      for _, object in ipairs(group.objects) do
        local given = rawget(object, own.name)
        if given ~= nil then write_new(group.model, object, own, given) end
      end
    end
  end
  local uow = work.uow
  for object in pairs(uow.valued) do
    local changed = uow.deleted:has(object) and {} or values.changes(uow, object)
    for name, value in pairs(changed) do
      work:refer(object, name, value ~= null and { value = value })
    end
  end
end

---After a flush: the objects have the values that their rows make.
---@param work moonpool.orm.flush.Work
---@param journal moonpool.orm.Journal?
---@param group { model: moonpool.Model, objects: table[] }
function values.settle(work, journal, group)
  if not value_fields.of(group.model)[1] then return end
  for _, object in ipairs(group.objects) do
    value_fields.settle(group.model, object, nil, journal and function(name)
      journal:note_field(work.uow, object, name)
    end)
    work.uow:own("valued")[object] = true
  end
end

return values
