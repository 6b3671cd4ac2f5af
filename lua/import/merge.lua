-- merge.lua - brings the archive up to the staged index, touching only the rows that differ.
local dependency_steps = require "import.merge_dependencies"
local package_steps = require "import.merge_packages"

local merge = {}

---@class import.Step
---@field sql string
---@field table string?  the archive's table that it changes
---@field change ("added" | "moved" | "updated" | "removed")?  what it does to each row it touches

---@alias import.Changes table<string, table<string, integer>>  rows by table and change

-- An index that names a package twice in one version means one package: the first.
local REMOVE_DUPLICATES = [[
delete from pg_temp.incoming_packages later
using pg_temp.incoming_packages earlier
where (later.name, later.architecture, later.version)
    = (earlier.name, earlier.architecture, earlier.version)
  and later.entry > earlier.entry
returning later.name, later.architecture, later.version]]

-- The archive's statistics follow its content; they are not rows of it.
local ANALYZE = "analyze maintainers, packages, dependencies"

local function run_steps(tx, steps, changes)
  for _, step in ipairs(steps) do
    local count = tx:exec(step.sql)
    if step.table then
      changes[step.table][step.change] = count
      changes.total = changes.total + count
    end
  end
end

---@async
---@param tx any  the transaction that staged the index
---@return import.Changes changes  with `total`, the number of rows written
---@return { name: string, architecture: string, version: string }[] duplicates  that were left out
function merge.run(tx)
  local changes = { total = 0, maintainers = {}, packages = {}, dependencies = {} }
  local duplicates = tx:query(REMOVE_DUPLICATES)
  run_steps(tx, package_steps, changes)
  run_steps(tx, dependency_steps, changes)
  if changes.total > 0 then tx:exec(ANALYZE) end
  return changes, duplicates
end

return merge
