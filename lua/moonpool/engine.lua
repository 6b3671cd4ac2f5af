-- engine.lua - engines: opened from a URL and options, with what Lua adds to the core's methods.
require "moonpool.codec"
require "moonpool.connection"
require "moonpool.range"
local advisory_lock = require "moonpool.advisory_lock"
local channel = require "moonpool.channel"
local copy_in = require "moonpool.copy_in"
local copy_out = require "moonpool.copy_out"
local cursor = require "moonpool.cursor"
local default_database = require "moonpool.default_database"
local driver = require "moonpool.driver"
local engine_events = require "moonpool.engine_events"
local engine_options = require "moonpool.engine_options"
local large_object = require "moonpool.large_object"
local listener = require "moonpool.listener"
local metrics = require "moonpool.metrics"
local observation = require "moonpool.observation"
local statement_view = require "moonpool.statement_view"
local pipeline = require "moonpool.pipeline"
local plan = require "moonpool.plan"
local pool_hooks = require "moonpool.pool_hooks"
local top_statements = require "moonpool.top_statements"
local errors = require "moonpool.errors"
local lease = require "moonpool.lease"
local read_view = require "moonpool.read_view"
local reconfigure = require "moonpool.reconfigure"
local server = require "moonpool.server"
local transaction = require "moonpool.transaction"
local two_phase = require "moonpool.two_phase"

local engine = {}

local Engine = driver.methods "engine"

Engine.begin = transaction.begin_on_engine
Engine.transaction = transaction.run_on_engine
Engine.with = statement_view.of
Engine.pipeline = pipeline.run
Engine.listen = listener.open
Engine.notify = channel.notify
Engine.on = engine_events.on
Engine.lock = advisory_lock.on_engine
Engine.large_object = large_object.on_its_own
Engine.explain = plan.explain
Engine.connect = lease.connect
Engine.prepared = two_phase.list
Engine.commit_prepared = two_phase.commit
Engine.rollback_prepared = two_phase.rollback
Engine.copy_in = copy_in.on_engine
Engine.copy_out = copy_out.on_engine
Engine.cursor = cursor.on_engine

---What the engine has done since it was opened.
---@param format? "prometheus"|"table"
---@return string|table  text, or { pool =, statements = }
function Engine:metrics(format)
  local measured = { pool = self:pool():stats(), statements = self:statistics() }
  return metrics.render(format, self:name(), measured)
end

---Statements that differ in their values alone, the costliest first.
---@param given? { by: string, limit: integer }
---@return table[]
function Engine:top(given)
  return top_statements.pick(self:fingerprints(), given)
end

-- Where an engine came from, for its views.
local origins = setmetatable({}, { __mode = "k" })

local function origin_of(opened)
  local origin = origins[opened]
  if origin then return origin end
  errors.raise { kind = "bad_argument", message = "engine expected, got " .. type(opened) }
end

---The engine, read only: over its replicas, never older than what this task has written.
---@return moonpool.ReadView
function Engine:read()
  local origin = origin_of(self)
  origin.view = origin.view or read_view.new(self, origin.url, origin.given)
  return origin.view
end

---Change the pool's options, the password or the URL while the engine is used.
---@param given { pool: table?, password: string?, url: string? }
function Engine:reconfigure(given)
  local origin = origin_of(self)
  local changed = reconfigure.changed(origin, given)
  reconfigure.apply(self, changed)
  origin.url, origin.given = changed.url, changed.given
  if origin.view then read_view.reconfigure(origin.view, changed) end
end

Engine.server = server.of

local close = Engine.close

---Let running work end, cancel on the server what is left, disconnect.
---@async
---@param given? number|{ timeout: number }  seconds that running work may take; 5 when left out
function Engine:close(given)
  return close(self, reconfigure.drain_seconds(given))
end

driver.methods("pool").recycle = reconfigure.recycle

-- Inside the command its choice goes before the environment, which it has looked at.
local function default_url()
  return default_database.url() or os.getenv "DATABASE_URL"
end

---Open an engine; nothing is connected before its first statement.
---@param url? string  URL or keywords as libpq takes them; DATABASE_URL, then PG*, when left out
---@param given? table  see engine_options
---@return moonpool.Engine
function engine.open(url, given)
  if url == nil then url = default_url() end
  local flat = pool_hooks.install(engine_options.flat(given))
  local opened = driver.engine_open(url, flat)
  observation.install(opened, { level = flat.log_level, slow = flat.log_slow,
    params = flat.log_params })
  origins[opened] = { url = url, given = given }
  return opened
end

return engine
