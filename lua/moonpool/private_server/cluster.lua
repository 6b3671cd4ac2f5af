-- The cluster's data: made once by initdb, checked against the programs' version, started.
local binaries = require "moonpool.private_server.binaries"
local directories = require "moonpool.private_server.directories"
local errors = require "moonpool.errors"
local files = require "moonpool.private_server.files"
local layout = require "moonpool.private_server.layout"
local programs = require "moonpool.private_server.programs"

local cluster = {}

-- A sort order that every machine has; some images have no locale but C at all.
local LOCALES = { "--locale=C.UTF-8", "--no-locale" }

local SETTINGS = {
  listen_addresses = "",
  unix_socket_permissions = "0700",
  max_connections = "50",
  shared_buffers = "64MB",
  logging_collector = "off",
}

local LARGEST_LOG = 4 * 1024 * 1024

local function run_initdb(world, user, place, program, locale)
  files.remove(world.system, place.new_data)
  directories.make_private(world.system, place.new_data, user)
  local command = {
    program, "-D", place.new_data, "-U", layout.USER, "-A", "trust", "-E", "UTF8", locale,
    "--no-instructions",
  }
  local proc <close> = programs.start(world, user, command, place.log)
  return proc:wait() == 0
end

local function initialise(world, user, place, bindir)
  for _, locale in ipairs(LOCALES) do
    if run_initdb(world, user, place, bindir .. "/initdb", locale) then
      world.system.rename(place.new_data, place.data)
      return
    end
  end
  errors.raise {
    kind = "connect_failed",
    message = ("initdb could not make the private PostgreSQL in %s"):format(place.data),
    hint = "the server log tells why, or set DATABASE_URL",
  }
end

-- What several starts have said is enough to keep.
local function limit_log(system, path)
  local found = system.stat(path)
  if found and found.size > LARGEST_LOG then system.rename(path, path .. ".1") end
end

---Make the data if there is none, and tell with which programs it runs.
---@async
---@param world moonpool.private_server.World
---@param user moonpool.private_server.User
---@param place moonpool.private_server.Place
---@return string bindir
function cluster.prepare(world, user, place)
  limit_log(world.system, place.log)
  local version = files.read(place.data .. "/PG_VERSION")
  local bindir = binaries.choose(programs.look(world), version and layout.major_version(version))
  if not version then initialise(world, user, place, bindir) end
  return bindir
end

local function settings(socket_directory)
  local list = { unix_socket_directories = socket_directory }
  for name, value in pairs(SETTINGS) do list[name] = value end
  return list
end

---Start the server; stale files of a killed one are its own business.
---@param world moonpool.private_server.World
---@param user moonpool.private_server.User
---@param place moonpool.private_server.Place
---@param bindir string
---@param socket_directory string
---@return table proc  to be closed
function cluster.start(world, user, place, bindir, socket_directory)
  local command = { bindir .. "/postgres", "-D", place.data, "-p", tostring(layout.PORT) }
  for name, value in pairs(settings(socket_directory)) do
    table.move({ "-c", name .. "=" .. value }, 1, 2, #command + 1, command)
  end
  return programs.start(world, user, command, place.log)
end

---Whether the server with this process takes connections; by its own word in its pid file.
---@param place moonpool.private_server.Place
---@param pid integer
---@return boolean
function cluster.is_ready(place, pid)
  local text = files.read(place.data .. "/postmaster.pid")
  if not text then return false end
  local lines = {}
  for line in text:gmatch "[^\n]*" do lines[#lines + 1] = line end
  return lines[1] == tostring(pid) and lines[8] ~= nil and lines[8]:find "^ready" ~= nil
end

---Make the application's database if there is none.
---@async
---@param world moonpool.private_server.World
---@param socket_directory string
function cluster.ensure_database(world, socket_directory)
  local db <close> = world.open_engine(layout.url(socket_directory, "postgres"), {})
  local found = db:one("select 1 as one from pg_database where datname = $1", layout.DATABASE)
  if not found then db:exec(("create database %s"):format(layout.DATABASE)) end
end

return cluster
