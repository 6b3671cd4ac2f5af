-- Picks and makes the directories of a private PostgreSQL, trusting only what is its user's own.
local errors = require "moonpool.errors"
local layout = require "moonpool.private_server.layout"

local directories = {}

local PRIVATE, PASSABLE = 448, 493 -- 0700, 0755
local OTHERS = 63 -- 0077

local function refuse(message, hint)
  errors.raise { kind = "connect_failed", message = message, hint = hint }
end

local function parent_of(path)
  return path:match "^(.+)/[^/]*$" or "/"
end

-- The mode is meant, whatever the umask says: another user may have to pass.
local function make(system, path, mode)
  system.mkdir(path, mode)
  system.chmod(path, mode)
end

local function make_parents(system, path, mode)
  if system.stat(path) then return end
  make_parents(system, parent_of(path), mode)
  make(system, path, mode)
end

-- Commands that run at once must not see it half made, and all end with the same one.
local function make_state_directory(system, path, mode)
  if system.stat(path) then return end
  make_parents(system, parent_of(path), mode)
  local new = ("%s.%d"):format(path, system.getpid())
  make(system, new, mode)
  if not pcall(system.rename, new, path) then system.rmdir(new) end
end

-- Links on the way are followed by looking at the real path.
local function is_reachable(system, path, user)
  local directory = system.realpath(path)
  while true do
    local found = system.stat(directory)
    if not found or not layout.may_pass(found, user) then return false end
    if directory == "/" then return true end
    directory = parent_of(directory)
  end
end

-- Nobody else may have made it, or be able to change what is in it.
local function is_ours(system, path)
  local found = system.stat(path)
  return found and found.type == "directory" and found.uid == system.getuid()
    and found.mode & 18 == 0 -- 0022
end

local function try_state_directory(system, path, user)
  local is_lent = user.uid ~= system.getuid()
  pcall(make_state_directory, system, path, is_lent and PASSABLE or PRIVATE)
  return is_ours(system, path) and (not is_lent or is_reachable(system, path, user))
end

local function candidates(world, project)
  local uid = world.system.getuid()
  local own = world.system.passwd(uid)
  local home = world.env "HOME" or own and own.home
  return layout.state_directories(project, uid, home, world.env)
end

---The state's directory, if there is one.
---@param world { system: table, env: fun(name: string): string? }
---@param project string
---@return string? directory
---@return boolean? is_elsewhere  not in the project
function directories.find_state(world, project)
  for index, path in ipairs(candidates(world, project)) do
    if is_ours(world.system, path) then return path, index > 1 end
  end
end

---Pick and make the state's directory.
---@param world { system: table, env: fun(name: string): string? }
---@param project string
---@return string directory
---@return boolean is_elsewhere  not in the project, so that the user must be told
function directories.state(world, project)
  local system = world.system
  local uid = system.getuid()
  local user = layout.server_user(uid, system.passwd)
  local list = candidates(world, project)
  for index, path in ipairs(list) do
    -- A directory that the server cannot reach must not be left behind as an empty one.
    local is_fine = user.uid == uid or is_reachable(system, index == 1 and project or "/", user)
    if is_fine and try_state_directory(system, path, user) then return path, index > 1 end
  end
  refuse(("no place for the private PostgreSQL of %s: tried %s"):format(
      project, table.concat(list, " and ")),
    "make one of them, owned by you and closed to others, or set DATABASE_URL")
end

local function own_runtime_directory(world, user)
  local path = world.env "XDG_RUNTIME_DIR"
  if not path or path == "" or user.uid ~= world.system.getuid() then return nil end
  local found = world.system.stat(path)
  if found and found.type == "directory" and found.uid == user.uid then return path end
end

---Make the socket's directory, or check the one that is there.
---@param world { system: table, env: fun(name: string): string? }
---@param directory string  of the state
---@param user moonpool.private_server.User
---@return string
function directories.socket(world, directory, user)
  local system = world.system
  local path = layout.socket_directory(directory, user, own_runtime_directory(world, user))
  if not system.stat(path) then make(system, path, PRIVATE) end
  local found = system.stat(path)
  -- A link, or what somebody else put there, would hand our connections to him.
  local is_safe = found and found.type == "directory"
    and (found.uid == user.uid or found.uid == system.getuid())
  if not is_safe then
    refuse(("%s is there already and is not a directory of user %s"):format(path, user.name),
      "find out who made it, and remove it")
  end
  if found.uid ~= user.uid then system.chown(path, user.uid, user.gid) end
  if found.mode & OTHERS ~= 0 then system.chmod(path, PRIVATE) end
  return path
end

---Make an empty directory that only the server's user can enter.
---@param system table
---@param path string
---@param user moonpool.private_server.User
function directories.make_private(system, path, user)
  make(system, path, PRIVATE)
  if user.uid ~= system.getuid() then system.chown(path, user.uid, user.gid) end
end

return directories
