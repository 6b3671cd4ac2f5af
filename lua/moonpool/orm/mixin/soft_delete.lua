-- `soft_delete()`: a deleted row stays, with the time of it, and is out of every read.
local column = require "moonpool.schema.column"
local index = require "moonpool.schema.index"
local naming = require "moonpool.schema.naming"
local options = require "moonpool.options"

local ROWS = { { name = "column", kind = "string", default = "deleted_at" },
  { name = "index", kind = "boolean", default = false } }

-- A deleted row keeps its values from nobody else; foreign keys may not lead to such columns.
local function partial(owner, columns, where, name)
  return index.new { name = name or naming.unique(owner.name, columns), unique = true,
    where = where, table.unpack(columns) }
end

-- One that treats NULLs as equal has no form as an index on every server, and stays whole.
local function change(owner, item, where)
  if item.kind == "unique" and not item.nulls_not_distinct then
    return partial(owner, item.columns, where, item.name)
  end
  if item.kind ~= "column" or not item.unique then return item end
  local copy = {}
  for key, value in pairs(item) do copy[key] = value end
  copy.unique = false
  return setmetatable(copy, getmetatable(item)), partial(owner, { item.name }, where)
end

local function uniques_become_partial(name)
  local where = name .. " is null"
  return function(owner, items)
    local changed, indexes = {}, {}
    for at, item in ipairs(items) do
      changed[at], indexes[#indexes + 1] = change(owner, item, where)
    end
    return table.move(indexes, 1, #indexes, #changed + 1, changed)
  end
end

---@param given { column: string?, index: boolean? }?
---@return table  a group of one column; unique constraints hold among rows that are not deleted
return function(given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "mp.soft_delete" })
  return { kind = "group", traits = { soft_delete = read.column },
    finish = uniques_become_partial(read.column),
    build = function()
      return { column.new(read.column, "timestamptz", { null = true, index = read.index }) }
    end }
end
