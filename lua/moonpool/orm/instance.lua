-- The metatables of instances, which tell what an instance is and what a field of it reads as.
local computed = require "moonpool.orm.computed"
local errors = require "moonpool.errors"
local singular = require "moonpool.util.singular"

local instance = {}

-- What every instance can do; a model's own methods come first.
local COMMON = {}

local function refuse_detached(object, meta)
  errors.raise { kind = "bad_argument", table = meta.model.table.name,
    message = ("%s is %s: there is no session to load from"):format(
      singular(meta.model.table.name), instance.state(object)),
    hint = "read it through a session that is open: s:get(Model, id), or s:merge(object)" }
end

---Load relations or deferred columns, of this object and of all that came with it and lack them.
---@async
---@param what string | table  a name, or what `:with` takes
---@return table object
function COMMON:load(what)
  local meta = type(self) == "table" and getmetatable(self)
  if not meta or not meta.model then
    errors.raise { kind = "bad_argument", message = "load is a method of instances",
      hint = 'write post:load "author", with a colon' }
  end
  local session = meta.session
  if not session then refuse_detached(self, meta) end
  return session:load(self, what)
end

---@return boolean  whether a column of this name hides what every instance can do
function instance.is_common(name)
  return COMMON[name] ~= nil
end

---@return table  the methods of a new model's instances
function instance.methods()
  return setmetatable({}, { __index = COMMON })
end

---`load` also where a column or a method of the model's has taken its name.
---@async
function instance.load(object, what)
  local meta = getmetatable(object)
  if type(meta) ~= "table" or not meta.model then
    errors.raise { kind = "bad_argument", message = ("a %s is no instance of a model"):format(
      type(object)), hint = 'mp.load(post, "author")' }
  end
  return COMMON.load(object, what)
end

---Raises `not_loaded`, with both cures.
function instance.refuse_unloaded(model, name)
  local what = singular(model.table.name)
  errors.raise { kind = "not_loaded", table = model.table.name,
    message = ("%s.%s is not loaded"):format(what, name),
    hint = ('add :with { "%s" } to the select, or call %s:load "%s"'):format(name, what, name) }
end

---Whether a relation needs no statement to be known as nil: its own columns lead nowhere.
---@param field table  of `model.unloaded_fields`
---@return boolean
function instance.leads_nowhere(object, field)
  if field.kind ~= "belongs_to" then return false end
  for _, name in ipairs(field.columns) do
    if rawget(object, name) == nil then return true end
  end
  return false
end

---@alias moonpool.orm.Unloaded fun(object: table, field: table): any

---The `__index` of a model's instances: methods, then `read_unloaded(object, field)` for a relation
---or a deferred column that the object does not hold, then computed values; any other name is nil.
---@param model moonpool.Model
---@param fields table<string, { name: string, kind: string }>  what may be unloaded
---@param read_unloaded moonpool.orm.Unloaded
function instance.reader(model, fields, read_unloaded)
  local methods, values = model.methods, getmetatable(model).computed
  return function(object, name)
    local method = methods[name]
    if method ~= nil then return method end
    local field = fields[name]
    if field then
      -- What a value object's columns make is in the object, or nil.
      if field.kind == "value" then return nil end
      return read_unloaded(object, field)
    end
    local value = values[name]
    if value then return computed.value(value, object) end
    return nil
  end
end

local function read_transient(object, field)
  if not field.is_list then return nil end
  local list = {}
  rawset(object, field.name, list)
  return list
end

local function detached_reader(model)
  return function(object, field)
    if instance.leads_nowhere(object, field) then return nil end
    instance.refuse_unloaded(model, field.name)
  end
end

local function metatable(model, class, state, read_unloaded)
  return { __index = instance.reader(model, class.fields, read_unloaded),
    __name = model.table.name, model = model, state = state }
end

---@return table  the metatable of instances that were never stored
function instance.transient(model, class)
  return metatable(model, class, "transient", read_transient)
end

---@return table  the metatable of rows that no session knows
function instance.detached(model, class)
  return metatable(model, class, "detached", detached_reader(model))
end

---@param object table
---@return string  "transient", "pending", "persistent", "deleted" or "detached"
function instance.state(object)
  local meta = getmetatable(object)
  local session = meta.session
  return session and session:state_of(object) or meta.state
end

return instance
