-- engine_events.lua - functions that are called when something happens to an engine.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local observation = require "moonpool.observation"
local text = require "moonpool.util.text"
local suggest = require "moonpool.util.suggest"

local engine_events = {}

-- engine -> event -> list of handlers; a handler keeps no engine.
local handlers = setmetatable({}, { __mode = "k" })

local function list_of(engine, event)
  local by_event = handlers[engine]
  if not by_event then
    by_event = {}
    handlers[engine] = by_event
  end
  by_event[event] = by_event[event] or {}
  return by_event[event]
end

-- Each handler in a task of its own: it may wait, and its error is reported as any task's that
-- nobody awaits.
local function call_all(list, ...)
  for _, handler in ipairs(list) do driver.spawn(handler.fn, ...) end
end

---@class moonpool.Notice
---@field severity string  "NOTICE", "WARNING", ...
---@field sqlstate string?
---@field message string
---@field detail string?
---@field hint string?
---@field context string?
---@field query string?  the text of the statement under way

-- It ends when the engine is closed.
local function pump_notices(engine, list)
  repeat
    local said = engine:next_notice()
    if type(said) == "table" then call_all(list, said) end
  until not said
end

local function start_notices(engine, list)
  if list.is_started then return end
  list.is_started = true
  driver.spawn_daemon(pump_notices, engine, list)
end

local function add_to_list(event, start)
  return function(engine, fn)
    local list = list_of(engine, event)
    list[#list + 1] = { fn = fn }
    start(engine, list)
  end
end

local function remove_from_list(event)
  return function(engine, fn)
    local list = list_of(engine, event)
    for index, known in ipairs(list) do
      if known.fn == fn then return table.remove(list, index) end
    end
  end
end

-- How a function is told of an event, and no more, by the event's name. More events are more rows.
local EVENTS = {
  notice = { add = add_to_list("notice", start_notices), remove = remove_from_list "notice" },
  query = { add = observation.add, remove = observation.remove },
}
for _, name in ipairs { "connect", "acquire", "transaction", "close" } do
  EVENTS[name] = observation.of_event(name)
end

local function check(event, fn)
  if not EVENTS[event] then
    local near = type(event) == "string" and suggest.nearest(event, EVENTS)
    errors.raise {
      kind = "bad_argument",
      message = ("there is no event %s%s"):format(text.show(event),
        near and (' (did you mean "%s"?)'):format(near) or ""),
      hint = 'write db:on("notice", function(notice) ... end)',
    }
  end
  if type(fn) ~= "function" then
    errors.raise {
      kind = "bad_argument",
      message = ("on takes a function, got %s"):format(type(fn)),
      hint = 'write db:on("notice", function(notice) ... end)',
    }
  end
end

local Handler = {}
Handler.__index = Handler
Handler.__name = "moonpool.handler"

---Call the function no more.
function Handler:close()
  if self.is_closed then return end
  self.is_closed = true
  EVENTS[self.event].remove(self.engine, self.fn)
end

Handler.__close = Handler.close

---@class moonpool.ConnectionEvent
---@field seconds number  connect: it took; acquire: it was waited for; close: it was open
---@field error moonpool.Error?  why there is no connection
---@field reason string?  of a close

---@class moonpool.TransactionEvent
---@field outcome "committed"|"rolled back"|"prepared"|"lost"|"in doubt"
---@field seconds number  from its BEGIN to its end
---@field begun_at string  `file:line`
---@field where string?  `file:line` of its end
---@field label string?

---Call `fn` each time the event happens, in a task of its own; of a query inside the task that ran
---it, where it may not wait.
---@param engine moonpool.Engine
---@param event "connect"|"acquire"|"query"|"transaction"|"notice"|"close"
---@param fn function
---@return table handler  its `close` ends that
function engine_events.on(engine, event, fn)
  check(event, fn)
  EVENTS[event].add(engine, fn)
  return setmetatable({ engine = engine, event = event, fn = fn }, Handler)
end

return engine_events
