-- Keeps one private PostgreSQL: starts it, tells when it is ready, stops it when nobody uses it.
local cluster = require "moonpool.private_server.cluster"
local directories = require "moonpool.private_server.directories"
local errors = require "moonpool.errors"
local files = require "moonpool.private_server.files"
local layout = require "moonpool.private_server.layout"

local supervisor = {}

local SIGINT, SIGQUIT = 2, 3
local LONGEST_START, READY_PAUSE = 60, 0.05
local LOCK_PATIENCE, LOCK_PAUSE = 1, 0.05
local LONGEST_STOP = 8
local IDLE_SECONDS, LONGEST_PAUSE = 600, 30

local CLIENTS = [[
select count(*) from pg_stat_activity
where backend_type = 'client backend' and pid <> pg_backend_pid()]]

-- A command that only looks whether anybody is here holds the lock for a moment; another supervisor
-- says who it is.
local function take_lock(world, place)
  local deadline = world.system.hrtime() + LOCK_PATIENCE
  repeat
    local held = world.system.lock_file(place.lock)
    if held then return held end
    world.sleep(LOCK_PAUSE)
  until files.read(place.pid) or world.system.hrtime() > deadline
end

local function wait_until_ready(world, place, proc)
  local deadline = world.system.hrtime() + LONGEST_START
  while not cluster.is_ready(place, proc.pid) do
    if world.system.hrtime() > deadline then
      errors.raise {
        kind = "connect_failed",
        message = ("the private PostgreSQL was not ready within %d s"):format(LONGEST_START),
        hint = "the server log tells why, or set DATABASE_URL",
      }
    end
    world.sleep(READY_PAUSE)
  end
end

local function idle_limit(world)
  return tonumber(world.env "MOONPOOL_DEV_IDLE") or IDLE_SECONDS
end

local function last_used(world, place)
  local found = world.system.stat(place.last_used)
  return found and found.mtime or 0
end

local function has_clients(db)
  return db:value(CLIENTS) > 0
end

-- A command touches `last_used` before it reads `ready`: after taking that away, one more look
-- tells whether a command has come in between.
local function is_left_alone(world, state, limit)
  if world.system.time() - last_used(world, state.place) < limit then return false end
  files.remove(world.system, state.place.ready)
  if world.system.time() - last_used(world, state.place) >= limit then return true end
  files.write(world.system, state.place.ready, state.socket_directory)
  return false
end

local function wait_until_idle(world, state)
  local limit = idle_limit(world)
  local db <close> = world.open_engine(layout.url(state.socket_directory, "postgres"),
    { pool = { max = 1 } })
  local busy_at = world.system.time()
  while true do
    world.sleep(math.min(LONGEST_PAUSE, limit / 4))
    if has_clients(db) then busy_at = world.system.time() end
    local is_quiet = world.system.time() - busy_at >= limit
    if is_quiet and is_left_alone(world, state, limit) then return end
  end
end

local function describe(err)
  if not errors.is_error(err) then return tostring(err) .. "\n" end
  return ("%s\n%s"):format(err.message:gsub("\n", " "), err.hint)
end

-- Runs beside the wait for the server's end; whatever ends it ends the server too.
local function watch(world, state, proc)
  local _, err = pcall(function()
    wait_until_ready(world, state.place, proc)
    cluster.ensure_database(world, state.socket_directory)
    files.write(world.system, state.place.ready, state.socket_directory)
    state.was_ready = true
    wait_until_idle(world, state)
  end)
  -- Cancelled: the server has ended, or we are told to end and stop it ourselves.
  if errors.is_error(err, "cancelled") then return end
  state.failure = err
  proc:kill(SIGINT)
end

-- On every way out, also when we are told to end: fast, and if that takes too long at once.
local function stop_server(world, proc)
  proc:kill(SIGINT)
  if pcall(world.deadline, LONGEST_STOP, proc.wait, proc) then return end
  proc:kill(SIGQUIT)
  proc:wait()
end

local function serve(world, state, bindir)
  local proc <close> = cluster.start(world, state.user, state.place, bindir,
    state.socket_directory)
  local watcher = world.spawn(watch, world, state, proc)
  local ok, err = pcall(proc.wait, proc)
  watcher:cancel()
  world.shield(function() stop_server(world, proc) end)
  if not ok then error(err, 0) end
  if state.was_ready then return end
  error(state.failure or errors.new {
    kind = "connect_failed",
    message = "the private PostgreSQL ended while it was starting",
    hint = "the server log tells why, or set DATABASE_URL",
  }, 0)
end

local function supervise(world, state)
  local system, place = world.system, state.place
  files.remove(system, place.ready)
  files.remove(system, place.failure)
  files.write(system, place.pid, tostring(system.getpid()))
  local bindir = cluster.prepare(world, state.user, place)
  state.socket_directory = directories.socket(world, place.directory, state.user)
  serve(world, state, bindir)
end

---Run until the server has ended. Returns at once when another supervisor is here.
---@async
---@param world moonpool.private_server.World
---@param directory string  of the state
---@return integer  the exit code
function supervisor.run(world, directory)
  local place = layout.place(directory)
  local lock <close> = take_lock(world, place)
  if not lock then return 0 end
  local system = world.system
  local state = { place = place, user = layout.server_user(system.getuid(), system.passwd) }
  local ok, err = pcall(supervise, world, state)
  if state.socket_directory then files.remove(system, state.socket_directory) end
  files.remove(system, place.ready)
  files.remove(system, place.pid)
  if ok then return 0 end
  if errors.is_error(err, "cancelled") then error(err, 0) end
  files.write(system, place.failure, describe(err))
  return 1
end

return supervisor
