-- All that one flush has to do, and the values it will write before its objects hold them.
local parts = require "moonpool.orm.parts"
local value_module = require "moonpool.orm.value"

---@class moonpool.orm.flush.Reference
---@field object table?  the row that is referred to
---@field column string?  its column
---@field value any  where it is no other row's

---@class moonpool.orm.flush.Work
---@field uow moonpool.orm.UnitOfWork
---@field is_shown boolean?  nothing will be sent
---@field tenant any  who is acting
---@field schemas table<string, string>?  names of schemas that stand for others
---@field inserts table[]  objects, in the order in which they were added
---@field are_several boolean?  rows of some of these are in several tables
---@field grouped table[]?  the list of new objects that `groups` is of
---@field groups { model: moonpool.Model, objects: table[] }[]  new objects by model
---@field updates { object: table, changed: string[] }[]  by model and key
---@field deletes table[]  objects, by model and key
---@field refs table<table, table<string, moonpool.orm.flush.Reference | false>>  columns that take
---  the value of another object's; false: NULL
---@field unread { object: table, record: moonpool.orm.Relation }[]  relations that were replaced,
---  whose rows have to be read before anything else is known
---@field claims table<table, table<string, moonpool.orm.flush.Claim>>  where relations say that an
---  object's columns lead
---@field orphans table[]  taken from an owner, to be deleted
---@field dropped table[]  new ones among those, which need not be inserted
---@field links table  pairs of rows between two others, by table and ends
---@field link_list moonpool.orm.flush.Link[]
---@field detached moonpool.orm.flush.Detach[]
---@field before table<table, table>  snapshots of what was written
---@field made table<table, table<string, any>>  what the server has made, by object
---@field made_columns { objects: table[], name: string, values: any[] }[]  or by column
---@field postponed table<table, table<string, boolean>>  columns left NULL, updated afterwards
local Work = {}
Work.__index = Work

---The value that the flush gives a column; nil for NULL, and for what the server has yet to make.
---@return any
function Work:value(object, name)
  local refs = self.refs[object]
  local ref = refs and refs[name]
  if ref and ref.value ~= nil then return ref.value end
  if ref then return self:value(ref.object, ref.column) end
  if ref == false then return nil end
  local made = self.made[object]
  local value = made and made[name]
  if value == nil then value = rawget(object, name) end
  return value_module.absent(value)
end

---@return boolean  whether the column takes another object's value
function Work:is_reference(object, name)
  local refs = self.refs[object]
  return refs ~= nil and refs[name] ~= nil
end

---Whether the value is only known when the flush is sent, and this one is but shown.
---@return boolean
function Work:is_unknown(object, name)
  return self.is_shown and self:is_reference(object, name) and self:value(object, name) == nil
end

---@param ref moonpool.orm.flush.Reference | false
function Work:refer(object, name, ref)
  self.refs[object] = self.refs[object] or {}
  self.refs[object][name] = ref
end

---The object will be inserted with NULL in this column, and get its value when all rows are there.
function Work:postpone(object, name)
  self.postponed[object] = self.postponed[object] or {}
  self.postponed[object][name] = true
end

---@return boolean
function Work:is_postponed(object, name)
  local names = self.postponed[object]
  return names ~= nil and names[name] == true
end

---@param row table  as the server gave it; taken over
function Work:note_made(object, row)
  local made = self.made[object]
  if not made then
    self.made[object] = row
    return
  end
  for name, value in pairs(row) do made[name] = value end
end

local function has_several(groups)
  for _, group in ipairs(groups) do
    if #parts.of(group.model) > 1 then return true end
  end
  return false
end

---@return { model: moonpool.Model, objects: table[] }[]  the new objects by model
function Work:new_groups()
  if self.grouped ~= self.inserts then
    self.groups, self.grouped = self.uow:by_model(self.inserts), self.inserts
  end
  if self.are_several == nil then self.are_several = has_several(self.groups) end
  return self.groups
end

---@return table[]  the objects that are updated, by model and key
function Work:updated()
  if self.updated_of ~= self.updates then
    local objects = {}
    for at = 1, #self.updates do objects[at] = self.updates[at].object end
    self.updated_list, self.updated_of = objects, self.updates
    self.updated_by_model = self.uow:by_model(objects)
  end
  return self.updated_list
end

---@return { model: moonpool.Model, objects: table[] }[]  these by model
function Work:updated_groups()
  self:updated()
  return self.updated_by_model
end

---The values of one column, by object. Where nothing else asks for them they stay together.
---@param objects table[]
---@param name string
---@param values any[]  NULL for none
function Work:note_column(objects, name, values)
  local is_asked = self.are_several or next(self.refs) or next(self.postponed)
    or self.link_list[1] or self.detached[1]
  if not is_asked then
    self.made_columns[#self.made_columns + 1] = { objects = objects, name = name, values = values }
    return
  end
  for at, object in ipairs(objects) do self:note_made(object, { [name] = values[at] }) end
end

---To be asked when the flush has been sent.
---@return table<string, any>  what the server has made, by column
function Work:made_of(object)
  for _, column in ipairs(self.made_columns) do
    for at, other in ipairs(column.objects) do
      self:note_made(other, { [column.name] = column.values[at] })
    end
  end
  self.made_columns = {}
  return self.made[object] or {}
end

---@return boolean  whether the rows are what the objects hold, and nothing else
function Work:is_plain()
  return next(self.refs) == nil and next(self.made) == nil and next(self.postponed) == nil
end

---@return integer  rows of objects that are written
function Work:count()
  return #self.inserts + #self.updates + #self.deletes
end

local work = {}

---@param uow moonpool.orm.UnitOfWork
---@return moonpool.orm.flush.Work
function work.new(uow)
  return setmetatable({ uow = uow, inserts = {}, updates = {}, deletes = {},
    refs = {}, made = {}, made_columns = {}, postponed = {}, claims = {}, orphans = {},
    dropped = {}, unread = {}, links = {}, link_list = {}, detached = {}, before = {},
    holders = {} }, Work)
end

return work
