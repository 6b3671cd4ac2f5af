-- cluster.lua - a PostgreSQL cluster of one spec's own, which it may crash and start again.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local process = require "moonpool.process"

local cluster = {}

local Cluster = {}
Cluster.__index = Cluster

local system = driver.system
local SIGINT, SIGQUIT, PORT = 2, 3, 5432
local PATIENCE = 2000 -- looks, 10 ms apart

local function programs()
  for _, folder in ipairs { os.getenv("MOONPOOL_PG_BIN") or "", "/usr/lib/postgresql/15/bin",
    "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/14/bin" } do
    if system.stat(folder .. "/postgres") then return folder end
  end
  error "no postgres program; set MOONPOOL_PG_BIN"
end

-- The server refuses to run as root.
local function owner()
  if system.getuid() ~= 0 then return {} end
  return assert(system.passwd "postgres", "root needs a user postgres to run the server as")
end

local function run(self, command)
  command.cwd, command.uid, command.gid = "/", self.owner.uid, self.owner.gid
  command.stdout, command.stderr = "null", "null"
  return process.open(command)
end

local function initialise(self)
  local initdb <close> = run(self, { self.programs .. "/initdb", "-D", self.data, "-U", "postgres",
    "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions" })
  assert(initdb:wait() == 0, "initdb failed")
end

-- A certificate that only this cluster knows; as a user's that no other program reads.
local function certify(self)
  local openssl <close> = run(self, { "openssl", "req", "-new", "-x509", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-newkey", "rsa:2048", "-keyout", self.data .. "/server.key",
    "-out", self.data .. "/server.crt" })
  assert(openssl:wait() == 0, "openssl failed")
end

local function is_ready(self)
  local file <close> = io.open(self.data .. "/postmaster.pid")
  if not file then return false end
  local lines = {}
  for line in file:lines() do lines[#lines + 1] = line end
  return math.tointeger(tonumber(lines[1])) == self.server.pid
    and (lines[8] or ""):find "^ready" ~= nil
end

---Start the server and wait until it accepts connections.
---@async
function Cluster:start()
  self.server = run(self, { self.programs .. "/postgres", "-D", self.data,
    "-k", self.folder .. ",@" .. self.folder, "-p", self.port,
    "-c", "listen_addresses=" .. (self.addresses or self.tls and "127.0.0.1" or ""),
    "-c", "ssl=" .. (self.tls and "on" or "off"), "-c", "fsync=off",
    "-c", "shared_buffers=16MB" })
  for _ = 1, PATIENCE do
    if is_ready(self) then return end
    mp.sleep(0.01)
  end
  error "the server did not become ready"
end

---Stop it in order: connections are told that the server stops.
---@async
function Cluster:stop()
  self.server:kill(SIGINT)
  self.server:wait()
end

---Crash it: what runs is lost, connections end without a word of SQL.
---@async
function Cluster:crash()
  self.server:kill(SIGQUIT)
  self.server:wait()
end

local function remove(path)
  local is_directory = system.stat(path).type == "directory"
  for _, name in ipairs(is_directory and system.list(path) or {}) do remove(path .. "/" .. name) end
  if is_directory then system.rmdir(path) else system.unlink(path) end
end

function Cluster:__close()
  if self.server then self:crash() end
  remove(self.folder)
end

local function new(given)
  local self = setmetatable({ programs = programs(), owner = owner(), port = PORT }, Cluster)
  self.tls, self.addresses = given and given.tls, given and given.addresses
  if self.tls or self.addresses then self.port = math.random(20000, 32000) end
  self.folder = system.mkdtemp "/tmp/mp-cluster.XXXXXX"
  self.data = self.folder .. "/data"
  self.url = ("postgresql://postgres@/postgres?host=%s&port=%d"):format(self.folder, self.port)
  self.tls_url = ("postgresql://postgres@127.0.0.1:%d/postgres?sslmode=require"):format(self.port)
  if self.owner.uid then system.chown(self.folder, self.owner.uid, self.owner.gid) end
  return self
end

---A new cluster, running, gone with its block; `url` connects to it, `tls_url` over TCP and TLS. It
---has a socket without a file, too, in "@" .. folder.
---@async
---@param given? { tls: boolean, addresses: string }  to listen on, with commas
function cluster.open(given)
  local self = new(given)
  initialise(self)
  if self.tls then certify(self) end
  self:start()
  return self
end

-- The server writes to it, too.
local function write(self, name, mode, text)
  local path = self.data .. "/" .. name
  local file <close> = assert(io.open(path, mode))
  file:write(text)
  if self.owner.uid then system.chown(path, self.owner.uid, self.owner.gid) end
end

-- What a file says may change while it is copied: its log says what it has to be.
local function copy_files(self, standby)
  local copy <close> = run(self, { "cp", "-a", self.data, standby.data })
  copy:wait() -- files that went meanwhile make it fail
  system.unlink(standby.data .. "/postmaster.pid")
end

-- Not every server comes with the program that does this.
local function back_up(self, standby)
  local db <close> = mp.engine(self.url, { pool = { max = 1 } })
  local is_old = db:server().number < 150000
  local conn <close> = db:connect()
  conn:query(is_old and "select pg_start_backup('standby', true, false)::text"
    or "select pg_backup_start('standby', true)::text")
  copy_files(self, standby)
  return conn:value(is_old and "select labelfile from pg_stop_backup(false, false)"
    or "select labelfile from pg_backup_stop(false)")
end

---A standby of it by streaming replication, running, gone with its block.
---@async
function Cluster:standby()
  local standby = new()
  local label = back_up(self, standby)
  write(standby, "backup_label", "w", label)
  write(standby, "standby.signal", "w", "")
  write(standby, "postgresql.auto.conf", "a",
    ("primary_conninfo = 'host=%s port=%d user=postgres'\n"):format(self.folder, self.port))
  standby:start()
  return standby
end

---Both as one URL, in this order.
---@param attributes string?  what follows it
function Cluster:url_with(other, attributes)
  return ("postgresql://postgres@/postgres?host=%s,%s&port=%d%s"):format(self.folder,
    other.folder, PORT, attributes or "")
end

return cluster
