-- Objects come into a session and leave it: add, delete, expunge.
local cascade_delete = require "moonpool.orm.cascade_delete"
local errors = require "moonpool.errors"
local instance = require "moonpool.orm.instance"
local model_module = require "moonpool.orm.model"
local session_guard = require "moonpool.orm.session_guard"
local suggest = require "moonpool.util.suggest"
local tracked = require "moonpool.orm.tracked"

local session_objects = {}

local function refuse(object, message, hint)
  local model = model_module.of(object)
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('an instance of "%s" %s'):format(model.table.name, message), hint = hint }
end

---Raises `bad_argument` for what is no instance of a model.
---@return moonpool.Model
function session_objects.check_instance(value, verb)
  local model = type(value) == "table" and model_module.of(value)
  if model then return model end
  errors.raise { kind = "bad_argument",
    message = ("%s takes an instance of a model, not a %s"):format(verb, type(value)),
    hint = ("s:%s(Model { ... })"):format(verb) }
end

-- Objects of another session, and those that left one, have a row that this one does not know.
local function check_own(session, object, verb)
  local other = tracked.session_of(object)
  if other == session then return end
  if other and not other.is_closed then
    refuse(object, "is in another session",
      "take it out of that one first (s:expunge), or work with a copy: s:merge(object)")
  end
  if other or instance.state(object) == "detached" then
    refuse(object, ("is detached: it cannot be given to %s"):format(verb),
      "s:merge(object) gives this session's own object of the same row")
  end
end

---@return boolean  whether the object is this session's
function session_objects.is_own(session, object)
  return tracked.session_of(object) == session and session:state_of(object) ~= "detached"
end

local function register(session, model, object)
  setmetatable(object, session.uow:own_metatable(session, model))
  session.uow:register_new(object)
  return object
end

---The object is inserted by the next flush; one that was marked as deleted stays.
---@param session moonpool.Session
---@param object table
---@return table object
function session_objects.add(session, object)
  session_guard.check_writable(session)
  local meta = type(object) == "table" and getmetatable(object)
  -- A transient one has no past.
  local is_fresh = type(meta) == "table" and meta.state == "transient" and meta.model
  if is_fresh then return register(session, meta.model, object) end
  local model = session_objects.check_instance(object, "add")
  check_own(session, object, "add")
  if session.uow.gone[object] then
    refuse(object, "has been deleted by a flush", "add a new one, or roll back")
  end
  session.uow.deleted:remove(object)
  if session.uow.entries[object] then return object end
  return register(session, model, object)
end

---@param list table[]
---@return table[] list
function session_objects.add_all(session, list)
  if type(list) ~= "table" or model_module.of(list) then
    errors.raise { kind = "bad_argument", message = "add_all takes a list of instances",
      hint = "s:add_all { User { ... }, User { ... } }; s:add takes one" }
  end
  for _, object in ipairs(list) do session_objects.add(session, object) end
  return list
end

---The object leaves the session, with its fields; nothing of it is written.
---@param object table
---@return table object
function session_objects.expunge(session, object)
  session_guard.check_open(session)
  session_objects.check_instance(object, "expunge")
  if not session_objects.is_own(session, object) then
    refuse(object, "is not in this session", "expunge it where it was added or read")
  end
  local was_new = session.uow.new:has(object)
  session.uow:forget(object)
  if was_new then tracked.make_transient(object) else tracked.detach(object) end
  return object
end

local function relation_names(model, names)
  if #names > 0 then return names end
  local all = {}
  for at, declared in ipairs(model.relations) do all[at] = declared.name end
  return all
end

---Relations and deferred columns of a stored object are not loaded any more: what was changed in
---them and not flushed is lost.
---@param object table
---@param ... string  their names; all relations when left out
---@return table object
function session_objects.expire(session, object, ...)
  session_guard.check_open(session)
  local model = session_objects.check_instance(object, "expire")
  if not session_objects.is_own(session, object) or not session.uow.entries[object] then
    refuse(object, "has no row in this session that could be read again",
      "flush a new one first; s:expunge(object) lets go of one")
  end
  local fields = model_module.class(model).fields
  for _, name in ipairs(relation_names(model, { ... })) do
    local field = fields[name]
    if not field or field.kind == "value" then
      refuse(object, ('has no relation or deferred column "%s"%s'):format(tostring(name),
        suggest.phrase(name, fields)), "columns are read again by s:refresh(object)")
    end
    session.uow:expire(object, name)
  end
  return object
end

---All of them leave.
function session_objects.expunge_all(session)
  session_guard.check_open(session)
  local uow = session.uow
  for _, object in ipairs(uow.new:list()) do session_objects.expunge(session, object) end
  for object in pairs(uow:all_entries()) do tracked.detach(object) end
  for object in pairs(uow.gone) do tracked.detach(object) end
  uow:clear()
end

---The next flush deletes the object's row, and those that its relations say with it, for which they
---are read where they are not loaded. One that has no row yet is forgotten.
---@async
---@param object table
function session_objects.delete(session, object)
  session_guard.check_writable(session)
  session_objects.check_instance(object, "delete")
  if instance.state(object) == "transient" then
    refuse(object, "has no row to delete", "it was never added; drop it")
  end
  check_own(session, object, "delete")
  cascade_delete.run(session, object)
end

return session_objects
