-- What is called around a flush, a commit and a rollback, of the session's and of the models'.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local suggest = require "moonpool.util.suggest"

local events = {}

---The handlers of a session that has none; not to be changed.
events.NONE = {}

local NAMES = { before_flush = true, after_flush = true, before_commit = true, after_commit = true,
  after_rollback = true }

local function refuse_event(name)
  local known = {}
  for event in pairs(NAMES) do known[#known + 1] = event end
  table.sort(known)
  errors.raise { kind = "bad_argument",
    message = ('a session has no event "%s"%s'):format(tostring(name), suggest.phrase(name, NAMES)),
    hint = "its events are: " .. table.concat(known, ", ") }
end

---Call `fn(session)` at each such event, in the order of these calls. It may wait; what it raises
---before a flush or a commit stops that.
---@param session moonpool.Session
---@param name string
---@param fn fun(session: moonpool.Session)
function events.on(session, name, fn)
  if not NAMES[name] then refuse_event(name) end
  if type(fn) ~= "function" then
    errors.raise { kind = "bad_argument", message = ("a handler is a function, not a %s"):format(
      type(fn)), hint = ('s:on("%s", function(session) ... end)'):format(name) }
  end
  if session.handlers == events.NONE then session.handlers = {} end
  local list = session.handlers[name] or {}
  session.handlers[name] = list
  list[#list + 1] = fn
end

---@async
function events.emit(session, name)
  for _, fn in ipairs(session.handlers[name] or {}) do fn(session) end
end

---What is called after a commit cannot undo it; an error says so.
---@async
function events.committed(session)
  local ok, err = pcall(events.emit, session, "after_commit")
  if ok then return end
  errors.raise { kind = "hook_failed", committed = true, cause = err,
    message = ("the session was committed; then a function of after_commit failed: %s"):format(
      tostring(err)),
    hint = "do not commit again: what it did is there; see `cause`" }
end

local KINDS = { "insert", "update", "delete" }

-- The handlers of a model for one event; none where models have no hooks.
local function hooks_of(model, name)
  local hooks = model_module.class(model).hooks
  return hooks and hooks[name] or {}
end

-- Whether one of the models that the session has met has such hooks: mostly none has, and nobody
-- looks at each of the objects.
local function has_hooks(session, moment)
  for _, models in ipairs { session.models, session.uow.metatables } do
    for model in pairs(models) do
      for _, kind in ipairs(KINDS) do
        if #hooks_of(model, moment .. kind) > 0 then return true end
      end
    end
  end
  return false
end

---@async
local function call_hooks(session, name, objects)
  for _, object in ipairs(objects) do
    for _, fn in ipairs(hooks_of(model_module.of(object), name)) do fn(object, session) end
  end
end

local function objects_of(updates)
  local list = {}
  for at, one in ipairs(updates) do list[at] = one.object end
  return list
end

local function not_called(objects, called)
  local fresh = {}
  for _, object in ipairs(objects) do
    if not called[object] then
      called[object] = true
      fresh[#fresh + 1] = object
    end
  end
  return fresh
end

local function groups_of(work)
  return { insert = work.inserts, update = objects_of(work.updates), delete = work.deletes }
end

-- Each object's handlers are called once; what they change or add is part of the same flush.
local function call_before(session, plan, called)
  local flush = plan(session)
  local groups, is_new = groups_of(flush.work), false
  for _, kind in ipairs(KINDS) do
    local fresh = not_called(groups[kind], called)
    is_new = is_new or #fresh > 0
    call_hooks(session, "before_" .. kind, fresh)
  end
  return flush, is_new
end

local function prepared(session, plan)
  events.emit(session, "before_flush")
  local flush = plan(session)
  if not has_hooks(session, "before_") then return flush end
  local called = {}
  while true do
    local planned, is_new = call_before(session, plan, called)
    if not is_new then return planned end
  end
end

local function end_preparing(session, ok, ...)
  session.is_preparing = nil
  if not ok then error((...), 0) end
  return ...
end

---The plan of a flush, after all that may change it has been called. What is called may query; that
---flushes nothing.
---@async
---@param plan fun(session: moonpool.Session): moonpool.orm.Flush
---@return moonpool.orm.Flush
function events.prepared(session, plan)
  session.is_preparing = true
  return end_preparing(session, pcall(prepared, session, plan))
end

---@async
function events.flushed(session, flush)
  if has_hooks(session, "after_") then
    local groups = groups_of(flush.work)
    for _, kind in ipairs(KINDS) do call_hooks(session, "after_" .. kind, groups[kind]) end
  end
  events.emit(session, "after_flush")
end

---Whether something is called after the flush that may stop the commit.
---@return boolean
function events.need_open_transaction(session)
  return #(session.handlers.after_flush or {}) > 0 or has_hooks(session, "after_")
end

return events
