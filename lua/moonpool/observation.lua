-- observation.lua - who hears of an engine's statements: handlers of "query", and the log.
local caller = require "moonpool.errors.caller"
local driver = require "moonpool.driver"
local label = require "moonpool.label"
local log = require "moonpool.log"
local statement_log = require "moonpool.statement_log"

local observation = {}

---@class moonpool.QueryEvent
---@field sql string
---@field error moonpool.Error?
---@field rows integer  read or affected
---@field seconds number  all of it: the four below
---@field queue number  until it was sent: waiting for a connection, describing a new text
---@field network number  the round trip, and the arrival of the answer behind its first bytes
---@field server number
---@field statements integer  that were sent as one: more than 1 for a pipeline
---@field decode number
---@field where string?  `file:line` of the call
---@field label string?
---@field params table?  with `n`, where the options say `log = { params = true }`; of a pipeline
---  those of its statements, one after the other

---@class moonpool.Observation
local Observation = {}
Observation.__index = Observation

local by_engine = setmetatable({}, { __mode = "k" })

-- Functions that hear of every engine's statements.
local watchers = {}

local function call_site()
  local place = caller.locate()
  return place and ("%s:%d"):format(place.file, place.line)
end

local function tell_all(self, handlers, event)
  for _, handler in ipairs(handlers) do
    local ok, err = pcall(handler, event)
    if not ok then self.log:write("error", "a handler of \"query\" failed: %s", tostring(err)) end
  end
end

local function tell(self, event)
  tell_all(self, self.handlers, event)
  tell_all(self, watchers, event)
end

local function write(self, event)
  local slow = self.slow
  if slow and event.seconds >= slow then
    self.log:write("warn", "slow statement: %s", statement_log.line(event))
  elseif self.log:takes "debug" then
    self.log:write("debug", "statement: %s", statement_log.line(event))
  end
end

-- Cheap where nobody will see it: the place of the call is looked for last.
local function is_wanted(self, seconds)
  return #self.handlers > 0 or #watchers > 0 or self.log:takes "debug"
    or self.slow and seconds >= self.slow
end

local function event_of(sql, err, rows, queue, server, network, decode)
  return { sql = sql, error = err, rows = rows, seconds = queue + server + network + decode,
    queue = queue, server = server, network = network, decode = decode, where = call_site(),
    label = label.current(), statements = 1 }
end

local function observer_of(self)
  return function(sql, err, rows, queue, server, network, decode, ...)
    if not is_wanted(self, queue + server + network + decode) then return end
    local event = event_of(sql, err, rows, queue, server, network, decode)
    if self.params then event.params = table.pack(...) end
    tell(self, event)
    write(self, event)
  end
end

-- Without anyone to hear, nothing is measured for it.
local function refresh(self)
  self.is_needed = #self.handlers > 0 or #watchers > 0 or self.slow or self.log:takes "debug"
  local told = {}
  for name, list in pairs(self.told) do told[name] = #list > 0 or nil end
  -- Closed ones refuse, and run nothing any more.
  for engine in pairs(self.engines) do
    pcall(engine.observe, engine, self.is_needed and self.observer or nil)
    pcall(engine.tell, engine, self.teller, told)
  end
end

local REPORTS = {}

function REPORTS.leak(self, event)
  self.log:write("warn", "a connection has been held for %.1f s%s%s%s", event.seconds,
    event.where and ", taken at " .. event.where or "",
    event.label and ", label " .. event.label or "",
    event.traceback and "\n" .. event.traceback or "")
end

function REPORTS.lost(self, event)
  self.log:write("error", "%s (%s)", event.error.message, event.error.hint or "")
end

function REPORTS.left_out(self, event)
  self.log:write("warn", "%d events were not told to the functions of db:on: too many came at once",
    event.count)
end

-- Each handler in a task of its own: it may wait, and its error is reported as any task's that
-- nobody awaits.
local function announce(self, name, event)
  for _, handler in ipairs(self.told[name]) do driver.spawn(handler, event) end
end

local function teller_of(self)
  return function(name, event)
    local report = REPORTS[name]
    if report then return report(self, event) end
    announce(self, name, event)
  end
end

local function adopt(self, engine)
  by_engine[engine] = self
  self.engines[engine] = true
  refresh(self)
end

