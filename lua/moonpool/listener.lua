-- listener.lua - notifications of some channels, from a connection that is replaced when it fails.
local channel = require "moonpool.channel"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local listener = {}

local BACKOFF_SECONDS, BACKOFF_MAX_SECONDS = 0.05, 10
local CLOCK_SECONDS = 0.005 -- by which the timers' clock and ours may differ

local OPTIONS = {
  { name = "on_gap", kind = "function",
    doc = "called in the consuming task where notifications may have been missed" },
  { name = "heartbeat", kind = "duration", default = 10,
    doc = "seconds of silence after which the connection is asked for a sign of life" },
  { name = "heartbeat_timeout", kind = "duration", default = 5,
    doc = "seconds that sign may take; then the connection is replaced" },
  { name = "buffer", kind = "integer", default = 10000, min = 1, max = 1000000,
    doc = "notifications kept for a busy consumer" },
}

local NEXT_OPTIONS = {
  { name = "timeout", kind = "duration", default = false,
    doc = "seconds without a notification after which there is none" },
}

-- What no other connection would cure.
local FINAL = { "cancelled", "shutting_down", "bad_argument", "bad_config", "wrong_process",
  "wrong_thread", "unsupported_behind_pooler" }

local now = driver.system.hrtime

---@class moonpool.Note
---@field channel string
---@field payload string
---@field pid integer  of the server process whose session sent it

---@class moonpool.Gap
---@field reason "reconnected"|"overflow"
---@field error moonpool.Error?  how the connection was lost
---@field dropped integer?  notifications that did not fit the buffer

---@class moonpool.Subscription
local Subscription = {}
Subscription.__index = Subscription
Subscription.__name = "moonpool.subscription"

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function check_open(self)
  if not self.is_closed and self.anchor:holds() then return end
  refuse(self.is_closed and "this subscription was closed"
    or "this subscription has ended with its task", "listen again with db:listen")
end

local function listen_text(channels)
  local texts = {}
  for index, name in ipairs(channels) do texts[index] = "listen " .. channel.quote(name) end
  return table.concat(texts, ";")
end

local function refuse_pooler(engine)
  if not engine:is_pooled() then return end
  errors.raise {
    kind = "unsupported_behind_pooler",
    message = "listen needs a session of the server's for itself, which a pooler does not give",
    hint = "listen on another engine, whose URL names the server itself",
  }
end

-- Connecting may have found a pooler.
local function subscribe(connection, channels, buffer)
  refuse_pooler(connection:engine())
  local inbox = connection:inbox(buffer)
  if #channels > 0 then connection:script(listen_text(channels)) end
  return inbox
end

-- The one place where a connection comes in.
local function connect(self)
  refuse_pooler(self.engine)
  local connection = self.engine:session_open("listen")
  connection:tie_to(self.anchor)
  local ok, inbox = pcall(subscribe, connection, self.channels, self.settings.buffer)
  if not ok then
    connection:close()
    error(inbox, 0)
  end
  self.connection, self.inbox, self.sign_at = connection, inbox, now()
end

-- The one place where it goes; what it brought before is still taken first.
local function disconnect(self, err)
  self.connection:close()
  self.connection, self.inbox, self.loss = nil, nil, err
end

-- A server that does not answer would not take back its connection either.
local function give_up(self, err)
  self.connection:session_break "it gave no sign of life"
  disconnect(self, err)
end

local function is_final(err)
  if not errors.is_error(err) then return true end
  for _, kind in ipairs(FINAL) do
    if err.kind == kind then return true end
  end
  return false
end

-- False when this bound ended the call; what a bound around it does is raised.
local function call_within(seconds, fn, ...)
  if seconds == math.huge then
    fn(...)
    return true
  end
  local until_time = now() + seconds - CLOCK_SECONDS
  local ok, err = pcall(driver.deadline, seconds, fn, ...)
  if ok then return true end
  if errors.is_error(err, "timeout") and now() >= until_time then return false end
  error(err, 0)
end

local function left(until_time)
  return until_time and until_time - now() or math.huge
end

local function back_off(self, until_time)
  local limit = math.min(BACKOFF_SECONDS * 2 ^ self.attempts, BACKOFF_MAX_SECONDS)
  local seconds = math.min(limit * (0.5 + math.random() / 2), left(until_time))
  if seconds > 0 then driver.sleep(seconds) end
end

-- One try; the first one at once.
local function reconnect(self, until_time)
  if self.attempts > 0 then back_off(self, until_time) end
  self.attempts = self.attempts + 1
  if left(until_time) <= 0 then return end
  local ok, is_connected = pcall(call_within, left(until_time), connect, self)
  if not ok and is_final(is_connected) then error(is_connected, 0) end
  if ok and is_connected then self.gap = { reason = "reconnected", error = self.loss } end
