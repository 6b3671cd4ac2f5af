-- advisory_lock.lua - advisory locks: scoped objects on a connection, or a transaction's.
local cleanup = require "moonpool.cleanup"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local options = require "moonpool.options"
local text = require "moonpool.util.text"

local advisory_lock = {}

local CLOCK_SECONDS = 0.005 -- by which the timers' clock and ours may differ

local OPTIONS = {
  { name = "wait", kind = "duration", default = 10,
    doc = "seconds to wait for the lock; false: as long as it takes" },
  { name = "try", kind = "boolean", default = false, doc = "do not wait: nil when it is not free" },
  { name = "shared", kind = "boolean", default = false, doc = "with others who share it" },
}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function is_integer(value, bits)
  if math.type(value) ~= "integer" then return false end
  return bits == 64 or value >= -2 ^ 31 and value < 2 ^ 31
end

-- A key as SQL, and its values: a text is hashed where everybody else can hash it alike.
local function read_key(key)
  if type(key) == "string" then return "pg_catalog.hashtextextended($1, 0)", { key } end
  if is_integer(key, 64) then return "$1::pg_catalog.int8", { key } end
  if type(key) == "table" and #key == 2 and is_integer(key[1], 32) and is_integer(key[2], 32) then
    return "$1::pg_catalog.int4, $2::pg_catalog.int4", { key[1], key[2] }
  end
  refuse(
    ("a lock is named by a string, an integer or two of 32 bits, got %s"):format(text.show(key)),
    'write db:lock("import"), db:lock(42) or db:lock { 1, 2 }')
end

local function name_of(key)
  if type(key) ~= "table" then return text.show(key) end
  return ("{ %d, %d }"):format(key[1], key[2])
end

-- What is asked of the server, by scope ("", "xact_"), for one key.
local function request_of(key, given)
  local settings = options.read(OPTIONS, given, { kind = "bad_argument", what = "lock" })
  local sql, values = read_key(key)
  return { key = key, sql = sql, values = values, settings = settings,
    suffix = settings.shared and "_shared" or "" }
end

local function call(target, request, fn)
  local sql = ("select pg_catalog.%s%s(%s)"):format(fn, request.suffix, request.sql)
  return target:value(sql, table.unpack(request.values))
end

local function timed_out(request)
  errors.raise {
    kind = "timeout",
    message = ("the lock %s was not free within %g seconds"):format(name_of(request.key),
      request.settings.wait),
    hint = "wait longer, or look in pg_locks (locktype = 'advisory') for who holds it",
  }
end

-- The server waits; a bound around this one is raised as it is.
local function wait_for(target, request, fn)
  local seconds = request.settings.wait
  if not seconds then return call(target, request, fn) end
  local until_time = driver.system.hrtime() + seconds - CLOCK_SECONDS
  local ok, err = pcall(driver.deadline, seconds, call, target, request, fn)
  if ok then return end
  if errors.is_error(err, "timeout") and driver.system.hrtime() >= until_time then
    timed_out(request)
  end
  error(err, 0)
end

---@class moonpool.Lock
local Lock = {}
Lock.__index = Lock
Lock.__name = "moonpool.lock"

---Whether it is still held as far as is known here: false once it was released, or its connection
---was lost and the server let it go. No round trip.
---@return boolean
function Lock:held()
  return not self.is_released and self.connection:is_alive()
end

local function let_go(self)
  self.is_released = true
  if self.owns_connection then self.connection:close() end
end

---Release it. Raises when the server did not hold it for us any more.
---@async
function Lock:close()
  if self.is_released then return end
  if not self.connection:is_alive() then
    let_go(self)
    errors.raise {
      kind = "connection_lost",
      message = ("the lock %s was lost with its connection"):format(name_of(self.request.key)),
      hint = "what ran since then may not have been alone",
    }
  end
  local ok, was_held = pcall(call, self.connection, self.request, "pg_advisory_unlock")
  let_go(self)
  if not ok then error(was_held, 0) end
  if not was_held then
    errors.raise {
      kind = "bad_argument",
      message = ("the lock %s was not held any more"):format(name_of(self.request.key)),
      hint = "something on its connection has released it before",
    }
  end
end

-- Its connection, where that is its own, lets go of it in any case. An error on its way out of
-- the block is the one that counts.
function Lock:__close(err)
  if self.is_released then return end
  if not driver.can_wait() then return let_go(self) end
  local ok, failure = cleanup.run(cleanup.is_interruption(err), self.close, self)
  let_go(self)
  if not ok and err == nil then error(failure, 0) end
end

function Lock:__tostring()
  return ("lock(%s, %s)"):format(name_of(self.request.key), self:held() and "held" or "released")
end

local function take(connection, request, owns_connection)
  if request.settings.try then
    if not call(connection, request, "pg_try_advisory_lock") then return nil end
  else
    wait_for(connection, request, "pg_advisory_lock")
  end
  return setmetatable({
    connection = connection, request = request, owns_connection = owns_connection,
  }, Lock)
end

---An advisory lock on a connection of its own, held until it is closed. A string names the lock
---`hashtextextended(name, 0)`. Raises `timeout` when it is not free in time.
---@async
---@param engine moonpool.Engine
---@param key string|integer|integer[]
---@param given? { wait: number|false, try: boolean, shared: boolean }
---@return moonpool.Lock?  nil only with `try`
function advisory_lock.on_engine(engine, key, given)
  local request = request_of(key, given)
  local connection = engine:session_open "lock"
  local ok, lock = pcall(take, connection, request, true)
  if not ok or not lock then connection:close() end
  if not ok then error(lock, 0) end
  return lock
end

---The same on a pinned connection, which stays open.
---@async
---@return moonpool.Lock?
function advisory_lock.on_connection(connection, key, given)
  return take(connection, request_of(key, given), false)
end

local function wait_in_savepoint(sp, request)
  wait_for(sp, request, "pg_advisory_xact_lock")
end

---An advisory lock that the transaction holds until its end. Waiting in vain leaves the transaction
---usable.
---@async
---@param tx moonpool.Transaction
---@return boolean  false only with `try`
function advisory_lock.in_transaction(tx, key, given)
  local request = request_of(key, given)
  if call(tx, request, "pg_try_advisory_xact_lock") then return true end
  if request.settings.try then return false end
  tx:transaction(function(sp) wait_in_savepoint(sp, request) end)
  return true
end

return advisory_lock
