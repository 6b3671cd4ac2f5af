-- read_view.lua - an engine, read only: over its replicas, and never older than its task's writes.
local driver = require "moonpool.driver"
local engine_options = require "moonpool.engine_options"
local errors = require "moonpool.errors"
local lease = require "moonpool.lease"
local observation = require "moonpool.observation"
local pool_hooks = require "moonpool.pool_hooks"
local reconfigure = require "moonpool.reconfigure"
local transaction_begin = require "moonpool.transaction_begin"

local read_view = {}

local FIRST_DELAY, LAST_DELAY = 0.5, 30 -- seconds until a replica that was away is tried again

-- A replica has seen all of a task's writes when it has replayed the log up to where the primary
-- wrote it after them. One that is no standby has nothing to catch up with.
local LOG_POSITION = "select pg_current_wal_insert_lsn()::text"
local HAS_REPLAYED = [[
  select not pg_is_in_recovery() or coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)]]

local UNREACHABLE = {
  connect_failed = true, connect_timeout = true, auth_failed = true, tls_failed = true,
  connection_lost = true,
}

---@class moonpool.ReadView
local ReadView = {}
ReadView.__index = ReadView
ReadView.__name = "moonpool.read_view"

-- The transaction log position behind every write that has finished: known once for all of them.
local function find_position(view, wrote)
  if view.position and wrote <= view.position_of then return end
  local _, all = driver.last_write()
  local position = view.engine:value(LOG_POSITION)
  if view.position and all <= view.position_of then return end
  view.position, view.position_of = position, all
end

-- What a standby had replayed may be missing for a moment when it has crashed.
local function forget_after_restart(replica)
  local losses = replica.engine:pool():losses()
  if losses == replica.losses then return end
  replica.losses, replica.has_seen = losses, 0
end

local function has_seen(view, replica, wrote)
  if wrote <= replica.has_seen then return true end
  local position, number = view.position, view.position_of
  if not replica.engine:value(HAS_REPLAYED, position) then return false end
  replica.has_seen = math.max(replica.has_seen, number)
  return true
end

local function set_away(replica)
  replica.delay = math.min((replica.delay or FIRST_DELAY / 2) * 2, LAST_DELAY)
  replica.away_until = driver.system.hrtime() + replica.delay * (0.75 + math.random() / 2)
end

local function set_back(replica)
  replica.delay, replica.away_until = nil, 0
end

local function is_recovery_conflict(err)
  return errors.is_error(err, "40001") and err.message:find("recovery", 1, true) ~= nil
end

-- In turn; those that are away are left out until it is time to try them again.
local function next_replica(view, tried)
  local now = driver.system.hrtime()
  for _ = 1, #view.replicas do
    view.turn = view.turn % #view.replicas + 1
    local replica = view.replicas[view.turn]
    if not tried[replica] and replica.away_until <= now then return replica end
  end
end

local function attempt(view, replica, wrote, method, ...)
  if not has_seen(view, replica, wrote) then return "behind" end
  return "done", replica.engine[method](replica.engine, ...)
end

local call

local function judge(view, replica, tried, method, arguments, ok, outcome, ...)
  if ok and outcome == "done" then
    set_back(replica)
    return ...
  end
  tried[replica] = true
  if not ok then
    local is_away = UNREACHABLE[errors.is_error(outcome) and outcome.kind]
    if not is_away and not is_recovery_conflict(outcome) then error(outcome, 0) end
    if is_away then set_away(replica) end
  end
  return call(view, tried, method, arguments)
end

function call(view, tried, method, arguments)
  local replica = next_replica(view, tried)
  if not replica then
    return view.primary[method](view.primary, table.unpack(arguments, 1, arguments.n))
  end
  forget_after_restart(replica)
  local wrote = driver.last_write()
  -- Out here, so that an error of the primary's is not taken for one of the replica's.
  if wrote > replica.has_seen then find_position(view, wrote) end
  return judge(view, replica, tried, method, arguments,
    pcall(attempt, view, replica, wrote, method, table.unpack(arguments, 1, arguments.n)))
end

-- Without replicas, as most are, nothing is looked up: a read costs little more than on the engine.
local function forward(name, method)
  return function(self, ...)
    local only = self.only
    if only then return method(only, ...) end
    return call(self, {}, name, table.pack(...))
  end
end

for _, name in ipairs { "query", "one", "get", "value", "column", "tuples", "exec", "many",
  "result", "session_open" } do
  ReadView[name] = forward(name, driver.methods("engine")[name])
end

ReadView.pipeline = forward("pipeline", function(engine, fn) return engine:pipeline(fn) end)

ReadView.begin = transaction_begin.on_engine
ReadView.transaction = transaction_begin.run_on_engine
ReadView.connect = lease.connect

---A unit of work that only reads, over the replicas.
---@param given table?  as for an engine's
---@return moonpool.Session
function ReadView:session(given)
  return require("moonpool.session").on_read_view(self, given)
end

---The pool on the primary, which serves while every replica is away or behind.
function ReadView:pool()
  return self.primary:pool()
end

---The pool of each replica, in the order of the option.
function ReadView:replica_pools()
  local pools = {}
  for i, replica in ipairs(self.replicas) do pools[i] = replica.engine:pool() end
  return pools
end

-- The engine's options have changed; a replica keeps its URL.
function read_view.reconfigure(view, changed)
  reconfigure.apply(view.primary, changed, { read_only = true })
  for _, replica in ipairs(view.replicas) do
    reconfigure.apply(replica.engine, { url = replica.url, given = changed.given },
      { read_only = true })
  end
end

function ReadView:read()
  return self
end

function ReadView:__tostring()
  return ("read only %s, %d replicas"):format(tostring(self.primary), #self.replicas)
end

local function open(view, url, flat)
  local engine = driver.engine_open(url, flat)
  view.engine:adopt(engine)
  observation.share(view.engine, engine)
  return engine
end

---The engine, read only; its connections are its own, and are closed with the engine's.
---@param engine moonpool.Engine
---@param url string?
---@param given table?  the engine's options
---@return moonpool.ReadView
function read_view.new(engine, url, given)
  local flat = pool_hooks.install(engine_options.flat(given))
  flat.read_only = true
  local view = setmetatable({ engine = engine, replicas = {}, turn = 0 }, ReadView)
  for i, replica_url in ipairs(flat.replicas) do
    view.replicas[i] = { url = replica_url, engine = open(view, replica_url, flat),
      away_until = 0, has_seen = 0, losses = 0 }
  end
  if #view.replicas > 0 then flat.pool_min = 0 end
  view.primary = open(view, url, flat)
  if #view.replicas == 0 then view.only = view.primary end
  return view
end

return read_view