---@param engine moonpool.Engine
---@param given { level: string, slow: number|false, params: boolean }  the option `log`, read
---@param sink? fun(line: string)
function observation.install(engine, given, sink)
  local self = setmetatable({ handlers = {}, log = log.new(given.level, sink), slow = given.slow,
    params = given.params, engines = setmetatable({}, { __mode = "k" }),
    told = { connect = {}, acquire = {}, close = {}, transaction = {} } }, Observation)
  self.teller = teller_of(self)
  self.observer = observer_of(self)
  adopt(self, engine)
end

---Whoever hears of an engine's statements hears of the other's, too.
---@param engine table
---@param other table  an engine that works for it
function observation.share(engine, other)
  adopt(by_engine[engine], other)
end

-- An engine, or what runs on a connection of one.
local function of(target)
  target = target.viewed or target
  if by_engine[target] then return by_engine[target] end
  local connection = target.connection or target
  return by_engine[connection:engine()]
end

---@param target moonpool.Executor
---@return string?  the label of what runs on it now: a view's own, before that of who calls
function observation.label_of(target)
  return target.viewed and target.view_label or label.current()
end

---Whether anybody might hear of what the target does.
---@param target moonpool.Executor
---@return boolean
function observation.hears(target)
  return of(target).is_needed and true or false
end

-- What was not measured is the server's.
local function event_of_several(sql, seen, seconds, name)
  local queue, network = seen.queue or 0, seen.network or 0
  local server = seen.server or seconds
  local decode = math.max(0, seconds - queue - server - network)
  local event = event_of(sql, seen.error, seen.rows or 0, queue, server, network, decode)
  event.statements, event.label = seen.statements or 1, name
  return event
end

---Tell of what is no single statement: COPY, a pipeline. Called when it has ended.
---@param target moonpool.Executor
---@param sql string
---@param since number  driver.system.hrtime of its beginning
---@param seen { error: any, rows: integer?, queue: number?, server: number?, network: number?,
---  params: table?, statements: integer? }
function observation.tell(target, sql, since, seen)
  local self = of(target)
  local seconds = driver.system.hrtime() - since
  if not self.is_needed or not is_wanted(self, seconds) then return end
  local event = event_of_several(sql, seen, seconds, observation.label_of(target))
  event.params = self.params and (seen.params or { n = 0 }) or nil
  tell(self, event)
  write(self, event)
end

---@param engine moonpool.Engine
---@return moonpool.Log
function observation.log_of(engine)
  return by_engine[engine].log
end

local function remove_from(list, fn)
  for at, handler in ipairs(list) do
    if handler == fn then
      table.remove(list, at)
      return
    end
  end
end

---How to add and to remove functions that are told of what happens to connections and transactions.
---@param name "connect"|"acquire"|"close"|"transaction"
---@return { add: function, remove: function }
function observation.of_event(name)
  return {
    add = function(engine, fn)
      local self = by_engine[engine]
      table.insert(self.told[name], fn)
      refresh(self)
    end,
    remove = function(engine, fn)
      local self = by_engine[engine]
      remove_from(self.told[name], fn)
      refresh(self)
    end,
  }
end

---@param target moonpool.Executor
---@return boolean  whether anybody hears of its transactions
function observation.hears_transactions(target)
  return #of(target).told.transaction > 0
end

---A transaction has ended.
---@param target moonpool.Executor
---@param event { outcome: string, seconds: number, where: string?, label: string? }
function observation.tell_transaction(target, event)
  local self = of(target)
  if self and #self.told.transaction > 0 then announce(self, "transaction", event) end
end

---Call `fn(event)` inside the task of each statement that ends; it may not wait.
---@param engine moonpool.Engine
---@param fn fun(event: moonpool.QueryEvent)
function observation.add(engine, fn)
  local self = by_engine[engine]
  self.handlers[#self.handlers + 1] = fn
  refresh(self)
end

local function refresh_all()
  for _, self in pairs(by_engine) do refresh(self) end
end

---Call `fn(event)` for each statement that ends on any engine, until it is unwatched.
---@param fn fun(event: moonpool.QueryEvent)
function observation.watch(fn)
  watchers[#watchers + 1] = fn
  refresh_all()
end

---@param fn function
function observation.unwatch(fn)
  remove_from(watchers, fn)
  refresh_all()
end

---@param engine moonpool.Engine
---@param fn function
function observation.remove(engine, fn)
  local self = by_engine[engine]
  remove_from(self.handlers, fn)
  refresh(self)
end

return observation
