-- Finds the server programs: by a variable, the PATH, pg_config, or where Debian puts them.
local errors = require "moonpool.errors"

local binaries = {}

local DEBIAN = "/usr/lib/postgresql"
local PROGRAMS = { "postgres", "initdb" }

---@class moonpool.private_server.Look
---@field env fun(name: string): string?
---@field is_file fun(path: string): boolean
---@field list fun(path: string): string[]?
---@field pg_config fun(): string?  what `pg_config --bindir` prints
---@field major fun(directory: string): integer?  of its `postgres`

local function refuse(message, hint)
  errors.raise { kind = "connect_failed", message = message, hint = hint }
end

local function has_programs(look, directory)
  for _, name in ipairs(PROGRAMS) do
    if not look.is_file(directory .. "/" .. name) then return false end
  end
  return true
end

local function named(look)
  local directory = look.env "MOONPOOL_PG_BINDIR"
  if not directory or directory == "" then return nil end
  if not has_programs(look, directory) then
    refuse(("MOONPOOL_PG_BINDIR names %s, which lacks postgres or initdb"):format(directory),
      "name the directory of the server programs, such as /usr/lib/postgresql/15/bin")
  end
  return { directory }
end

local function debian_directories(look)
  local versions = {}
  for _, name in ipairs(look.list(DEBIAN) or {}) do
    versions[#versions + 1] = math.tointeger(tonumber(name))
  end
  table.sort(versions, function(a, b) return a > b end)
  local list = {}
  for index, version in ipairs(versions) do list[index] = ("%s/%d/bin"):format(DEBIAN, version) end
  return list
end

---Directories with both programs, best first.
---@param look moonpool.private_server.Look
---@return string[]
function binaries.candidates(look)
  local only = named(look)
  if only then return only end
  local places = {}
  for directory in (look.env "PATH" or ""):gmatch "[^:]+" do places[#places + 1] = directory end
  places[#places + 1] = look.pg_config()
  table.move(debian_directories(look), 1, 1000, #places + 1, places)
  local list, seen = {}, {}
  for _, directory in ipairs(places) do
    if not seen[directory] and directory:sub(1, 1) == "/" and has_programs(look, directory) then
      list[#list + 1] = directory
    end
    seen[directory] = true
  end
  return list
end

---The directory to use: of the version that made the data, where there is some.
---@param look moonpool.private_server.Look
---@param data_major integer?  the data's PG_VERSION
---@return string
function binaries.choose(look, data_major)
  local list = binaries.candidates(look)
  if #list == 0 then
    refuse("no database is named, and no PostgreSQL server programs were found to start one",
      "apt install postgresql, or set DATABASE_URL")
  end
  if not data_major then return list[1] end
  for _, directory in ipairs(list) do
    if look.major(directory) == data_major then return directory end
  end
  local found = ("the programs in %s are of version %s"):format(list[1], look.major(list[1]) or "?")
  refuse(("the private PostgreSQL's data is of version %d, %s"):format(data_major, found),
    ("install postgresql-%d, or throw the data away with: moonpool dev reset"):format(data_major))
end

return binaries
