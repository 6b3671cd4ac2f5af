-- What commands do with the private PostgreSQL of a project: have it run, ask, stop, throw away.
local directories = require "moonpool.private_server.directories"
local errors = require "moonpool.errors"
local files = require "moonpool.private_server.files"
local layout = require "moonpool.private_server.layout"

local control = {}

local SIGTERM = 15
local LONGEST_WAIT, PAUSE = 75, 0.05
local START_PATIENCE, MOST_STARTS = 5, 2
local LOG_LINES = 12

---@class moonpool.private_server.Status
---@field running boolean
---@field directory string?
---@field is_elsewhere boolean?  the directory is not in the project
---@field url string?
---@field socket string?
---@field pid integer?  the supervisor's
---@field version integer?  the data's

local function is_supervised(world, place)
  local held = world.system.lock_file(place.lock)
  if held then held:close() end
  return held == nil
end

local function write_once(path, text)
  if files.read(path) then return end
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local function open_place(world, project)
  local directory, is_elsewhere = directories.state(world, project)
  -- Nothing in it is for version control.
  write_once(directory .. "/.gitignore", "*\n")
  return layout.place(directory), is_elsewhere
end

-- Takes stale files away, so that whatever appears afterwards is the new supervisor's word.
local function clear(world, place)
  files.remove(world.system, place.ready)
  files.remove(world.system, place.failure)
  files.remove(world.system, place.pid)
end

-- It outlives the command, so nothing of it may be the terminal's or the caller's.
local function start_supervisor(world, place)
  local exe = world.system.exe_path()
  local _ <close> = world.process.open {
    exe, "__serve", "--", exe, "__supervise", place.directory,
    detached = true, stdin = "null", stdout = place.log, stderr = place.log,
  }
end

local function raise_failure(place, text, log_from)
  local message, hint = (text or ""):match "^([^\n]*)\n(.*)$"
  local lines = files.last_lines(place.log, log_from or 0, LOG_LINES)
  errors.raise {
    kind = "connect_failed",
    message = message or "the private PostgreSQL could not be started",
    detail = #lines > 0 and ("last lines of %s:\n%s"):format(place.log, table.concat(lines, "\n"))
      or nil,
    hint = hint ~= "" and hint or "see " .. place.log .. ", or set DATABASE_URL",
  }
end

local function log_size(world, place)
  local found = world.system.stat(place.log)
  return found and found.size or 0
end

-- One look at a server that is not ready: starts it where nobody is at it, or raises why it failed.
local function look_after(world, place, attempt)
  if attempt.count > 0 then
    local failure = files.read(place.failure)
    if failure then raise_failure(place, failure, attempt.log_from) end
  end
  if world.system.hrtime() < attempt.patience_ends then return end
  local held = world.system.lock_file(place.lock)
  if not held then return end
  clear(world, place)
  held:close()
  if attempt.count == MOST_STARTS then raise_failure(place, nil, attempt.log_from) end
  if attempt.count == 0 then attempt.log_from = log_size(world, place) end
  start_supervisor(world, place)
  attempt.count = attempt.count + 1
  attempt.patience_ends = world.system.hrtime() + START_PATIENCE
end

-- The socket's directory, once a living supervisor says that the server is ready.
local function ready_socket(world, place)
  local socket_directory = files.read(place.ready)
  if socket_directory and is_supervised(world, place) then return socket_directory end
end

local function wait_until_ready(world, place)
  local deadline = world.system.hrtime() + LONGEST_WAIT
  local attempt = { count = 0, patience_ends = 0 }
  while world.system.hrtime() < deadline do
    local socket_directory = ready_socket(world, place)
    if socket_directory then return socket_directory end
    look_after(world, place, attempt)
    world.sleep(PAUSE)
  end
  raise_failure(place)
end

---@return moonpool.private_server.Status
local function status_of(world, place, is_elsewhere)
  local version = files.read(place.data .. "/PG_VERSION")
  local socket_directory = ready_socket(world, place)
  return {
    running = socket_directory ~= nil,
    directory = place.directory,
    is_elsewhere = is_elsewhere,
    url = socket_directory and layout.url(socket_directory),
    socket = socket_directory and layout.socket(socket_directory),
    pid = socket_directory and math.tointeger(tonumber(files.read(place.pid))),
    version = version and layout.major_version(version),
  }
end

---Have the server run.
---@async
---@param world moonpool.private_server.World
---@param project string
---@return moonpool.private_server.Status
function control.ensure(world, project)
  local place, is_elsewhere = open_place(world, project)
  world.system.touch(place.last_used)
  wait_until_ready(world, place)
  return status_of(world, place, is_elsewhere)
end

---@param world moonpool.private_server.World
---@param project string
---@return moonpool.private_server.Status
function control.status(world, project)
  local directory, is_elsewhere = directories.find_state(world, project)
  if not directory then return { running = false } end
  return status_of(world, layout.place(directory), is_elsewhere)
end

-- Each supervisor is told once: a second signal would end it without the server. One that has just
-- begun has not said who it is. Returns whom we have told.
local function tell_to_end(world, place, told)
  local pid = math.tointeger(tonumber(files.read(place.pid)))
  if pid and pid ~= told then world.system.kill(pid, SIGTERM) end
  return pid or told
end

local function stop_place(world, place)
  local deadline, told = world.system.hrtime() + LONGEST_WAIT, nil
  while is_supervised(world, place) do
    if world.system.hrtime() > deadline then raise_failure(place) end
    told = tell_to_end(world, place, told)
    world.sleep(PAUSE)
  end
  return told ~= nil
end

---Stop the server and wait until it has ended.
---@async
---@param world moonpool.private_server.World
---@param project string
---@return boolean  false: it was not running
function control.stop(world, project)
  local directory = directories.find_state(world, project)
  return directory ~= nil and stop_place(world, layout.place(directory))
end

---Stop the server and throw its data away.
---@async
---@param world moonpool.private_server.World
---@param project string
---@return string?  the directory that was emptied; nil: there was none
function control.reset(world, project)
  local directory = directories.find_state(world, project)
  if not directory then return nil end
  local place = layout.place(directory)
  stop_place(world, place)
  for _, path in ipairs { place.data, place.new_data, place.log, place.failure } do
    files.remove(world.system, path)
  end
  return directory
end

return control
