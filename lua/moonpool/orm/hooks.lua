-- Functions that a model's rows are shown to around an insert, an update, a delete and a load.
local caller = require "moonpool.errors.caller"
local errors = require "moonpool.errors"
local suggest = require "moonpool.util.suggest"

local hooks = {}

---@class moonpool.orm.Hook
---@field event string
---@field fn fun(object: table, session: moonpool.Session)
---@field where string?  `file:line` that set it

local EVENTS = { "before_insert", "after_insert", "before_update", "after_update", "before_delete",
  "after_delete", "after_load" }
local IS_EVENT = {}
for _, name in ipairs(EVENTS) do IS_EVENT[name] = true end

local function refuse(model, message, hint)
  errors.raise { kind = "bad_argument", table = model.table.name, hint = hint,
    message = ('model "%s": %s'):format(model.table.name, message) }
end

local function check(model, event, fn)
  if not IS_EVENT[event] then
    refuse(model, ('there is no event "%s"%s'):format(tostring(event),
      suggest.phrase(event, EVENTS)), "its events are: " .. table.concat(EVENTS, ", "))
  end
  if type(fn) ~= "function" then
    refuse(model, ("a hook is a function, not a %s"):format(type(fn)),
      ('Model:on("%s", function(object, session) ... end)'):format(event))
  end
end

local function place()
  local file, line = caller.find()
  return file and ("%s:%d"):format(file, line)
end

-- A class's own hooks follow those of the classes it extends, whenever they were set.
local function collect(class)
  local all = class.parent and table.move(hooks.list(class.parent), 1,
    #hooks.list(class.parent), 1, {}) or {}
  return table.move(class.own_hooks, 1, #class.own_hooks, #all + 1, all)
end

local function refresh(model)
  local class = getmetatable(model)
  class.hook_list, class.hooks = collect(class), {}
  for _, hook in ipairs(class.hook_list) do
    class.hooks[hook.event] = class.hooks[hook.event] or {}
    table.insert(class.hooks[hook.event], hook.fn)
  end
  for _, subclass in ipairs(class.subclasses) do refresh(subclass) end
end

hooks.refresh = refresh

---Call `fn(object, session)` at each such event of the model's rows in sessions, in the order of
---these calls. It may wait; what it raises stops the flush.
---@param model moonpool.Model
---@param event string
---@param fn fun(object: table, session: moonpool.Session)
---@return moonpool.Model
function hooks.on(model, event, fn)
  check(model, event, fn)
  local own = getmetatable(model).own_hooks
  own[#own + 1] = { event = event, fn = fn, where = place() }
  refresh(model)
  return model
end

---@param model moonpool.Model
---@return moonpool.orm.Hook[]  in the order in which they are called
function hooks.list(model)
  return getmetatable(model).hook_list
end

return hooks
