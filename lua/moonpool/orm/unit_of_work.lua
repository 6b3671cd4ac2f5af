-- What a session knows of its objects: which are new, stored, changed or marked as deleted; pure.
local entries_module = require "moonpool.orm.entries"
local errors = require "moonpool.errors"
local identity_map = require "moonpool.orm.identity_map"
local objects_module = require "moonpool.orm.objects"
local ordered_set = require "moonpool.orm.ordered_set"
local snapshot = require "moonpool.orm.snapshot"

---@class moonpool.orm.UnitOfWork
---@field entries table<table, integer | table>  of stored objects: a row of their result, or a copy
---@field batches moonpool.orm.Batch[]  whose objects may not be in `entries` yet
---@field new moonpool.orm.OrderedSet  to be inserted
---@field deleted moonpool.orm.OrderedSet  to be deleted
---@field gone table<table, boolean>  deleted by a flush, while its transaction is open
---@field metatables table<moonpool.Model, table>  of objects that came with no result
---@field loaded table<table, table<string, any>>  relations as they were loaded or written
---@field absent table<table, table<string, boolean>>  fields known to be nil
---@field valued table<table, boolean>  objects that were given the values of their rows
---@field identity moonpool.orm.IdentityMap
---@field find_changed function?  the core's
---@field objects table  moonpool.orm.objects, or the core's
local UnitOfWork = {}
UnitOfWork.__index = UnitOfWork

-- What most sessions never have is not made for each: it is shared, and refuses what is put in.
local NOTHING = setmetatable({}, { __newindex = function(_, _, value)
  if value ~= nil then error("this table is shared: ask for one to write to", 2) end
end })

UnitOfWork.new, UnitOfWork.deleted = ordered_set.NONE, ordered_set.NONE
UnitOfWork.gone, UnitOfWork.loaded, UnitOfWork.absent = NOTHING, NOTHING, NOTHING
UnitOfWork.valued, UnitOfWork.metatables = NOTHING, NOTHING
UnitOfWork.batches = entries_module.NO_BATCHES

local function new_table() return {} end

local MAKERS = { new = ordered_set.new, deleted = ordered_set.new, gone = new_table,
  loaded = new_table, absent = new_table, valued = new_table, metatables = new_table }

---@param name "new" | "deleted" | "gone" | "loaded" | "absent" | "valued" | "metatables"
---@return table  to be written to
function UnitOfWork:own(name)
  local own = rawget(self, name)
  if own then return own end
  own = MAKERS[name]()
  self[name] = own
  return own
end

---@return "pending" | "persistent" | "deleted" | "detached"
function UnitOfWork:state_of(object)
  if self.new:has(object) then return "pending" end
  if self.deleted:has(object) or self.gone[object] then return "deleted" end
  return self.entries[object] and "persistent" or "detached"
end

---The object becomes one of this session's, to be inserted by the next flush.
function UnitOfWork:register_new(object)
  local new = self.new
  if new == ordered_set.NONE then new = self:own "new" end
  new:add(object)
end

---@return moonpool.Model
function UnitOfWork.model_of(object)
  return getmetatable(object).model
end

