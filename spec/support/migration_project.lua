-- Projects of migrations in memory, and a stand-in for their database.
local errors = require "moonpool.errors"
local memory_files = require "spec.support.memory_files"
local migration = require "moonpool.migration"
local migration_database = require "spec.support.migration_database"

local migration_project = {}

local function require_module(name)
  assert(name == "moonpool")
  return migration
end

local FILE = [[
local mp = require "moonpool"
return mp.migration {
  revision = %q, down_revision = %s, message = %q,
  upgrade = function(op)
    %s
  end,
  downgrade = function(op)
    op:execute "down %s"
  end,
}
]]

---@return string  a migration that says `up <id>`, or has another body from line 5 on
function migration_project.file_text(id, parent, body)
  return FILE:format(id, parent and ("%q"):format(parent) or "nil", "makes " .. id,
    body or ("op:execute \"up %s\""):format(id), id)
end

---@return table<string, string>  files of revisions r1, r2, ...
function migration_project.chain(count, bodies)
  local files = {}
  for number = 1, count do
    local id, parent = ("r%d"):format(number), number > 1 and ("r%d"):format(number - 1)
    local text = migration_project.file_text(id, parent, bodies and bodies[number])
    files[("m/versions/%s.lua"):format(id)] = text
  end
  return files
end

---@return moonpool.Migrations, table database, table fs
function migration_project.fixture(files, database, given)
  local fs = memory_files.new(files)
  fs.directories["m/versions"] = true
  local db = migration_database.new(database)
  local options = {
    path = "m", fs = fs, require = require_module, sleep = function() end,
  }
  for key, value in pairs(given or {}) do options[key] = value end
  return migration.migrations(db, options), db, fs
end

function migration_project.ids_of(steps)
  local ids = {}
  for index, step in ipairs(steps) do ids[index] = step.revision end
  return ids
end

---@return string[]  revisions that the database has
function migration_project.applied(db)
  local ids = {}
  for index, row in ipairs(db.rows) do ids[index] = row.revision end
  return ids
end

---@return any  what the method raises
function migration_project.refusal(object, method, ...)
  local _, err = errors.try(object[method], object, ...)
  return err
end

return migration_project
