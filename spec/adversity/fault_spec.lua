-- fault_spec.lua - a server that goes away in any state of a connection: one right error, no hang.
--
-- Every state of spec/support/fault_states.lua with every killer.
-- MOONPOOL_SPEC_STRICT=1 allows 200 ms from the kill to the error.
local cluster = require "spec.support.cluster"
local driver = require "moonpool.driver"
local eventually = require "spec.support.eventually"
local fault_states = require "spec.support.fault_states"
local full = require "spec.support.full"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local settle = require "spec.support.settle"

local NAME = "moonpool-fault-spec"
local SIGKILL = 9
local REPEATS = full(1, 20)
local BOUND_SECONDS = os.getenv "MOONPOOL_SPEC_STRICT" and 0.2 or 2

local system = driver.system

local KILLERS = {
  { name = "terminate", sqlstate = "57P01", needs_backend = true, act = function(at)
    assert(at.control:value("select pg_terminate_backend($1)", at.pid))
  end },
  -- The postmaster then ends all others and starts anew.
  { name = "kill", needs_backend = true, is_crash = true, act = function(at)
    assert(system.kill(at.pid, SIGKILL))
  end },
  { name = "rst", act = function(at) at.between:sever(true) end },
  { name = "fin", act = function(at) at.between:sever() end },
}

local function suite()
  return { url = os.getenv "MOONPOOL_SPEC_URL", control = mp.engine(nil, { pool = { max = 1 } }),
    socket = ("%s/.s.PGSQL.%s"):format(os.getenv "PGHOST", os.getenv "PGPORT"),
    tcp = os.getenv "MOONPOOL_SPEC_TCP_URL":match "@([%d.]+:%d+)/", user = os.getenv "PGUSER",
    database = os.getenv "PGDATABASE" }
end

local function own_cluster()
  local started = cluster.open()
  return { cluster = started, url = started.url, socket = started.folder .. "/.s.PGSQL.5432",
    user = "postgres", database = "postgres",
    control = mp.engine(started.url, { pool = { max = 1 } }) }
end

local function open_proxy(state, server)
  local target = state.has_password and server.tcp or server.socket
  local user = state.has_password and "spec_password:password" or server.user
  local between = proxy.open_tcp(state.rules or {},
    { target = target, user = user, database = server.database })
  if state.sslmode then between.url = between.url:gsub("disable$", state.sslmode) end
  return between
end

local function start(state, at)
  return mp.spawn(function()
    local ok, err = pcall(state.run, at)
    at.returned = system.hrtime()
    return ok, err
  end)
end

local function kill(killer, at)
  local killed = system.hrtime()
  killer.act(at)
  at.between:wait_for "close"
  at.is_killed = true
  return killed
end

-- Whoever goes on unseen may not get in again while a crashed server comes back.
local function is_expected(state, killer, kind)
  local gives = state.gives
  if gives == "ok" and killer.is_crash and kind == "connect_failed" then return true end
  if type(gives) == "string" then return kind == gives end
  for _, allowed in ipairs(gives[killer.name] or gives) do
    if kind == allowed then return true end
  end
  return false
end

local function check(state, killer, ok, err)
  local where = ("%s, %s: "):format(state.name, killer.name)
  local kind = ok and "ok" or mp.is_error(err) and err.kind or "no error of ours"
  assert(is_expected(state, killer, kind), where .. tostring(ok and "ok" or err))
  if not ok and not state.is_silent and killer.sqlstate then
    assert(err.sqlstate == killer.sqlstate, where .. tostring(err))
  end
end

local function wait_for_restart(at)
  eventually(function()
    local ok, pid = pcall(at.control.value, at.control, "select pg_backend_pid()")
    return ok and pid ~= at.control_pid
  end)
end

-- What the killed connection had begun may still run; and a crashed server takes its time.
local function heal(at, killer)
  if killer.is_crash then wait_for_restart(at) end
  if at.pid then at.control:value("select pg_terminate_backend($1)", at.pid) end
end

local function attempt(state, killer, server)
  local between <close> = open_proxy(state, server)
  local db <close> = mp.engine(between.url, { pool = { max = 1 }, application_name = NAME })
  local at = { db = db, between = between, control = server.control, server_url = server.url,
    control_pid = server.control:value "select pg_backend_pid()" }
  local task = start(state, at)
  if not state.is_connecting then
    at.pid = math.tointeger(tonumber(between:wait_for "backend":match "%d+$"))
  end
  state.reached(at)

  local killed = kill(killer, at)

  local ok, err = task:await()
  check(state, killer, ok, err)
  -- What comes back unseen has had to wait for the server.
  if not ok then assert.is_true(at.returned - killed <= BOUND_SECONDS, at.returned - killed) end
  heal(at, killer)
  assert.same(settle.QUIET, settle.wait(db, server.control, NAME))
  assert.equal(0, server.control:value("select count(*) from " .. fault_states.TABLE))
  return at.returned - killed
end

for _, killer in ipairs(KILLERS) do
  describe(("a server that goes away (%s)"):format(killer.name), function()
    local server
    local slowest = 0
    setup(function()
      server = killer.is_crash and own_cluster() or suite()
      server.control:script(("drop table if exists %s; create table %s (n int)"):format(
        fault_states.TABLE, fault_states.TABLE))
    end)
    teardown(function()
      print(("fault: %s, slowest error %.0f ms"):format(killer.name, slowest * 1000))
      server.control:exec("drop table " .. fault_states.TABLE)
      server.control:close()
      if server.cluster then server.cluster:__close() end
    end)

    for _, state in ipairs(fault_states.STATES) do
      if not (killer.needs_backend and state.is_connecting) then
        it("gives one right error: " .. state.name, function()
          for _ = 1, REPEATS do
            slowest = math.max(slowest, attempt(state, killer, server))
          end
        end)
      end
    end
  end)
end
