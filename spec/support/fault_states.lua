-- fault_states.lua - the states of a connection in which its server may go away, one a row.
--
-- A row says how to get there (`run` is a task of its own, `reached` waits for it) and what its
-- caller must be given: `gives` is the error's kind or "ok", or a list where a moment decides.
local eventually = require "spec.support.eventually"
local mp = require "moonpool"

local TABLE = "fault_states"
local SLEEP = "select pg_sleep(30)::text"
local SERIES = "select generate_series(1, 1000000) as n, repeat('x', 80) as filler"
-- Rows that fill the server's buffer, so that it sends the first ones while it works on the third.
local SLOW_ROWS = [[
  select n, repeat('x', 9000) as filler, pg_sleep(case n when 3 then 30 else 0 end)::text as slept
  from generate_series(1, 5) n]]

local function until_held(at)
  at.between:wait_for "rule"
end

local function until_asleep(at)
  eventually(function()
    return at.control:value("select count(*) = 1 from pg_stat_activity "
      .. "where pid = $1 and wait_event = 'PgSleep'", at.pid)
  end)
end

-- For `run`: the state is reached, and nothing is done before the killer has been here.
local function pause(at)
  at.is_reached = true
  eventually(function() return at.is_killed end)
end

local function until_paused(at)
  eventually(function() return at.is_reached end)
end

local function insert(at, target)
  return (target or at.db):exec("insert into " .. TABLE .. " values ($1)", 1)
end

local function pausing_rows(at)
  local n = 0
  return function()
    n = n + 1
    if n == 1000 then pause(at) end
    if n <= 2000 then return { n } end
  end
end

local function read_until_paused(at, iterate, ...)
  for row in iterate(at.db, ...) do
    if row.n == 1000 then pause(at) end
  end
end