---@param objects table[]  not to be changed while these are used
---@return { model: moonpool.Model, objects: table[] }[]  in the order of their first objects
function UnitOfWork:by_model(objects)
  local common = self.objects.metatable(objects)
  if common then return { { model = common.model, objects = objects } } end
  local groups, by_model, group = {}, {}, nil
  for at = 1, #objects do
    local object = objects[at]
    local own = getmetatable(object).model
    if not group or own ~= group.model then
      group = by_model[own]
      if not group then
        group = { model = own, objects = {} }
        by_model[own], groups[#groups + 1] = group, group
      end
    end
    group.objects[#group.objects + 1] = object
  end
  return groups
end

-- Two objects with one row: the second would overwrite what the first is to become.
local function refuse_twin(model)
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('the session has another object of "%s" with this key'):format(model.table.name),
    hint = "use the one that s:get gives, or s:merge to write this one's fields to it" }
end

-- The key is the row's: what the object holds may have been changed since.
local function put(self, object, entry)
  local model, key = self.model_of(object), self:key_of_entry(object, entry)
  if key == nil then return end
  local known = self.identity:of(model)
  if known[key] and known[key] ~= object then refuse_twin(model) end
  known[key] = object
end

---The object has a row.
---@param entry integer | table
function UnitOfWork:track_as(object, entry)
  put(self, object, entry)
  self.entries[object] = entry
end

---New objects have come, one from each row of a result.
---@param batch moonpool.orm.Batch
function UnitOfWork:await(batch)
  batch.awaits = self.entries
  if self.batches == entries_module.NO_BATCHES then self.batches = {} end
  self.batches[#self.batches + 1] = batch
end

---@return table<table, integer | table>  with all objects of all batches
function UnitOfWork:all_entries()
  entries_module.settle(self.batches)
  self.batches = entries_module.NO_BATCHES
  return self.entries
end

---What `track_as` does, for many objects of a model.
---@return fun(object: table, entry: table)
function UnitOfWork:keeper(model)
  local known, entries, key_of = self.identity:of(model), self.entries, self.identity.key_of
  local primary = model.table.primary_key
  local name = primary and #primary.columns == 1 and primary.columns[1]
  return function(object, entry)
    local key = name and entry[name]
    if math.type(key) ~= "integer" then key = key_of(model, entry) end
    if key ~= nil then
      local other = known[key]
      if other and other ~= object then refuse_twin(model) end
      known[key] = object
    end
    entries[object] = entry
  end
end

---The object's row is known better, under the key that it has.
function UnitOfWork:renew(object, entry)
  self.entries[object] = entry
end

---@param entry integer | table
---@return any?  the key under which the object stands in the identity map
function UnitOfWork:key_of_entry(object, entry)
  local model = self.model_of(object)
  return self.identity.key_of(model, snapshot.of(entry, object))
end

---The object's row is known no more, and its key leads nowhere.
function UnitOfWork:release(object)
  local entry = self.entries[object]
  if not entry then return end
  local key = self:key_of_entry(object, entry)
  if key ~= nil then self.identity:remove(self.model_of(object), key, object) end
  entries_module.remove(self.entries, object)
end

---Nothing is known of the object any more.
function UnitOfWork:forget(object)
  self:release(object)
  self.loaded[object], self.absent[object], self.gone[object] = nil, nil, nil
  self.valued[object] = nil
  self.new:remove(object)
  self.deleted:remove(object)
end

local MAX_UNPACKED = 100

-- A short one in a table that need not grow.
local function copied(list)
  if #list <= MAX_UNPACKED then return { table.unpack(list) } end
  return table.move(list, 1, #list, 1, {})
end

---What a relation holds in the database; a list is copied, since the program may change it.
---@param value table?  an object, or a list of objects; nil for none
---@param is_list boolean?  when left out: whether it looks like one
function UnitOfWork:remember(object, name, value, is_list)
  if is_list == nil then is_list = value ~= nil and getmetatable(value) == nil end
  if is_list then value = copied(value) elseif value == nil then value = false end
  local loaded = self:own "loaded"
  loaded[object] = loaded[object] or {}
  loaded[object][name] = value
end

---What the object holds under this name is not known any more.
function UnitOfWork:expire(object, name)
  rawset(object, name, nil)
  for _, known in ipairs { self.loaded, self.absent } do
    if known[object] then known[object][name] = nil end
  end
  local row = self.entries[object]
  if type(row) == "table" then row[name] = nil end
end

---@return table<string, any>  the object's row as it is known; empty for one without
function UnitOfWork:snapshot_of(object)
  local entry = self.entries[object]
  if type(entry) == "table" then return entry end
  return entry and snapshot.of(entry, object) or {}
end

---@return table<string, any>[]  of each object
function UnitOfWork:snapshots_of(objects)
  local rows = self.objects.tables_of(self.entries, objects)
  if rows then return rows end
  rows = {}
  for at = 1, #objects do rows[at] = self:snapshot_of(objects[at]) end
  return rows
end

---@return string[]?  changed columns
function UnitOfWork:changes_of(object)
  return snapshot.changed(self.model_of(object), object, self.entries[object])
end

---@return boolean  whether it knows no object at all
function UnitOfWork:is_empty()
  return self.new.count == 0 and next(self.entries) == nil
    and #entries_module.waiting(self.batches) == 0
end

---@return integer
function UnitOfWork:count()
  local count = self.new.count
  for _ in pairs(self:all_entries()) do count = count + 1 end
  return count
end

---So many objects of a model are about to come: a table that grows is copied again and again.
---@param last any  the last key, or nil
function UnitOfWork:make_room(model, count, last)
  local are_dense = math.type(last) == "integer" and last > 0 and last <= count
  self.identity:make_room(model, count, are_dense, self.objects.room)
end

---Nothing is known of any object.
function UnitOfWork:clear()
  self.entries, self.batches = entries_module.new(), entries_module.NO_BATCHES
  self.new, self.deleted, self.gone, self.loaded, self.absent = nil, nil, nil, nil, nil
  self.valued = nil
  self.identity = identity_map.new()
end

---The session's own metatable for objects of a model that came with no result.
---@param session table
---@param model moonpool.Model
---@return table
function UnitOfWork:own_metatable(session, model)
  local own = self.metatables[model]
  if own then return own end
  own = self.make_metatable(session, model)
  self:own("metatables")[model] = own
  return own
end

local unit_of_work = {}

---@param make_metatable fun(session: table, model: moonpool.Model): table
---@param core { find_changed: function, objects: table }?
---@return moonpool.orm.UnitOfWork
function unit_of_work.new(make_metatable, core)
  return setmetatable({ entries = entries_module.new(), identity = identity_map.new(),
    make_metatable = make_metatable, find_changed = core and core.find_changed,
    objects = core and core.objects or objects_module }, UnitOfWork)
end

return unit_of_work
