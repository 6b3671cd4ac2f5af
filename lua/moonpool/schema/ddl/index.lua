-- Indexes as DDL.
local element = require "moonpool.schema.ddl.element"
local identifier = require "moonpool.sql.identifier"
local index_module = require "moonpool.schema.index"
local naming = require "moonpool.schema.naming"
local text = require "moonpool.schema.ddl.text"

local index = {}

-- What an index holds beside its elements, where, and for which rows.
local function tail(item)
  local parts = {}
  local function add(part) parts[#parts + 1] = part end
  if item.include then add(" include (" .. identifier.list(item.include) .. ")") end
  if item.nulls_not_distinct then add " nulls not distinct" end
  if item.with then add(" with " .. text.parameters(item.with)) end
  if item.tablespace then add(" tablespace " .. identifier.quote(item.tablespace)) end
  if item.where then add(" where " .. item.where) end
  return table.concat(parts)
end

---@param of { name: string, schema: string? }
---@param item moonpool.schema.Index
---@return string
function index.create(of, item)
  local name = item.name or naming.index(of.name, index_module.parts(item))
  return ("create %sindex %s on %s%s (%s)%s"):format(
    item.unique and "unique " or "", identifier.quote(name), text.name(of),
    item.using and (" using " .. identifier.quote(item.using)) or "", element.list(item.elements),
    tail(item))
end

---@param schema string?
---@param name string
---@return string
function index.drop(schema, name)
  return "drop index " .. identifier.qualified(schema, name)
end

---@return string[]  none, or the one statement
function index.comment(of, item)
  return text.comment("index", identifier.qualified(of.schema, item.name), item.comment)
end

return index
