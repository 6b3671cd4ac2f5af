-- engine.lua - engines: opened from a URL and options, with what Lua adds to the core's methods.
require "moonpool.connection"
require "moonpool.range"
require "moonpool.rows"
local default_database = require "moonpool.default_database"
local driver = require "moonpool.driver"
local engine_options = require "moonpool.engine_options"
local errors = require "moonpool.errors"
local lazy = require "moonpool.util.lazy"
local observation = require "moonpool.observation"
local pool_hooks = require "moonpool.pool_hooks"
local reconfigure = require "moonpool.reconfigure"

local engine = {}

-- Most programs use few of these, and all of them start.
local Engine = lazy.fields(driver.methods "engine", {
  begin = { "moonpool.transaction_begin", "on_engine" },
  begin_group = { "moonpool.transaction_begin", "with_group" },
  transaction = { "moonpool.transaction_begin", "run_on_engine" },
  with = { "moonpool.statement_view", "of" },
  as_tenant = { "moonpool.statement_view", "as_tenant" },
  pipeline = { "moonpool.pipeline", "run" },
  listen = { "moonpool.listener", "open" },
  notify = { "moonpool.channel", "notify" },
  on = { "moonpool.engine_events", "on" },
  lock = { "moonpool.advisory_lock", "on_engine" },
  large_object = { "moonpool.large_object", "on_its_own" },
  explain = { "moonpool.plan", "explain" },
  connect = { "moonpool.lease", "connect" },
  prepared = { "moonpool.two_phase", "list" },
  commit_prepared = { "moonpool.two_phase", "commit" },
  rollback_prepared = { "moonpool.two_phase", "rollback" },
  copy_in = { "moonpool.copy_in", "on_engine" },
  copy_out = { "moonpool.copy_out", "on_engine" },
  cursor = { "moonpool.cursor", "on_engine" },
  session = { "moonpool.session", "on_engine" },
  codec = { "moonpool.codec", "set" },
  server = { "moonpool.server", "of" },
})

---What the engine has done since it was opened.
---@param format? "prometheus"|"table"
---@return string|table  text, or { pool =, statements =, events = }
function Engine:metrics(format)
  local measured = { pool = self:pool():stats(), statements = self:statistics(),
    events = { left_out = self:events_left_out() } }
  return require("moonpool.metrics").render(format, self:name(), measured)
end

---Statements that differ in their values alone, the costliest first.
---@param given? { by: string, limit: integer }
---@return table[]
function Engine:top(given)
  return require("moonpool.top_statements").pick(self:fingerprints(), given)
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
  origin.view = origin.view
    or require("moonpool.read_view").new(self, origin.url, origin.given)
  return origin.view
end

---Change the pool's options, the password or the URL while the engine is used.
---@param given { pool: table?, password: string?, url: string? }
function Engine:reconfigure(given)
  local origin = origin_of(self)
  local changed = reconfigure.changed(origin, given)
  reconfigure.apply(self, changed)
  origin.url, origin.given = changed.url, changed.given
  if origin.view then require("moonpool.read_view").reconfigure(origin.view, changed) end
end

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
