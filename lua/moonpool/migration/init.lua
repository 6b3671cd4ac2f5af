-- Migrations: what `mp.migration` and `mp.migrations` are, given the world they run in.
local file_system = require "moonpool.migration.file_system"
local revision = require "moonpool.migration.revision"
local runner = require "moonpool.migration.runner"

local migration = {
  migration = revision.new,
  migrations = runner.new,
}

---@class moonpool.migration.World
---@field system table
---@field sleep fun(seconds: number)
---@field shield fun(f: function)
---@field spawn (fun(f: function): table)?

---`migrations(db, options)` with what a program does not want to pass each time.
---@param world moonpool.migration.World
---@return fun(db: table?, given: table?): moonpool.Migrations
function migration.in_world(world)
  local defaults = {
    fs = file_system.new(world.system),
    sleep = world.sleep,
    shield = world.shield,
    spawn = world.spawn,
    pause = function() world.sleep(0) end,
  }
  return function(db, given)
    local options = {}
    for key, value in pairs(defaults) do options[key] = value end
    for key, value in pairs(given or {}) do options[key] = value end
    return runner.new(db, options)
  end
end

return migration
