-- The lock that lets one runner at a time migrate a database: polled, never waited for in SQL.
local errors = require "moonpool.errors"

---@class moonpool.migration.Lock
---@field private conn table  holds the lock; the session's end gives it back too
---@field private shield fun(f: function)
local Lock = {}
Lock.__index = Lock

local lock = {}

-- "moon" in ASCII, so that the lock is recognised in pg_locks.
local CLASS = 0x6D6F6F6E
local FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1

local KEY = ("%d, pg_catalog.hashtext(pg_catalog.current_database())"):format(CLASS)

-- A statement that waited for the lock would hold a snapshot, for which a concurrent index build of
-- the holder waits in turn: a deadlock.
local TRY = ("select pg_catalog.pg_try_advisory_lock(%s)"):format(KEY)
local UNLOCK = ("select pg_catalog.pg_advisory_unlock(%s)"):format(KEY)

local HOLDER = ([[
select a.pid, a.application_name, pg_catalog.host(a.client_addr) as address
from pg_catalog.pg_locks l
join pg_catalog.pg_stat_activity a on a.pid = l.pid
join pg_catalog.pg_database d on d.oid = l.database
where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = %d
  and l.objid = (pg_catalog.hashtext(d.datname)::bigint & 4294967295)::oid
  and d.datname = pg_catalog.current_database()]]):format(CLASS)

local function describe(holder)
  if not holder then return "another process" end
  local name = holder.application_name
  local text = ("process %d"):format(holder.pid)
  if name and name ~= "" then text = ("%s (%s)"):format(text, name) end
  if holder.address then text = ("%s at %s"):format(text, holder.address) end
  return text
end

local function give_up(holder, waited)
  errors.raise {
    kind = "migration",
    reason = "lock_held",
    message = ("the migration lock is held by %s; waited %g s"):format(describe(holder), waited),
    hint = "let the other runner finish, or wait longer with --wait S",
    holder_pid = holder and holder.pid,
    holder_application_name = holder and holder.application_name,
  }
end

-- `wait` is false for ever; the last pause ends exactly when the wait does.
local function next_pause(pause, wait, waited)
  if not wait then return pause end
  return math.min(pause, wait - waited)
end

local function poll(conn, options)
  local waited, pause = 0, FIRST_PAUSE
  local told_of
  while not conn:value(TRY) do
    local holder = conn:one(HOLDER)
    if holder and holder.pid ~= told_of then
      told_of = holder.pid
      options.on_wait(holder)
    end
    if options.wait and waited >= options.wait then give_up(holder, waited) end
    local slice = next_pause(pause, options.wait, waited)
    options.sleep(slice)
    waited = waited + slice
    pause = math.min(pause * 2, LONGEST_PAUSE)
  end
end

---Take the lock on a connection of its own. Raises `migration` with `reason = "lock_held"`,
---`holder_pid` and `holder_application_name` when `wait` seconds were not enough.
---@async
---@param conn table  a pinned connection
---@param options { wait: number | false, sleep: function, on_wait: function, shield: function }
---@return moonpool.migration.Lock  to be closed
function lock.acquire(conn, options)
  poll(conn, options)
  return setmetatable({ conn = conn, shield = options.shield }, Lock)
end

---Give the lock back; twice is once.
---@async
function Lock:close()
  local conn = self.conn
  if not conn then return end
  self.conn = nil
  -- Only a lost connection fails here, and with its session the server has ended the lock.
  self.shield(function() errors.try(conn.value, conn, UNLOCK) end)
end

Lock.__close = Lock.close

return lock
