-- Results become a session's objects: one for each row, the one that is there already as it is.
--
-- Results of many rows are loaded in C, and are kept as the snapshots of their objects. One row is
-- copied: a result would keep its block of memory for it. So is what functions of its columns load.
local columns = require "moonpool.orm.flush.columns"
local entries = require "moonpool.orm.entries"
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local relation = require "moonpool.orm.relation"
local snapshot = require "moonpool.orm.snapshot"
local tracked = require "moonpool.orm.tracked"
local value_fields = require "moonpool.orm.value_fields"
local values = require "moonpool.orm.flush.values"

local hydrate = {}

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

-- Decoded once more rather than copied: that is done in C.
local function entry_of_row(session, model, object, result, row, names)
  if session.is_read_only or #columns.of(model).loaders > 0 then
    return entry_of(session, model, object)
  end
  return result:snapshot(row, names)
end

-- The metatable of each class of the model's table, made when a row of it comes.
local function metatables(session, batch)
  local by_class = {}
  return function(class)
    local meta = by_class[class]
    if not meta then
      meta = tracked.metatable(session, class, batch)
      by_class[class] = meta
    end
    return meta
  end
end

-- An object that is known already is taken as it is; a row without a key has none, but the key has
-- to be among the columns.
---@return table | false object
---@return moonpool.Model? class  of a new one, which has no metatable and no entry yet
local function row_object(session, model, object, names)
  local uow, loaders = session.uow, columns.of(model).loaders
  if #loaders > 0 then apply_load(object, loaders) end
  local key = uow.identity.key_of(model, object)
  if key == nil then
    key_places(model, names)
    return false
  end
  local identity = uow.identity:of(model)
  if identity[key] then return identity[key] end
  identity[key] = object
  return object, model_module.class_of(model, object)
end

local function result_object(session, model, result, row, names)
  local object, class = row_object(session, model, result:snapshot(row, names), names)
  if class then
    session.uow.entries[object] = entry_of_row(session, class, object, result, row, names)
  end
  return object, class
end

local function own_object(session, model, result, row, names)
  local object, class = result_object(session, model, result, row, names)
  if class then
    setmetatable(object, session.uow:own_metatable(session, class))
    values.track(session.uow, class, object)
  end
  return object, class
end

local function load_one(session, model, result, names)
  local object, class = own_object(session, model, result, 1, names)
  return { object }, class and { object } or {}
end

