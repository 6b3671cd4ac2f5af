-- Results become a session's objects: one for each row, the one that is there already as it is.
--
-- Results of many rows are loaded in C, and are kept as the snapshots of their objects. One row is
-- copied: a result would keep its block of memory for it. So is what functions of its columns load.
local columns = require "moonpool.orm.flush.columns"
local errors = require "moonpool.errors"
local inheritance = require "moonpool.orm.inheritance"
local model_module = require "moonpool.orm.model"
local snapshot = require "moonpool.orm.snapshot"
local tracked = require "moonpool.orm.tracked"

local hydrate = {}

local function loaders_of(model)
  local list = {}
  for _, one in ipairs(columns.of(model)) do
    if one.load then list[#list + 1] = one end
  end
  return list
end

local function apply_load(row, loaders)
  for _, one in ipairs(loaders) do
    local value = row[one.name]
    if value ~= nil then row[one.name] = one.load(value) end
  end
  return row
end

local function refuse_keyless(model, name)
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('rows of "%s" are without "%s", which is of the key'):format(model.table.name, name),
    hint = "read the key's columns, too: objects are known by them" }
end

-- The result's columns that the primary key consists of.
local function key_places(model, names)
  local places, primary = {}, model.table.primary_key
  if not primary then refuse_keyless(model, "a primary key") end
  for at, wanted in ipairs(primary.columns) do
    for place, name in ipairs(names) do
      if name == wanted then places[at] = place end
    end
    if not places[at] then refuse_keyless(model, wanted) end
  end
  return places
end

local function entry_of(session, model, object)
  return session.is_read_only or snapshot.take(model, object)
end

local function row_object(session, model, meta_of, row)
  local uow = session.uow
  local key = uow.identity.key_of(model, row)
  if key == nil then return false end
  local known = uow.identity:find(model, key)
  if known then return known end
  local class = inheritance.class_of(model, row)
  local object = setmetatable(row, meta_of(class))
  uow:track_as(object, entry_of(session, class, object))
  return object
end

-- One for each class among the rows; a single row is nobody's sibling.
local function metatables(session, result, siblings)
  local made = {}
  return function(class)
    if #result == 1 then return session.uow:own_metatable(session, class) end
    made[class] = made[class] or tracked.metatable(session, class, { siblings = siblings })
    return made[class]
  end
end

local function load_copied(session, model, result, names)
  local list, siblings, loaders = {}, {}, loaders_of(model)
  local meta_of = metatables(session, result, siblings)
  for row = 1, #result do
    local values = apply_load(result:snapshot(row, names), loaders)
    list[row] = row_object(session, model, meta_of, values)
    if list[row] then siblings[#siblings + 1] = list[row] end
  end
  return list
end

local function without_false(list)
  local present = {}
  for _, object in ipairs(list) do
    if object then present[#present + 1] = object end
  end
  return present
end

local function load_whole(session, model, result, names)
  local uow, is_kept = session.uow, not session.is_read_only
  local meta = tracked.metatable(session, model, { names = names,
    result = is_kept and result or nil })
  local entries = is_kept and uow.entries or {}
  local list = result:load { names = names, metatable = meta, key = key_places(model, names),
    identity = uow.identity:of(model), entries = entries }
  meta.siblings = without_false(list)
  if not is_kept then
    for object in pairs(entries) do uow.entries[object] = true end
  end
  return list
end

---The objects of a result's rows.
---@param session moonpool.Session
---@param model moonpool.Model
---@param result moonpool.Result
---@param names (string | false)[]  of the model's columns, by the result's
---@return (table | false)[]  false for a row whose key is NULL
function hydrate.result(session, model, result, names)
  if #result == 0 then return {} end
  key_places(model, names)
  local is_copied = #result == 1 or not result.load or #loaders_of(model) > 0
    or model_module.class(model).discriminator
  return (is_copied and load_copied or load_whole)(session, model, result, names)
end

---The object's columns are what the row holds, whatever was changed before.
---@param result moonpool.Result
---@param names (string | false)[]
function hydrate.refresh(session, model, object, result, names)
  local uow = session.uow
  local row = apply_load(result:snapshot(1, names), loaders_of(model))
  uow:release(object)
  for _, name in ipairs(names) do
    if name then rawset(object, name, row[name]) end
  end
  uow:track_as(object, entry_of(session, model, object))
end

return hydrate
