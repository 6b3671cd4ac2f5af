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
  for at, row in ipairs(rows or {}) do list[at] = snapshot.readers[kind].read(row, names) end
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

---@param found { schema: string, own: string?, rows: table<string, table[]> }  a snapshot
---@return table[]  objects
return function(found)
  local names, list = names_module.new(found.schema, found.own), {}
  for _, kind in ipairs(snapshot.KINDS) do
    local own = kind == "relation" and relations(found.rows, names) or {}
    if kind ~= "relation" and not PARTS[kind] then
      for _, row in ipairs(found.rows[kind]) do
        own[#own + 1] = snapshot.readers[kind].read(row, names)
      end
    end
    table.move(own, 1, #own, #list + 1, list)
  end
  return list
end
