-- staging.lua - the temporary tables that hold the new index until it is merged into the archive.
local batch = require "import.batch"

local staging = {}

local function column_list(columns, format)
  local parts = {}
  for index, column in ipairs(columns) do
    parts[index] = format:gsub("NAME", column[1]):gsub("TYPE", column[2]):gsub("INDEX", index)
  end
  return table.concat(parts, ", ")
end

-- They are of this transaction alone, so neither a crash nor a rerun leaves a trace of them.
local function create_sql(name, columns)
  return ("create temporary table %s (%s) on commit drop"):format(
    name, column_list(columns, "NAME TYPE"))
end

-- One array for each column: one statement text whatever the number of rows.
local function insert_sql(name, columns)
  return ("insert into %s (%s) select * from unnest(%s)"):format(
    name, column_list(columns, "NAME"), column_list(columns, "$INDEX::TYPE[]"))
end

local INSERT_PACKAGES = insert_sql("incoming_packages", batch.PACKAGE_COLUMNS)
local INSERT_DEPENDENCIES = insert_sql("incoming_dependencies", batch.DEPENDENCY_COLUMNS)

---@async
---@param tx any  the transaction of the import
function staging.create(tx)
  tx:exec(create_sql("incoming_packages", batch.PACKAGE_COLUMNS))
  tx:exec(create_sql("incoming_dependencies", batch.DEPENDENCY_COLUMNS))
end

---@async
---@param tx any
---@param rows import.Batch
function staging.add(tx, rows)
  tx:exec(INSERT_PACKAGES, table.unpack(rows.packages))
  tx:exec(INSERT_DEPENDENCIES, table.unpack(rows.dependencies))
end

return staging