end

local function report_gap(self)
  local gap = self.gap
  self.gap = nil
  if gap and self.settings.on_gap then self.settings.on_gap(gap) end
end

-- From here on the connection counts as a good one.
local function note_sign(self)
  self.sign_at, self.attempts = now(), 0
end

local function take(self)
  local name, payload, detail = self.inbox:take()
  if name then
    note_sign(self)
    return { channel = name, payload = payload, pid = detail }
  end
  if payload == "overflow" then self.gap = { reason = "overflow", dropped = detail } end
  if payload == "over" then disconnect(self, detail) end
  return nil, payload
end

local function beat(self)
  local ok, answered = pcall(call_within, self.settings.heartbeat_timeout or math.huge,
    self.connection.value, self.connection, "select 1")
  if ok and answered then return note_sign(self) end
  if not ok and (is_final(answered) or answered.kind == "timeout") then error(answered, 0) end
  give_up(self, not ok and answered or errors.new {
    kind = "connection_lost",
    message = ("the server gave no sign of life for %g seconds"):format(now() - self.sign_at),
  })
end

local function wait(self, until_time)
  local heartbeat = self.settings.heartbeat
  local beat_in = heartbeat and self.sign_at + heartbeat - now() or math.huge
  if beat_in <= 0 then return beat(self) end
  local seconds = math.min(beat_in, left(until_time))
  if seconds == math.huge then return self.inbox:wait() end
  call_within(seconds, self.inbox.wait, self.inbox)
end

---The next notification; nil when `timeout` seconds have passed without one. A lost or silent
---connection is replaced meanwhile, and `on_gap` called.
---@async
---@param given? { timeout: number|false }
---@return moonpool.Note?
function Subscription:next(given)
  local read = options.read(NEXT_OPTIONS, given, { kind = "bad_argument", what = "next" })
  local until_time = read.timeout and now() + read.timeout
  repeat
    check_open(self)
    if not self.connection then reconnect(self, until_time) end
    report_gap(self)
    if self.connection then
      local note, state = take(self)
      if note then return note end
      if state == "empty" and left(until_time) > 0 then wait(self, until_time) end
    end
  until left(until_time) <= 0
end

---A `for` iterator over `next(given)`: it ends with the first timeout.
---@param given? { timeout: number|false }
---@return fun(): moonpool.Note?
function Subscription:each(given)
  check_open(self)
  options.read(NEXT_OPTIONS, given, { kind = "bad_argument", what = "each" })
  return function() return self:next(given) end
end

-- A connection that fails here is replaced by the next `next`, with the channels of that time.
local function tell(self, sql)
  if not self.connection then return end
  local ok, err = pcall(self.connection.script, self.connection, sql)
  if ok then return end
  if self.connection:is_alive() then error(err, 0) end
  disconnect(self, err)
end

local function place_of(self, name)
  for index, known in ipairs(self.channels) do
    if known == name then return index end
  end
end

---Listen to one more channel.
---@async
---@param name string
function Subscription:listen(name)
  check_open(self)
  channel.check(name)
  if place_of(self, name) then return end
  self.channels[#self.channels + 1] = name
  tell(self, listen_text { name })
end

---@async
---@param name string
function Subscription:unlisten(name)
  check_open(self)
  channel.check(name)
  local index = place_of(self, name)
  if not index then return end
  table.remove(self.channels, index)
  tell(self, "unlisten " .. channel.quote(name))
end

---Give the connection back; never waits.
function Subscription:close()
  if self.is_closed then return end
  self.is_closed = true
  self.anchor:close()
  if self.connection then disconnect(self) end
end

Subscription.__close = Subscription.close

function Subscription:__tostring()
  return ("subscription(%s)"):format(self.is_closed and "closed"
    or table.concat(self.channels, ", "))
end

local function read_channels(given)
  local list, seen = {}, {}
  for _, name in ipairs(type(given) == "table" and given or { given }) do
    if not seen[channel.check(name)] then list[#list + 1] = name end
    seen[name] = true
  end
  if #list == 0 then refuse("listen takes a channel, or a list of channels, got none") end
  return list
end

---Listen to channels, on a connection of its own that counts in the pool.
---@async
---@param engine moonpool.Engine
---@param channels string|string[]
---@param given? { on_gap: fun(gap: moonpool.Gap), heartbeat: number|false,
---  heartbeat_timeout: number|false, buffer: integer }
---@return moonpool.Subscription
function listener.open(engine, channels, given)
  local self = setmetatable({
    engine = engine,
    attempts = 0,
    anchor = driver.anchor(), -- a connection opened by another task still is this one's
    channels = read_channels(channels),
    settings = options.read(OPTIONS, given, { kind = "bad_argument", what = "listen" }),
  }, Subscription)
  connect(self)
  return self
end

return listener
