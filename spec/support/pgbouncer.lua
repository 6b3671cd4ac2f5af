-- pgbouncer.lua - a PgBouncer in front of the suite's server, gone with its block.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local process = require "moonpool.process"

local pgbouncer = {}

local Bouncer = {}
Bouncer.__index = Bouncer

local system = driver.system
local PROGRAMS = { "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer" }
local PORT, SIGQUIT, PATIENCE = 6432, 3, 500

---The program, or nil where it is not installed.
function pgbouncer.find()
  for _, path in ipairs(PROGRAMS) do
    if system.stat(path) then return path end
  end
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

local CONFIG = [[
[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr =
listen_port = %d
unix_socket_dir = %s
auth_type = trust
auth_file = %s/users.txt
pool_mode = transaction
default_pool_size = %d
max_client_conn = 1000
ignore_startup_parameters = %s
]]

-- As root it refuses to run.
local function owner()
  if system.getuid() ~= 0 then return {} end
  return assert(system.passwd "postgres", "root needs a user postgres to run pgbouncer as")
end

---@async
---@param given { users: string[], pool_size: integer, ignore: string? }
---@return table  `url(user)` connects through it
function pgbouncer.open(given)
  local self = setmetatable({ folder = system.mkdtemp "/tmp/mp-bouncer.XXXXXX" }, Bouncer)
  local user = owner()
  local names = {}
  for i, name in ipairs(given.users) do names[i] = ('"%s" ""'):format(name) end
  write(self.folder .. "/users.txt", table.concat(names, "\n") .. "\n")
  write(self.folder .. "/pgbouncer.ini", CONFIG:format(os.getenv "PGHOST", os.getenv "PGPORT", PORT,
    self.folder, self.folder, given.pool_size or 5, given.ignore or ""))
  if user.uid then system.chown(self.folder, user.uid, user.gid) end
  self.process = process.open { pgbouncer.find(), "-q", self.folder .. "/pgbouncer.ini", cwd = "/",
    uid = user.uid, gid = user.gid, stdout = "null", stderr = "null" }
  for _ = 1, PATIENCE do
    if system.stat(("%s/.s.PGSQL.%d"):format(self.folder, PORT)) then return self end
    mp.sleep(0.01)
  end
  error "pgbouncer did not start"
end

function Bouncer:url(user)
  return ("postgresql://%s@/spec?host=%s&port=%d"):format(user, self.folder, PORT)
end

function Bouncer:__close()
  self.process:kill(SIGQUIT)
  self.process:wait()
  for _, name in ipairs(system.list(self.folder)) do system.unlink(self.folder .. "/" .. name) end
  system.rmdir(self.folder)
end

return pgbouncer
