-- What was known of each object before the first change by a flush of one transaction level; pure.
--
-- Rolling back puts all of it back, the objects' fields included. A COMMIT that failed puts back
-- what is known, and keeps the fields: the work can be corrected and flushed again.
local model_module = require "moonpool.orm.model"
local snapshot = require "moonpool.orm.snapshot"
local tracked = require "moonpool.orm.tracked"

---@class moonpool.orm.Before
---@field object table
---@field entry (integer | table | nil)  nil: it was pending
---@field is_gone boolean?  a flush before had deleted it
---@field is_valued boolean?
---@field loaded table?
---@field absent table?
---@field fields table<string, any>  what the flush wrote over; NONE for nil

---@class moonpool.orm.Journal
local Journal = {}
Journal.__index = Journal

local journal = {}

local NONE = {}

---@return moonpool.orm.Before
function Journal:of(object)
  return self.by_object[object]
end

local function copy_loaded(loaded)
  if not loaded then return nil end
  local copy = {}
  for name, remembered in pairs(loaded) do copy[name] = remembered end
  return copy
end

---To be called before the flush changes what is known of the object.
---@return moonpool.orm.Before
function Journal:note(uow, object)
  local before = self.by_object[object]
  if before then return before end
  before = { object = object, entry = uow.entries[object], is_gone = uow.gone[object],
    is_valued = uow.valued[object],
    loaded = copy_loaded(uow.loaded[object]), absent = copy_loaded(uow.absent[object]),
    fields = {} }
  self.list[#self.list + 1], self.by_object[object] = before, before
  return before
end

---@return boolean
function Journal:is_empty()
  return #self.list == 0
end

---The object came with a row that a rollback takes away.
function Journal:note_new(object)
  local before = { object = object, fields = {} }
  self.list[#self.list + 1], self.by_object[object] = before, before
end

---What an inner level has noted was so when this one began, too.
---@param before moonpool.orm.Before
function Journal:adopt(before)
  local copy = {}
  for key, value in pairs(before) do copy[key] = value end
  copy.fields = copy_loaded(before.fields)
  self.list[#self.list + 1], self.by_object[copy.object] = copy, copy
  return copy
end

---The flush writes a field.
function Journal:note_field(uow, object, name)
  local fields = self:note(uow, object).fields
  if fields[name] ~= nil then return end
  local value = rawget(object, name)
  if value == nil then value = NONE end
  fields[name] = value
end

-- The list is the same table as before, in case the program holds it.
local function restore_list(object, name, remembered)
  local list = rawget(object, name)
  if type(list) ~= "table" or getmetatable(list) then
    list = {}
    rawset(object, name, list)
  end
  for at = #list, 1, -1 do list[at] = nil end
  table.move(remembered, 1, #remembered, 1, list)
end

---Give a stored object the relations that it is known to hold.
function journal.restore_relations(uow, object)
  local loaded = uow.loaded[object] or {}
  for name, field in pairs(model_module.class(uow.model_of(object)).fields) do
    local remembered = loaded[name]
    if field.is_list and remembered then
      restore_list(object, name, remembered)
    elseif field.is_list ~= nil then
      rawset(object, name, remembered or nil)
    end
  end
end

local function restore_fields(before)
  for name, value in pairs(before.fields) do
    if value == NONE then value = nil end
    rawset(before.object, name, value)
  end
end

local function restore_known(uow, before)
  local object = before.object
  uow:forget(object)
  if before.entry then uow:track_as(object, before.entry) end
  uow:own("gone")[object], uow:own("valued")[object] = before.is_gone, before.is_valued
  uow:own("loaded")[object], uow:own("absent")[object] = before.loaded, before.absent
end

---Everything is as it was, in memory too. Objects that were new become transient.
function Journal:undo(uow)
  for at = #self.list, 1, -1 do
    local before = self.list[at]
    restore_fields(before)
    restore_known(uow, before)
    if before.entry then
      snapshot.restore(uow.model_of(before.object), before.object,
        snapshot.of(before.entry, before.object))
      journal.restore_relations(uow, before.object)
    else
      tracked.make_transient(before.object)
    end
  end
end

---What is known is as it was; the objects keep their fields, but for what the server made.
function Journal:forget_flushes(uow)
  for _, before in ipairs(self.list) do
    local object, was_deleted = before.object, uow.gone[before.object]
    restore_fields(before)
    restore_known(uow, before)
    if not before.entry then
      if not was_deleted then uow:own("new"):add(object) else tracked.make_transient(object) end
    elseif was_deleted then
      uow:own("deleted"):add(object)
    end
  end
end

---A level inside this one has been released.
function Journal:merge(inner)
  for _, before in ipairs(inner.list) do
    local known = self.by_object[before.object]
    if not known then
      self.list[#self.list + 1], self.by_object[before.object] = before, before
    else
      for name, value in pairs(before.fields) do
        if known.fields[name] == nil then known.fields[name] = value end
      end
    end
  end
end

---@return moonpool.orm.Journal
function journal.new()
  return setmetatable({ list = {}, by_object = {} }, Journal)
end

return journal
