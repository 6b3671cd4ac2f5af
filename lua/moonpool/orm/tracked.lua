-- The metatables of a session's objects: whose they are, and what they came with.
local instance = require "moonpool.orm.instance"
local model_module = require "moonpool.orm.model"

local tracked = {}

local NOTHING = {}

-- A new object has no rows that refer to it; what it lacks can be no list but an empty one.
local function read_new(object, field)
  if not field.is_list then return nil end
  local list = {}
  rawset(object, field.name, list)
  return list
end

local function reader(model)
  return function(object, field)
    local uow = getmetatable(object).session.uow
    local absent = uow.absent[object]
    if absent and absent[field.name] then return nil end
    if instance.leads_nowhere(object, field) then return nil end
    if uow.new:has(object) then return read_new(object, field) end
    instance.refuse_unloaded(model, field.name)
  end
end

local known = setmetatable({}, { __mode = "k" })

-- One for each model, whosever its objects are and whatever they came with.
local function index_of(model)
  local index = known[model]
  if not index then
    index = instance.reader(model, model_module.class(model).fields, reader(model))
    known[model] = index
  end
  return index
end

local function note_model(session, model)
  local models = rawget(session, "models")
  if models then
    models[model] = true
  else
    session.models = { [model] = true }
  end
end

---A metatable for objects of a model that came together: `siblings` lists them, `result` has their
---rows, which are their snapshots.
---@param session moonpool.Session
---@param model moonpool.Model
---@param batch moonpool.orm.Batch?
---@return table
function tracked.metatable(session, model, batch)
  local with = batch or NOTHING
  if batch then note_model(session, model) end
  return { __index = index_of(model), __name = model.table.name,
    model = model, session = session, result = with.result, names = with.names,
    siblings = with.siblings, batch = batch }
end

---@return table?  the session that the object is of
function tracked.session_of(object)
  local meta = getmetatable(object)
  return type(meta) == "table" and meta.session or nil
end

---The object is nobody's any more; its fields stay.
function tracked.detach(object)
  setmetatable(object, model_module.class(model_module.of(object)).detached)
end

---The object is as if it had never been added.
function tracked.make_transient(object)
  setmetatable(object, model_module.class(model_module.of(object)).transient)
end

return tracked
