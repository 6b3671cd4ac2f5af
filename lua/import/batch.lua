-- batch.lua - collects entries as columns: one array for each column of a staging table.
local batch = {}

-- { column, type }: the staging tables and the arrays that are sent to them have these. The entry's
-- number stands for a package until the archive has given it an id.
batch.PACKAGE_COLUMNS = {
  { "entry", "int4" },
  { "name", "text" },
  { "version", "text" },
  { "architecture", "text" },
  { "source_package", "text" },
  { "maintainer_name", "text" },
  { "maintainer_email", "text" },
  { "section", "text" },
  { "priority", "text" },
  { "multi_arch", "text" },
  { "is_essential", "bool" },
  { "installed_size", "int8" },
  { "download_size", "int8" },
  { "homepage", "text" },
  { "summary", "text" },
  { "description", "text" },
}

batch.DEPENDENCY_COLUMNS = {
  { "entry", "int4" },
  { "kind", "text" },
  { "group_number", "int4" },
  { "alternative_number", "int4" },
  { "target", "text" },
  { "target_architecture", "text" },
  { "operator", "text" },
  { "version", "text" },
  { "restrictions", "text" },
  { "is_broken", "bool" },
}

---@class import.Batch
---@field packages any[][]  one array for each of PACKAGE_COLUMNS
---@field dependencies any[][]  one array for each of DEPENDENCY_COLUMNS
---@field package_count integer
---@field group_count integer
---@field alternative_count integer
local Batch = {}
Batch.__index = Batch

local function arrays(columns)
  local list = {}
  for index = 1, #columns do list[index] = {} end
  return list
end

---@param null any  what stands for NULL in an array
---@return import.Batch
function batch.new(null)
  return setmetatable({
    null = null,
    packages = arrays(batch.PACKAGE_COLUMNS),
    dependencies = arrays(batch.DEPENDENCY_COLUMNS),
    package_count = 0,
    group_count = 0,
    alternative_count = 0,
  }, Batch)
end

local function add_package(self, number, package)
  local null, position = self.null, self.package_count + 1
  self.package_count = position
  self.packages[1][position] = number
  for index = 2, #batch.PACKAGE_COLUMNS do
    local value = package[batch.PACKAGE_COLUMNS[index][1]]
    if value == nil then value = null end
    self.packages[index][position] = value
  end
end

-- Runs for each of several hundred thousand alternatives, so it is written out.
local function add_alternative(self, number, kind, group_number, alternative_number, alternative)
  local columns, null, position = self.dependencies, self.null, self.alternative_count + 1
  self.alternative_count = position
  columns[1][position] = number
  columns[2][position] = kind
  columns[3][position] = group_number
  columns[4][position] = alternative_number
  columns[5][position] = alternative.name
  columns[6][position] = alternative.architecture or null
  columns[7][position] = alternative.operator or null
  columns[8][position] = alternative.version or null
  columns[9][position] = alternative.restrictions or null
  columns[10][position] = alternative.broken or false
end

---@param number integer  the entry's place in the index
---@param entry import.Entry
function Batch:add(number, entry)
  add_package(self, number, entry.package)
  for _, relation in ipairs(entry.relations) do
    for group_number, group in ipairs(relation.groups) do
      self.group_count = self.group_count + 1
      for alternative_number, alternative in ipairs(group) do
        add_alternative(self, number, relation.kind, group_number, alternative_number, alternative)
      end
    end
  end
end

return batch
