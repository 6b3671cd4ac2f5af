-- reconfigure.lua - what may change on an engine while it is used.
local driver = require "moonpool.driver"
local engine_options = require "moonpool.engine_options"
local options = require "moonpool.options"
local pool_hooks = require "moonpool.pool_hooks"

local reconfigure = {}

local ROWS = {
  { name = "url", kind = "string", doc = "another server, from the next connection on" },
  { name = "password", kind = "password", doc = "for the next connections" },
  { name = "pool", kind = "table", doc = "the pool's options, those that change" },
}
local RECYCLE_ROWS = {
  { name = "over", kind = "duration", default = false, doc = "seconds; at once when left out" },
}
local CLOSE_ROWS = {
  { name = "timeout", kind = "duration", default = 5, doc = "seconds that running work may take" },
}
local NO_BOUND = 1e9

local function merge(into, changes)
  local merged = {}
  for key, value in pairs(into or {}) do merged[key] = value end
  for key, value in pairs(changes or {}) do merged[key] = value end
  return merged
end

---The engine's options with the changes, in the core's form.
---@param origin { url: string?, given: table? }
---@return { url: string?, given: table }
function reconfigure.changed(origin, given)
  local read = options.read(ROWS, given, { kind = "bad_config", what = "reconfigure" })
  local changed = merge(origin.given, { password = read.password })
  changed.pool = merge(changed.pool, read.pool)
  return { url = read.url or origin.url, given = changed }
end

---@param engine table  of the core
function reconfigure.apply(engine, changed, flags)
  local flat = merge(engine_options.flat(changed.given), flags)
  driver.engine_reconfigure(engine, changed.url, pool_hooks.install(flat))
end

---Replace every connection that is open now: idle ones close, lent ones when they come back.
---@param given? { over: number }  spread over so many seconds
function reconfigure.recycle(pool, given)
  local read = options.read(RECYCLE_ROWS, given, { kind = "bad_argument", what = "recycle" })
  pool:recycle_over(read.over or nil)
end

---@param given number|{ timeout: number }|nil
---@return number
function reconfigure.drain_seconds(given)
  if type(given) ~= "table" then return given end
  local read = options.read(CLOSE_ROWS, given, { kind = "bad_argument", what = "close" })
  return read.timeout or NO_BOUND
end

return reconfigure
