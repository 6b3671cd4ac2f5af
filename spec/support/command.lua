-- command.lua - runs the command itself as a child, in a project of its own, for specs.
local driver = require "moonpool.driver"
local process = require "moonpool.process"

local command = {}

local system = driver.system

-- What chooses a database, or a way of starting one, must not come from the spec's own run.
local FOREIGN = {
  "DATABASE_URL", "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE", "PGUSER",
  "MOONPOOL_ENV", "MOONPOOL_PG_BINDIR", "XDG_RUNTIME_DIR",
}

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function remove(path)
  local found = system.stat(path)
  if not found then return end
  if found.type ~= "directory" then return system.unlink(path) end
  for _, name in ipairs(system.list(path)) do remove(path .. "/" .. name) end
  system.rmdir(path)
end

---@class spec.Project
---@field directory string
local Project = {}
Project.__index = Project

---A directory with these files, to be removed.
---@param files table<string, string>
---@return spec.Project
function command.project(files)
  local directory = system.mkdtemp "/tmp/mp-command-XXXXXX"
  -- The server's user, if it is another one, passes through.
  system.chmod(directory, 493)
  local project = setmetatable({ directory = directory }, Project)
  for path, text in pairs(files) do project:write(path, text) end
  return project
end

---@param path string  in the project; its directory is made
---@param text string
function Project:write(path, text)
  local whole = self.directory .. "/" .. path
  local parent = self.directory
  for name in path:gmatch "([^/]+)/" do
    parent = parent .. "/" .. name
    if not system.stat(parent) then system.mkdir(parent, 493) end
  end
  local file <close> = assert(io.open(whole, "wb"))
  assert(file:write(text))
end

local function environment(changes)
  local env = {}
  for _, name in ipairs(FOREIGN) do env[name] = false end
  for name, value in pairs(changes or {}) do env[name] = value end
  return env
end

---Run the command in the project.
---@async
---@param arguments string[]
---@param changes table<string, string>?  of the environment
---@return { code: integer, out: string, err: string }
function Project:run(arguments, changes)
  local errors_path = system.mkdtemp "/tmp/mp-command-err-XXXXXX"
  local whole = {
    system.exe_path(), cwd = self.directory, env = environment(changes), stdout = "pipe",
    stderr = errors_path .. "/err",
  }
  table.move(arguments, 1, #arguments, 2, whole)
  local child <close> = process.open(whole)
  local out = child:read_all()
  local code = child:wait()
  local err = read(errors_path .. "/err")
  remove(errors_path)
  return { code = code, out = out, err = err }
end

---Send a signal to a process, and tell whether there was one.
---@param pid integer
---@param number integer
---@return boolean
function command.signal(pid, number)
  return system.kill(pid, number)
end

function Project:read(path)
  return read(self.directory .. "/" .. path)
end

function Project:exists(path)
  return system.stat(self.directory .. "/" .. path) ~= nil
end

function Project:remove()
  remove(self.directory)
end

return command
