-- The project's configuration: its root, `moonpool.lua`, `.env`, and which database they choose.
local chunk = require "moonpool.chunk"
local dotenv = require "moonpool.dotenv"
local errors = require "moonpool.errors"
local options = require "moonpool.options"
local suggest = require "moonpool.util.suggest"

---@class moonpool.config.World
---@field read fun(path: string): string?, string?  a file's text, or nil and the reason
---@field exists fun(path: string): boolean
---@field env fun(name: string): string?
---@field cwd string

---@class moonpool.config.Given  what the command line says
---@field url string?
---@field config string?  a configuration file
---@field env string?  an environment's name

---@class moonpool.Config
---@field root string  the project's directory; without a configuration the current one
---@field file string?  the configuration file
---@field environment string
---@field url string?  nil: the private PostgreSQL
---@field source string  who chose the database
---@field lua_path string  absolute templates, as package.path has them
---@field models string
---@field migrations string
---@field variables table<string, string>  what `.env` adds to the environment

local config = {}

local FILE = "moonpool.lua"
local ENVIRONMENTS = { "development", "test", "production" }
local PG_VARIABLES = { "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE", "PGUSER" }

-- libpq's own defaults, which PG* change.
local PG_URL = "postgresql://"

local SECTION = {
  { name = "url", kind = "string", doc = "the database's URL" },
  { name = "lua_path", kind = "string", doc = "templates of require, relative to the project" },
  { name = "models", kind = "string", doc = "the directory of models" },
  { name = "migrations", kind = "string", doc = "the directory of migrations" },
}

local DEFAULTS = { lua_path = "?.lua;?/init.lua", models = "models", migrations = "migrations" }

local function rows_of_file()
  local rows = {}
  for index, row in ipairs(SECTION) do rows[index] = row end
  for _, name in ipairs(ENVIRONMENTS) do rows[#rows + 1] = { name = name, rows = SECTION } end
  return rows
end

local ROWS = rows_of_file()

local function refuse(message, hint)
  errors.raise { kind = "bad_config", message = message, hint = hint }
end

local function variable(world, name)
  local value = world.env(name)
  if value ~= "" then return value end
end

local function joined(directory, name)
  if name:sub(1, 1) == "/" then return name end
  return (directory == "/" and "" or directory) .. "/" .. name
end

local function parent_of(directory)
  if directory == "/" then return nil end
  return directory:match "^(.+)/[^/]*$" or "/"
end

local function nearest_file(world)
  local directory = world.cwd
  while directory do
    local path = joined(directory, FILE)
    if world.exists(path) then return path end
    directory = parent_of(directory)
  end
end

local function find_file(world, given)
  if not given.config then return nearest_file(world) end
  local path = joined(world.cwd, given.config)
  if not world.exists(path) then
    refuse(("there is no configuration file %s"):format(path), "check the path given to --config")
  end
  return path
end

local function readable_globals()
  return setmetatable({}, {
    __index = _G,
    __newindex = function(_, name)
      error(("the configuration sets the global %q; make it local"):format(tostring(name)), 2)
    end,
  })
end

local function run_file(world, path)
  local text, reason = world.read(path)
  if not text then refuse(("cannot read %s: %s"):format(path, reason or "?")) end
  local ok, value = pcall(chunk.compile(path, text, readable_globals()))
  if not ok then
    refuse(errors.is_error(value) and value.message or tostring(value), "correct the configuration")
  end
  return value
end

local function read_file(world, path)
  if not path then return {} end
  local value = run_file(world, path)
  if type(value) ~= "table" then
    refuse(("%s:1: the file returns a %s, not a table"):format(path, type(value)),
      'end it with: return { migrations = "migrations" }')
  end
  return options.read(ROWS, value, { kind = "bad_config", what = path })
end

local function merged(file_values, environment)
  local section, result = file_values[environment] or {}, {}
  for _, row in ipairs(SECTION) do
    local own = section[row.name]
    if own == nil then own = file_values[row.name] end
    if own == nil then own = DEFAULTS[row.name] end
    result[row.name] = own
  end
  return result
end

-- A mistyped "production" must not fall back to anything.
local function check_environment(name, source)
  for _, known in ipairs(ENVIRONMENTS) do
    if name == known then return name end
  end
  local near = suggest.phrase(name, ENVIRONMENTS)
  refuse(('%s names the environment "%s"%s'):format(source, name, near),
    "the environments are: " .. table.concat(ENVIRONMENTS, ", "))
end

local function read_dotenv(world, root)
  local path = joined(root, ".env")
  if not world.exists(path) then return {} end
  local text, reason = world.read(path)
  if not text then refuse(("cannot read %s: %s"):format(path, reason or "?")) end
  local values = dotenv.parse(text, path)
  if values.MOONPOOL_ENV == "production" then
    refuse(("%s sets MOONPOOL_ENV=production, but production reads no .env"):format(path),
      "set MOONPOOL_ENV in the real environment")
  end
  return values
end

-- The environment's name, and what `.env` adds; a variable that is set keeps its value.
local function read_environment(world, given, root)
  local name, source = given.env, "--env"
  if not name then name, source = variable(world, "MOONPOOL_ENV"), "MOONPOOL_ENV" end
  if name == "production" then return name, {} end
  local added = {}
  for key, value in pairs(read_dotenv(world, root)) do
    if world.env(key) == nil then added[key] = value end
  end
  name = name or added.MOONPOOL_ENV or "development"
  return check_environment(name, source), added
end

local function absolute_lua_path(root, templates)
  if root:find "[;?]" then
    refuse(('the project\'s directory %s has ";" or "?" in its name'):format(root),
      "move the project: Lua's search path cannot hold such a name")
  end
  local list = {}
  for template in templates:gmatch "[^;]+" do list[#list + 1] = joined(root, template) end
  return table.concat(list, ";")
end

local function has_pg_variable(look_up)
  for _, name in ipairs(PG_VARIABLES) do
    if look_up(name) then return true end
  end
  return false
end

---Which database: the first of the command line, DATABASE_URL, the configuration and PG*.
---@return string? url  nil: the private PostgreSQL
---@return string source
local function choose_database(world, given, file, added, configured)
  local function look_up(name)
    local value = variable(world, name) or added[name]
    if value ~= "" then return value end
  end
  if given.url then return given.url, "--url" end
  local url = look_up "DATABASE_URL"
  if url then return url, variable(world, "DATABASE_URL") and "DATABASE_URL" or ".env" end
  if configured then return configured, file end
  if has_pg_variable(look_up) then return PG_URL, "PG*" end
  return nil, "private"
end

---@param world moonpool.config.World
---@param given moonpool.config.Given
---@return moonpool.Config
function config.load(world, given)
  local file = find_file(world, given)
  local root = file and parent_of(file) or world.cwd
  local environment, added = read_environment(world, given, root)
  local values = merged(read_file(world, file), environment)
  local url, source = choose_database(world, given, file, added, values.url)
  return {
    root = root,
    file = file,
    environment = environment,
    url = url,
    source = source,
    lua_path = absolute_lua_path(root, values.lua_path),
    models = joined(root, values.models),
    migrations = joined(root, values.migrations),
    variables = added,
  }
end

---Raises `bad_config` where a command may not fall back to the private PostgreSQL.
---@param settings moonpool.Config
function config.refuse_private_in_production(settings)
  if settings.environment ~= "production" then return end
  refuse("no database is named, and in production nothing is started in its place",
    "set DATABASE_URL, or url in moonpool.lua, or pass --url")
end

return config