local function load_copied(session, model, result, names)
  local siblings, fresh, list = {}, {}, {}
  local meta_of = metatables(session, { siblings = siblings })
  for row = 1, #result do
    local object, class = result_object(session, model, result, row, names)
    list[row] = object
    if object then siblings[#siblings + 1] = object end
    if class then fresh[#fresh + 1] = setmetatable(object, meta_of(class)) end
  end
  return list, fresh
end

local function is_told(model)
  local class = model_module.class(model)
  return class.hooks.after_load ~= nil or class.values ~= nil
end

-- Whether something is done with each new object.
local function has_load_hooks(model)
  if is_told(model) then return true end
  for _, subclass in ipairs(model_module.subclasses(model)) do
    if is_told(subclass) then return true end
  end
  return false
end

local function those_with(list, meta)
  local fresh = {}
  for _, object in ipairs(list) do
    if getmetatable(object) == meta then fresh[#fresh + 1] = object end
  end
  return fresh
end

-- The core gives every object one metatable; which class each is of its row says.
local function set_classes(model, list, meta, meta_of)
  if not model_module.class(model).discriminator then return end
  for _, object in ipairs(list) do
    if getmetatable(object) == meta then
      local class = model_module.class_of(model, object)
      if class ~= model then setmetatable(object, meta_of(class)) end
    end
  end
end

-- Of one column, as a guess at what the others are.
local function key_of_last(result, names, places)
  if #places > 1 then return nil end
  local only = {}
  for at = 1, #names do only[at] = at == places[1] and names[at] end
  return result:snapshot(#result, only)[names[places[1]]]
end

local function load_whole(session, model, result, names)
  local uow, is_kept = session.uow, not session.is_read_only
  local batch = { names = names, result = is_kept and result or nil }
  local meta_of = metatables(session, batch)
  local meta = meta_of(model)
  local places = key_places(model, names)
  uow:make_room(model, #result, key_of_last(result, names, places))
  local list, siblings, count = result:load { names = names, metatable = meta, key = places,
    identity = uow.identity:of(model) }
  batch.siblings, meta.siblings = siblings, siblings
  if count == #list then uow:await(batch) else entries.put_down(uow.entries, batch, list) end
  local fresh = has_load_hooks(model) and those_with(siblings, meta) or {}
  set_classes(model, siblings, meta, meta_of)
  return list, fresh
end

local function call_load_hooks(session, fresh)
  for _, object in ipairs(fresh) do
    local own = model_module.of(object)
    values.track(session.uow, own, object)
    local hooks = model_module.class(own).hooks.after_load
    for _, fn in ipairs(hooks or {}) do fn(object, session) end
  end
end

local function loader_of(model, result)
  if #result == 1 then return load_one end
  if not result.load or #columns.of(model).loaders > 0 then return load_copied end
  return load_whole
end

---The objects of a result's rows.
---@param session moonpool.Session
---@param model moonpool.Model
---@param result moonpool.Result
---@param names (string | false)[]  of the model's columns, by the result's
---@return (table | false)[]  false for a row whose key is NULL
function hydrate.result(session, model, result, names)
  if #result == 0 then return {} end
  local list, fresh = loader_of(model, result)(session, model, result, names)
  call_load_hooks(session, fresh)
  return list
end

---The object of one row, copied.
---@param row integer
---@return table | false
function hydrate.row(session, model, result, names, row)
  return (own_object(session, model, result, row, names))
end

local function entry_of_own(session, class, object, names)
  if session.is_read_only then return true end
  return session.uow.objects.copy(object, names) or snapshot.take(class, object)
end

---The object of a row that is the caller's own, which becomes the object.
---@param row table<string, any>
---@param names string[]
---@return table
function hydrate.own(session, model, row, names)
  local object, class = row_object(session, model, row, names)
  if not class then return object end
  local uow = session.uow
  uow.entries[object] = entry_of_own(session, class, object, names)
  setmetatable(object, uow:own_metatable(session, class))
  if is_told(class) then call_load_hooks(session, { object }) end
  return object
end

---The same of a row whose key is its identity, which is not known yet.
---@param plain moonpool.orm.PlainKey
---@return table?
function hydrate.plain(session, model, row, plain)
  local uow, key = session.uow, row[plain.name]
  local objects = uow.identity:of(model)
  local is_identity = math.type(key) == "integer" or type(key) == "string"
  if not is_identity or objects[key] then
    local object = hydrate.own(session, model, row, plain.names)
    return session:state_of(object) ~= "deleted" and object or nil
  end
  objects[key] = row
  uow.entries[row] = entry_of_own(session, model, row, plain.names)
  setmetatable(row, uow:own_metatable(session, model))
  if plain.hooks.after_load then call_load_hooks(session, { row }) end
  return row
end

---The object of a result's first row.
---@return table?  nil where it has none
function hydrate.first(session, model, result, names)
  if #result == 0 then return nil end
  local object, class = own_object(session, model, result, 1, names)
  if class and model_module.class(class).hooks.after_load then
    call_load_hooks(session, { object })
  end
  return object or nil
end

local function is_of(object, record, held)
  for at, own in ipairs(record.local_columns) do
    if rawget(object, own) ~= rawget(held, record.target_columns[at]) then return false end
  end
  return true
end

-- Whom the row leads to by now may not be whom the object holds.
local function drop_stale(uow, model, object)
  for name in pairs(uow.loaded[object] or {}) do
    local record, held = relation.of(model, name), rawget(object, name)
    if record.kind == "belongs_to" and held and not is_of(object, record, held) then
      rawset(object, name, nil)
      uow.loaded[object][name] = nil
    end
  end
end

---The object's columns are what the row holds, whatever was changed before.
---@param result moonpool.Result
---@param names (string | false)[]
---@param at integer?  which row; the first when left out
function hydrate.refresh(session, model, object, result, names, at)
  local uow = session.uow
  local row = apply_load(result:snapshot(at or 1, names), columns.of(model).loaders)
  uow:release(object)
  for _, name in ipairs(names) do
    if name then rawset(object, name, row[name]) end
  end
  drop_stale(uow, model, object)
  uow:track_as(object, entry_of(session, model, object))
  value_fields.settle(model, object)
end

return hydrate
