-- The options of mp.engine: their rows, and the flat table that the core takes.
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local engine_options = {}

local MAX_CONNECTIONS = 10000

local HOOKS = {
  { name = "connect", kind = "function",
    doc = "given each connection that is new or was reset; its error fails the connect" },
  { name = "checkout", kind = "function",
    doc = "given a connection before it is lent; its error fails the statement that asked for it" },
  { name = "checkin", kind = "function",
    doc = "given a connection that has come back; its error closes it" },
}

local POOL = {
  { name = "min", kind = "integer", default = 0, min = 0, max = MAX_CONNECTIONS,
    doc = "connections kept open while nobody asks for one" },
  { name = "max", kind = "integer", default = 10, min = 1, max = MAX_CONNECTIONS,
    doc = "connections open at most" },
  { name = "burst", kind = "integer", default = 0, min = 0, max = MAX_CONNECTIONS,
    doc = "connections above max while tasks wait; closed after an idle second" },
  { name = "acquire_timeout", kind = "duration", default = 30,
    doc = "seconds a task waits for a connection" },
  { name = "max_waiters", kind = "integer", default = 10000, min = 0, max = 10000000,
    doc = "tasks that may wait for a connection at once" },
  { name = "order", kind = "choice", default = "lifo", values = { "lifo", "fifo" },
    doc = "which idle connection is used next" },
  { name = "max_lifetime", kind = "duration", default = 1800,
    doc = "seconds after which a connection is replaced" },
  { name = "max_idle_time", kind = "duration", default = 600,
    doc = "seconds after which an idle connection above min is closed" },
  { name = "max_uses", kind = "limit", default = false, min = 1,
    doc = "leases after which a connection is replaced" },
  { name = "check_after_idle", kind = "duration", default = 1,
    doc = "seconds of idleness after which a connection is checked before use" },
  { name = "leak_after", kind = "duration", default = 60,
    doc = "seconds of one lease after which it is reported" },
  { name = "on", rows = HOOKS },
}

local LOG = {
  { name = "level", kind = "choice", default = "info",
    values = { "debug", "info", "warn", "error", "off" }, doc = "least level that is written" },
  { name = "slow", kind = "duration", default = false,
    doc = "seconds after which a statement is logged as slow" },
  { name = "params", kind = "boolean", default = false,
    doc = "whether parameters are logged; they may be secret" },
}

---@type moonpool.OptionRow[]
engine_options.ROWS = {
  { name = "pool", rows = POOL },
  { name = "connect_timeout", kind = "duration", default = 10,
    doc = "seconds for name look-up, TCP, TLS and authentication together, over all hosts" },
  { name = "settings", kind = "settings", default = {},
    doc = "server settings of each connection" },
  { name = "prepare", kind = "choice", default = "auto", values = { "auto", "named", "unnamed" },
    doc = "how statements are prepared" },
  { name = "pooler", kind = "choice", default = "auto", values = { "auto", "none", "transaction" },
    doc = "the pooler between here and the server" },
  { name = "pipeline", rows = {
    { name = "max", kind = "integer", default = 64, min = 1, max = 65535,
      doc = "statements in flight per connection" },
  } },
  { name = "replicas", kind = "strings", default = {},
    doc = "URLs of standbys, which db:read() reads from" },
  { name = "log", rows = LOG },
  { name = "on", rows = HOOKS },
  { name = "password", kind = "password",
    doc = "instead of the URL's; a function is asked for each new connection, and may wait" },
  { name = "application_name", kind = "string", doc = "shown in pg_stat_activity" },
}

-- What the connection itself relies on; the value tells why.
local FIXED_SETTINGS = {
  client_encoding = "text is UTF-8",
  datestyle = "dates are read in ISO form",
  intervalstyle = "intervals are read in postgres form",
  extra_float_digits = "floats are exact",
}

local function refuse(message, hint)
  errors.raise { kind = "bad_config", message = "engine: " .. message, hint = hint }
end

local function check(read)
  if read.pool.min > read.pool.max then
    refuse(('option "pool.min" (%d) is greater than "pool.max" (%d)'):format(
      read.pool.min, read.pool.max), "lower pool.min or raise pool.max")
  end
  for name in pairs(read.settings) do
    local reason = FIXED_SETTINGS[name:lower()]
    if reason then
      refuse(('setting "%s" cannot be changed: %s'):format(name, reason),
        "leave it out of settings")
    end
  end
end

-- They are the pool's, and may stand there too.
local function place_hooks(read)
  for name, fn in pairs(read.pool.on) do
    if read.on[name] then
      refuse(('the hook "%s" is given twice'):format(name), "give it in on or in pool.on")
    end
    read.on[name] = fn
  end
  read.pool.on = nil
end

---Raises `bad_config`.
---@param given table?
---@return table  nested as given, defaults filled in
function engine_options.read(given)
  local read = options.read(engine_options.ROWS, given, { kind = "bad_config", what = "engine" })
  check(read)
  place_hooks(read)
  return read
end

---The same options for the core: `pool.max` is `pool_max`; durations stay seconds, `false` is off.
---@param given table?
---@return table<string, any>
function engine_options.flat(given)
  local read, flat = engine_options.read(given), {}
  for _, row in ipairs(engine_options.ROWS) do
    if row.rows then
      for key, value in pairs(read[row.name]) do flat[row.name .. "_" .. key] = value end
    else
      flat[row.name] = read[row.name]
    end
  end
  if type(flat.password) == "function" then
    flat.password, flat.password_source = nil, flat.password
  end
  local settings = {}
  for name, value in pairs(read.settings) do settings[name] = tostring(value) end
  flat.settings = settings
  return flat
end

return engine_options
