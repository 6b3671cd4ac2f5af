-- Where a private PostgreSQL keeps what, under which user, and what its URL is; pure.
local layout = {}

---@class moonpool.private_server.User
---@field uid integer
---@field gid integer
---@field name string

---@class moonpool.private_server.Place
---@field directory string  everything but the socket
---@field data string  PGDATA, the server user's
---@field new_data string  a cluster that is being made
---@field log string
---@field lock string  held by the supervisor while it lives
---@field pid string  the supervisor's process
---@field ready string  the socket's directory, while the server takes connections
---@field failure string  why the last start failed: a message and a hint
---@field last_used string  touched by every command

-- Both are nobody else's business: the socket's directory is the lock on the door.
layout.USER = "moonpool"
layout.DATABASE = "app"
layout.PORT = 5432

local NOBODY = 65534
local LONGEST_SOCKET = 107
local EXECUTE = { owner = 64, group = 8, others = 1 }

---@param text string
---@return string  16 hexadecimal digits (FNV-1a, 64 bits)
function layout.hash(text)
  local hash = 0xcbf29ce484222325
  for index = 1, #text do hash = (hash ~ text:byte(index)) * 0x100000001b3 end
  return ("%016x"):format(hash)
end

---The user that the server runs as: root may not, so it lends an identity.
---@param uid integer  ours
---@param passwd fun(name_or_uid: string | integer): { name: string, uid: integer, gid: integer }?
---@return moonpool.private_server.User
function layout.server_user(uid, passwd)
  local found
  if uid == 0 then found = passwd "postgres" or passwd(NOBODY) else found = passwd(uid) end
  if found then return { uid = found.uid, gid = found.gid, name = found.name } end
  local id = uid == 0 and NOBODY or uid
  return { uid = id, gid = id, name = tostring(id) }
end

---Where the state may be, best first: in the project, else among the user's own.
---@param project string
---@param uid integer
---@param home string?
---@param env fun(name: string): string?
---@return string[]
function layout.state_directories(project, uid, home, env)
  local list = { (project == "/" and "" or project) .. "/.moonpool" }
  local name = "/moonpool/" .. layout.hash(project)
  local state_home = env "XDG_STATE_HOME"
  if uid == 0 then
    list[2] = "/var/lib" .. name
  elseif state_home and state_home:sub(1, 1) == "/" then
    list[2] = state_home .. name
  elseif home then
    list[2] = home .. "/.local/state" .. name
  end
  return list
end

---@param directory string
---@return moonpool.private_server.Place
function layout.place(directory)
  local function inside(name) return directory .. "/" .. name end
  return {
    directory = directory,
    data = inside "data",
    new_data = inside "data.new",
    log = inside "server.log",
    lock = inside "supervisor.lock",
    pid = inside "supervisor.pid",
    ready = inside "ready",
    failure = inside "failure",
    last_used = inside "last_used",
  }
end

---Whether the user may pass through a directory.
---@param stat { mode: integer, uid: integer, gid: integer }
---@param user moonpool.private_server.User
---@return boolean
function layout.may_pass(stat, user)
  local class = stat.uid == user.uid and "owner" or stat.gid == user.gid and "group" or "others"
  return stat.mode & EXECUTE[class] ~= 0
end

local function is_plain(path)
  return path:find "^/[%w/_.-]+$" ~= nil
end

---The directory of the socket. Never below the project: a socket's path is at most 107 bytes.
---@param directory string  of the state
---@param user moonpool.private_server.User
---@param runtime_directory string?  XDG_RUNTIME_DIR, where it is the server user's own
---@return string
function layout.socket_directory(directory, user, runtime_directory)
  local hash = layout.hash(directory)
  if runtime_directory and is_plain(runtime_directory) then
    local path = ("%s/moonpool-%s"):format(runtime_directory, hash)
    if #layout.socket(path) <= LONGEST_SOCKET then return path end
  end
  return ("/tmp/moonpool-%d-%s"):format(user.uid, hash)
end

---@param socket_directory string
---@return string
function layout.socket(socket_directory)
  return ("%s/.s.PGSQL.%d"):format(socket_directory, layout.PORT)
end

---@param socket_directory string  of plain characters only
---@param database string?  the application's when left out
---@return string
function layout.url(socket_directory, database)
  return ("postgresql://%s@/%s?host=%s&port=%d"):format(
    layout.USER, database or layout.DATABASE, socket_directory, layout.PORT)
end

---@param text string  of `postgres -V` or of PG_VERSION
---@return integer?
function layout.major_version(text)
  return math.tointeger(tonumber(text:match "(%d+)"))
end

return layout
