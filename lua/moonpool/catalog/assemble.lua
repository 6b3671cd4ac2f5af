-- Rows of the catalogue as schema objects: parts go to their tables, the rest stands alone; pure.
local names_module = require "moonpool.catalog.names"
local snapshot = require "moonpool.catalog.snapshot"

-- Rows by the relation that they are of.
local function by_relation(rows)
  local groups = {}
  for _, row in ipairs(rows) do
    local list = groups[row.relation] or {}
    groups[row.relation] = list
    list[#list + 1] = row
  end
  return groups
end

local function read_all(kind, rows, names)
  local list = {}
  for _, row in ipairs(rows or {}) do
    list[#list + 1] = snapshot.readers[kind].read(row, names)
  end
  return list
end

local function relations(rows, names)
  local columns, constraints = by_relation(rows.column), by_relation(rows.constraint)
  local indexes, list = by_relation(rows.index), {}
  for at, row in ipairs(rows.relation) do
    list[at] = snapshot.readers.relation.read(row, names, {
      columns = columns[row.name] or {},
      constraints = read_all("constraint", constraints[row.name], names),
      indexes = read_all("index", indexes[row.name], names),
    })
  end
  return list
end

-- What is no object by itself.
local PARTS = { column = true, constraint = true, index = true, unmanaged = true }

local function objects_of(kind, rows, names)
  if PARTS[kind] then return {} end
  if kind == "relation" then return relations(rows, names) end
  return read_all(kind, rows[kind], names)
end

---@param found { schema: string, rows: table<string, table[]> }  of a snapshot
---@param own string?  the schema whose objects are named without it
---@return table[]  objects
return function(found, own)
  local names, list = names_module.new(found.schema, own), {}
  for _, kind in ipairs(snapshot.KINDS) do
    local objects = objects_of(kind, found.rows, names)
    table.move(objects, 1, #objects, #list + 1, list)
  end
  return list
end
