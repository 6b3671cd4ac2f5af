-- proxy.lua - the fault proxy (proxy/main.c says what it can do) in front of a server, for a block.
local driver = require "moonpool.driver"
local process = require "moonpool.process"

local proxy = { PORT = 5432 } -- in the name of a Unix socket

local Proxy = {}
Proxy.__index = Proxy

local system = driver.system
local SIGHUP, SIGKILL, SIGUSR1, SIGUSR2, SIGTERM = 1, 9, 10, 12, 15

local function program()
  return (os.getenv "MOONPOOL_SPEC_BUILD" or "build/release") .. "/spec_proxy"
end

---The rest of the event's line once it has come, such as "1 4711" of "backend 1 4711".
---@async
---@param name string
---@return string
function Proxy:wait_for(name)
  while true do
    local line = assert(self.next_line(self.lines), "the proxy has ended")
    local rest = line:match("^" .. name .. " ?(.*)$")
    if rest then return rest end
  end
end

---Close every client's side; the server's stays open, and its work goes on.
function Proxy:cut()
  self.process:kill(SIGUSR1)
end

---Close both sides of every connection, by RST where it is `abrupt` and the side TCP.
---@param abrupt boolean?
function Proxy:sever(abrupt)
  self.process:kill(abrupt and SIGHUP or SIGTERM)
end

---Let what is stalled or slow go on.
function Proxy:release()
  self.process:kill(SIGUSR2)
end

function Proxy:__close()
  self.process:kill(SIGKILL)
  self.process:wait()
  self.process:close()
  if not self.folder then return end
  system.unlink(("%s/.s.PGSQL.%d"):format(self.folder, proxy.PORT))
  system.rmdir(self.folder)
end

local function suite_server()
  return { target = ("%s/.s.PGSQL.%s"):format(os.getenv "PGHOST", os.getenv "PGPORT"),
    user = os.getenv "PGUSER", database = os.getenv "PGDATABASE" }
end

local function start(self, listen, server, rules)
  self.process = process.open { program(), listen, server.target, table.unpack(rules) }
  self.next_line, self.lines = self.process:lines()
  return self:wait_for "listening"
end

---A proxy on a TCP port of this machine; `url` connects through it.
---@async
---@param rules string[]
---@param server { target: string, user: string, database: string }?  the suite's server
---@param port integer?  a certain one, which is free
function proxy.open_tcp(rules, server, port)
  server = server or suite_server()
  local self = setmetatable({}, Proxy)
  self.port = tonumber(start(self, "127.0.0.1:" .. (port or 0), server, rules))
  self.url = ("postgresql://%s@127.0.0.1:%d/%s?sslmode=disable"):format(server.user, self.port,
    server.database)
  return self
end

---A proxy in front of the suite's server; `url` connects through it.
---@async
---@param ... string  rules
function proxy.open(...)
  local server = suite_server()
  local self = setmetatable({ folder = system.mkdtemp "/tmp/mp-proxy.XXXXXX" }, Proxy)
  start(self, ("%s/.s.PGSQL.%d"):format(self.folder, proxy.PORT), server, { ... })
  self.url = ("postgresql://%s@/%s?host=%s&port=%d"):format(server.user, server.database,
    self.folder, proxy.PORT)
  return self
end

return proxy
