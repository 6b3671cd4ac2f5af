-- What a verb works with: its options, the project's settings, the output, and the database.
local config = require "moonpool.config"
local default_database = require "moonpool.default_database"
local model_module = require "moonpool.orm.model_module"

---@class moonpool.cli.Context
---@field options table<string, any>
---@field program string[]
---@field output moonpool.cli.Output
---@field world moonpool.private_server.World
---@field private known_settings moonpool.Config?
---@field private known_url string?
local Context = {}
Context.__index = Context

local context = {}

---@param given table  the fields options, program, output and world
---@return moonpool.cli.Context
function context.new(given)
  return setmetatable({
    options = given.options,
    program = given.program,
    output = given.output,
    world = given.world,
  }, Context)
end

local function read(path)
  local file, reason = io.open(path, "rb")
  if not file then return nil, reason end
  local text, failure = file:read "a"
  file:close()
  return text, failure
end

local function config_world(world)
  return {
    read = read,
    exists = function(path) return world.system.stat(path) ~= nil end,
    env = world.env,
    cwd = world.system.cwd(),
  }
end

-- What `.env` adds is for the program too, and `require` finds the project's modules.
local function apply(settings, world)
  for name, value in pairs(settings.variables) do world.system.setenv(name, value) end
  package.path = settings.lua_path .. ";" .. package.path
  model_module.set_directory(settings.models, settings.lua_path)
end

---The project's settings; read once, and in force from then on.
---@return moonpool.Config
function Context:settings()
  if not self.known_settings then
    local settings = config.load(config_world(self.world), self.options)
    apply(settings, self.world)
    self.known_settings = settings
    default_database.set(function() return self:database_url() end)
  end
  return self.known_settings
end

---@private
function Context:start_private(settings)
  config.refuse_private_in_production(settings)
  local status = require("moonpool.private_server.control").ensure(self.world, settings.root)
  if not self.known_url then
    local data = status.is_elsewhere and ("data in %s, "):format(status.directory) or ""
    self.output:note(("using the private PostgreSQL of %s (%ssocket %s)"):format(
      settings.root, data, status.socket))
  end
  return status.url
end

---The chosen database. Starts the private one if that is the choice.
---@async
---@return string
function Context:database_url()
  local settings = self:settings()
  if not self.known_url then
    self.output:detail("the database is chosen by " .. settings.source)
    self.known_url = settings.url or self:start_private(settings)
  end
  return self.known_url
end

---An engine on the chosen database.
---@async
---@return moonpool.Engine  to be closed
function Context:open_engine()
  return self.world.open_engine(self:database_url(), { application_name = "moonpool" })
end

---The project's migrations.
---@param db moonpool.Engine?  nil where no database is needed
---@param given table?  further options of mp.migrations
---@return moonpool.Migrations
function Context:migrations(db, given)
  local options = { path = self:settings().migrations }
  for name, value in pairs(given or {}) do options[name] = value end
  return require("moonpool.migrations").open(db, options)
end

return context
