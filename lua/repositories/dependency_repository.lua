-- dependency_repository.lua - questions about what packages say about each other.
local Dependency = require "models.dependency"
local base_repository = require "repositories.base_repository"

local Dependencies = base_repository(Dependency, {
  order = { "package_id", "kind", "group_number", "alternative_number" },
})

---What a package says, as groups of alternatives: "a, b | c" is { { a }, { b, c } }.
---@async
---@param package_id integer
---@param kind string  depends pre_depends recommends suggests conflicts breaks provides ...
---@return table[][]
function Dependencies:groups_of(package_id, kind)
  local groups = {}
  for _, row in ipairs(self:list { package_id = package_id, kind = kind }) do
    local number = row.group_number
    groups[number] = groups[number] or {}
    table.insert(groups[number], row)
  end
  return groups
end

---How many relation groups there are in all; their alternatives are `count()`.
---@async
---@return integer
function Dependencies:count_groups()
  return self:count { alternative_number = 1 }
end

---The dependencies that the importer kept although it could not understand them.
---@async
---@return table[]
function Dependencies:broken()
  return self:list { is_broken = true }
end

return Dependencies
