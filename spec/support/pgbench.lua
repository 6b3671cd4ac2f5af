-- pgbench.lua - what the server itself can do with prepared point selects, on the same socket.
local process = require "moonpool.process"

local pgbench = {}

local function run(...)
  local command = { ... }
  command.stdin, command.stdout, command.stderr = "null", "pipe", "null"
  local proc <close> = process.open(command)
  local output = proc:read_all()
  local code = proc:wait()
  if code ~= 0 then error("pgbench ended with " .. tostring(code), 0) end
  return output
end

local function program()
  for _, version in ipairs { 15, 16, 17, 18, 14 } do
    local path = "/usr/lib/postgresql/" .. version .. "/bin/pgbench"
    local file = io.open(path)
    if file then
      file:close()
      return path
    end
  end
  return "pgbench"
end

---Transactions a second of `pgbench -S -M prepared`, over the server that PGHOST and PGPORT name.
---@async
---@param clients integer
---@param seconds integer
---@return number
function pgbench.select_only(clients, seconds)
  run(program(), "-i", "-q", "-s", "1")
  local output = run(program(), "-S", "-M", "prepared", "-c", tostring(clients), "-T",
    tostring(seconds))
  return tonumber(output:match("tps = ([%d.]+)"))
end

return pgbench
