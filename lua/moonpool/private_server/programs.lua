-- Runs PostgreSQL's programs as the server's user, and finds out which there are.
local layout = require "moonpool.private_server.layout"

local programs = {}

local EXECUTABLE = 73 -- 0111

---@class moonpool.private_server.World
---@field system table  the core's system functions
---@field process table  moonpool.process
---@field env fun(name: string): string?
---@field sleep fun(seconds: number)
---@field shield fun(fn: function)
---@field deadline fun(seconds: number, fn: function, ...): any
---@field spawn fun(fn: function, ...): table  a task
---@field open_engine fun(url: string, options: table): table

-- All it prints, or nil when there is no such program or it fails.
local function output_of(world, command)
  local ok, opened = pcall(world.process.open, command)
  if not ok then return nil end
  local proc <close> = opened
  local text = proc:read_all()
  return proc:wait() == 0 and text or nil
end

---@param world moonpool.private_server.World
---@return moonpool.private_server.Look
function programs.look(world)
  local function run(...)
    return output_of(world, { stdin = "null", stdout = "pipe", stderr = "null", ... })
  end
  return {
    env = world.env,
    is_file = function(path)
      local real = world.system.stat(path) and world.system.realpath(path)
      local found = real and world.system.stat(real)
      return found ~= nil and found.type == "file" and found.mode & EXECUTABLE ~= 0
    end,
    list = function(path)
      return world.system.stat(path) and world.system.list(path) or nil
    end,
    pg_config = function()
      local text = run("pg_config", "--bindir")
      return text and text:match "^(/[^\n]*)"
    end,
    major = function(directory)
      return layout.major_version(run(directory .. "/postgres", "-V") or "")
    end,
  }
end

---Start a program as the server's user; it is interrupted when we die.
---@param world moonpool.private_server.World
---@param user moonpool.private_server.User
---@param command string[]
---@param log string  the file that takes what it prints
---@return table proc  to be closed
function programs.start(world, user, command, log)
  local whole = {
    world.system.exe_path(), "__serve", tostring(user.uid), tostring(user.gid), "--",
    stdin = "null", stdout = log, stderr = log,
  }
  table.move(command, 1, #command, #whole + 1, whole)
  return world.process.open(whole)
end

return programs
