-- settle.lua - what must be true of an engine and its server once nobody uses the engine any more.
local mp = require "moonpool"

local settle = {}

local PATIENCE = 200 -- looks, 10 ms apart

local ON_SERVER = [[
  select
    (select count(*) from pg_stat_activity where application_name = $1) as connections,
    (select count(*) from pg_stat_activity
      where application_name = $1 and state like 'idle in transaction%') as in_transaction,
    (select count(*) from pg_locks l join pg_stat_activity a using (pid)
      where a.application_name = $1 and (l.locktype = 'advisory' or not l.granted)) as locks]]

local function look(db, control, name)
  local stats, server = db:pool():stats(), control:one(ON_SERVER, name)
  return {
    in_use = stats.in_use, waiting = stats.waiting, connecting = stats.connecting,
    in_transaction = server.in_transaction, locks = server.locks,
    unknown_connections = server.connections - stats.total,
  }
end

local function is_quiet(seen)
  for _, count in pairs(seen) do
    if count ~= 0 then return false end
  end
  return true
end

---Wait until nothing of `db` is in use, waiting, open or locked; then ask it something.
---@async
---@param db table
---@param control table  another engine on the same server
---@param name string  db's application_name
---@return table<string, integer> seen  what should be 0, as it was last
function settle.wait(db, control, name)
  local seen
  for _ = 1, PATIENCE do
    seen = look(db, control, name)
    if is_quiet(seen) then break end
    mp.sleep(0.01)
  end
  assert(db:value("select $1::int", 4711) == 4711)
  return seen
end

---What `wait` gives when all is well.
settle.QUIET = {
  in_use = 0, waiting = 0, connecting = 0, in_transaction = 0, locks = 0, unknown_connections = 0,
}

return settle