---@class spec.FaultState
---@field name string
---@field rules string[]?  of the proxy
---@field run async fun(at: table)
---@field reached async fun(at: table)
---@field gives string | string[] | table<string, string[]>  the last: by killer
---@field is_connecting boolean?  there is no backend to be killed yet
---@field sslmode string?
---@field has_password boolean?
---@field is_silent boolean?  what the server said last need not be known
local STATES = {
  { name = "TCP connect", rules = { "front 0 stall" }, is_connecting = true,
    run = function(at) at.db:value "select 1" end, reached = until_held, gives = "connect_failed" },
  { name = "after SSLRequest", rules = { "back . stall" }, is_connecting = true,
    sslmode = "prefer",
    run = function(at) at.db:value "select 1" end, reached = until_held, gives = "connect_failed" },
  { name = "in authentication", rules = { "front p stall" }, is_connecting = true,
    has_password = true,
    run = function(at) at.db:value "select 1" end, reached = until_held, gives = "connect_failed" },
  { name = "after authentication, before ready", rules = { "back Z stall" }, is_silent = true,
    run = function(at) at.db:value "select 1" end, reached = until_held, gives = "connect_failed" },
  { name = "idle in the pool", gives = "ok", reached = until_paused, run = function(at)
    at.db:value "select 1"
    pause(at)
    at.db:value "select 2"
  end },
  { name = "parse of a read sent", rules = { "front P:parse_sent stall" }, reached = until_held,
    run = function(at) at.db:value "select 1 as parse_sent" end, gives = "connection_lost" },
  { name = "parse of a write sent", rules = { "front P:insert stall" }, reached = until_held,
    run = insert, gives = "connection_lost" },
  { name = "executing a read", reached = until_asleep,
    run = function(at) at.db:value(SLEEP) end, gives = "connection_lost" },
  { name = "executing a write", reached = until_asleep, gives = "outcome_unknown",
    run = function(at) at.db:exec("insert into " .. TABLE .. " select 1 from pg_sleep(30)") end },
  { name = "executing a script", reached = until_asleep, gives = "outcome_unknown",
    run = function(at) at.db:script("select 1; " .. SLEEP .. "; select 2") end },
  { name = "row 3 of 5", reached = until_asleep,
    run = function(at) at.db:query(SLOW_ROWS) end, gives = "connection_lost" },
  { name = "row 3 of 5 of a stream", reached = until_asleep, gives = "connection_lost",
    run = function(at)
      for row in at.db:stream(SLOW_ROWS) do at.last = row.n end
    end },
  { name = "a stream's reader at row 1000", reached = until_paused, gives = "connection_lost",
    run = function(at) read_until_paused(at, at.db.stream, SERIES) end, is_silent = true },
  { name = "COPY in", reached = until_paused, gives = "connection_lost",
    run = function(at) at.db:copy_in(TABLE, { "n" }, pausing_rows(at)) end },
  { name = "COPY out", reached = until_paused, gives = "connection_lost", is_silent = true,
    run = function(at) read_until_paused(at, at.db.copy_out, SERIES) end },
  { name = "item 2 of a pipeline that reads", reached = until_asleep, gives = "connection_lost",
    run = function(at)
      at.db:pipeline(function(p)
        p:value "select 1"
        p:value(SLEEP)
        p:value "select 3"
      end)
    end },
  { name = "item 2 of a pipeline that writes", reached = until_asleep, gives = "commit_unknown",
    run = function(at)
      at.db:pipeline(function(p)
        insert(at, p)
        p:value(SLEEP)
      end)
    end },
  { name = "BEGIN in flight", rules = { "front P:BEGIN stall" }, reached = until_held,
    gives = "connection_lost",
    run = function(at)
      local tx <close> = at.db:begin()
      insert(at, tx)
    end },
  -- The loss may be noticed before or after the statement was sent.
  { name = "idle in a transaction", reached = until_paused,
    gives = { "tx_lost", "connection_lost" }, run = function(at)
      local tx <close> = at.db:begin()
      insert(at, tx)
      pause(at)
      insert(at, tx)
    end },
  { name = "executing in a transaction", reached = until_asleep, gives = "connection_lost",
    run = function(at)
      local tx <close> = at.db:begin()
      insert(at, tx)
      tx:value(SLEEP)
    end },
  -- The server's last word tells that it had not read the COMMIT, where it comes.
  { name = "a savepoint's group", reached = until_asleep, gives = "connection_lost",
    run = function(at)
      local tx <close> = at.db:begin()
      tx:run_group({ { method = "exec", sql = "insert into " .. TABLE .. " values ($1)", n = 1, 1 },
        { method = "value", sql = SLEEP, n = 0 } }, { begin = "savepoint", finish = true })
    end },
  { name = "COMMIT in flight", rules = { "front P:COMMIT stall" }, reached = until_held,
    gives = { "commit_unknown", terminate = { "commit_unknown", "connection_lost" } },
    run = function(at)
      local tx <close> = at.db:begin()
      insert(at, tx)
      tx:commit()
    end },
  { name = "ROLLBACK in flight", rules = { "front P:ROLLBACK stall" }, reached = until_held,
    gives = "ok", run = function(at)
      local tx <close> = at.db:begin()
      insert(at, tx)
      tx:rollback()
    end },
  { name = "reset in flight", rules = { "front P:DISCARD stall" }, reached = until_held,
    gives = "ok", run = function(at)
      local conn = at.db:connect()
      conn:exec "set search_path = pg_catalog"
      conn:close()
      assert(at.db:value "show search_path" ~= "pg_catalog")
    end },
  { name = "LISTEN, idle", gives = "ok", reached = until_paused, run = function(at)
    local sub <close> = at.db:listen("fault_states", { on_gap = function()
      local sender <close> = mp.engine(at.server_url, { pool = { max = 1 } })
      sender:notify("fault_states", "after the gap")
    end })
    at.is_reached = true
    assert(sub:next { timeout = 20 }.payload == "after the gap")
  end },
}

return { STATES = STATES, TABLE = TABLE }
