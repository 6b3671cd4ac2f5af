-- Deterministic names for constraints and indexes, never longer than the server keeps.
local text = require "moonpool.util.text"

local naming = {}

local MAX_BYTES = 63

-- FNV-1a, 32 bits: stable on every machine, and enough to tell names apart.
local function digest(value)
  local hash = 0x811c9dc5
  for index = 1, #value do
    hash = ((hash ~ value:byte(index)) * 0x01000193) & 0xffffffff
  end
  return ("%08x"):format(hash)
end

local function fitted(name)
  if #name <= MAX_BYTES then return name end
  return text.cut(name, MAX_BYTES - 9) .. "_" .. digest(name)
end

local function joined(...)
  return fitted(table.concat({ ... }, "_"))
end

function naming.primary_key(table_name)
  return joined("pk", table_name)
end

---@param columns string[]
function naming.unique(table_name, columns)
  return joined("uq", table_name, table.unpack(columns))
end

---@param columns string[]
function naming.index(table_name, columns)
  return joined("ix", table_name, table.unpack(columns))
end

---@param parts string[]  columns, and expressions as names
function naming.exclude(table_name, parts)
  return joined("ex", table_name, table.unpack(parts))
end

---@param columns string[]
---@param target string  the other table
function naming.foreign_key(table_name, columns, target)
  local parts = table.move(columns, 1, #columns, 3, { "fk", table_name })
  parts[#parts + 1] = target
  return joined(table.unpack(parts))
end

function naming.column_check(table_name, column)
  return joined("ck", table_name, column)
end

---A table's check is told apart by its text.
function naming.table_check(table_name, expression)
  return joined("ck", table_name, digest(expression))
end

---@return string  8 hexadecimal digits of the text
function naming.digest(value)
  return digest(value)
end

return naming
