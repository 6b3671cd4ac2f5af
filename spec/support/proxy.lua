-- proxy.lua - the fault proxy (proxy/main.c says what it can do) in front of a server, for a block.
local driver = require "moonpool.driver"
local process = require "moonpool.process"

local proxy = {}

local Proxy = {}
Proxy.__index = Proxy

local system = driver.system
local SIGUSR1, SIGUSR2, PORT = 10, 12, 5432

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

---Let what is stalled go on.
function Proxy:release()
  self.process:kill(SIGUSR2)
end

function Proxy:__close()
  self.process:kill(9)
  self.process:wait()
  system.unlink(("%s/.s.PGSQL.%d"):format(self.folder, PORT))
  system.rmdir(self.folder)
end

---A proxy in front of the suite's server; `url` connects through it.
---@async
---@param ... string  rules
function proxy.open(...)
  local self = setmetatable({ folder = system.mkdtemp "/tmp/mp-proxy.XXXXXX" }, Proxy)
  local target = ("%s/.s.PGSQL.%s"):format(os.getenv "PGHOST", os.getenv "PGPORT")
  self.process = process.open {
    program(), ("%s/.s.PGSQL.%d"):format(self.folder, PORT), target, ...,
  }
  self.url = ("postgresql://%s@/%s?host=%s&port=%d"):format(os.getenv "PGUSER",
    os.getenv "PGDATABASE", self.folder, PORT)
  self.next_line, self.lines = self.process:lines()
  self:wait_for "listening"
  return self
end

return proxy
