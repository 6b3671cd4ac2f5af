-- A column as it stands in `create table` and `add column`, and what is said of it afterwards.
local column_module = require "moonpool.schema.column"
local default_value = require "moonpool.schema.ddl.default_value"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local qualified = require "moonpool.schema.qualified"
local sequence_options = require "moonpool.schema.ddl.sequence_options"
local sql_text = require "moonpool.schema.sql_text"
local text = require "moonpool.schema.ddl.text"

local column = {}

local function type_of(item)
  local sql = column_module.type_of(item)
  if sql then return sql end
  errors.raise { kind = "bad_argument",
    message = ('the type of column "%s" is not known'):format(item.name),
    hint = 'declare the model it refers to first, or give type = "int8"' }
end

---@param value any  an expression or a plain value
---@param type_sql string
---@return string
function column.default(value, type_sql)
  if expression.is_expression(value) then return sql_text(value, "default") end
  return default_value(value, type_sql)
end

local function identity_text(item)
  local given = item.identity_options or {}
  local options = sequence_options(given)
  if given.name then
    table.insert(options, 1, "sequence name " .. identifier.qualified(qualified.split(given.name)))
  end
  local tail = #options > 0 and (" (%s)"):format(table.concat(options, " ")) or ""
  return ("generated %s as identity%s"):format(item.identity, tail)
end

---@param item moonpool.schema.Column
---@return string  without its constraints
function column.definition(item)
  local type_sql = type_of(item)
  local parts = { identifier.quote(item.name), type_sql }
  local function add(part) parts[#parts + 1] = part end
  if item.compression then add("compression " .. item.compression) end
  if item.collation then add("collate " .. text.collation(item.collation)) end
  if item.identity then add(identity_text(item)) end
  if item.generated then
    add(("generated always as (%s) %s"):format(item.generated, item.virtual and "virtual"
      or "stored"))
  end
  if item.default ~= nil then add("default " .. column.default(item.default, type_sql)) end
  if not item.null then add("not null") end
  return table.concat(parts, " ")
end

---@param item moonpool.schema.Column
---@return string  what a partition says of a column of its parent
function column.override(item)
  local parts = { identifier.quote(item.name) .. " with options" }
  if item.default ~= nil then
    parts[#parts + 1] = "default " .. column.default(item.default, type_of(item))
  end
  if not item.null then parts[#parts + 1] = "not null" end
  return table.concat(parts, " ")
end

---@param of { name: string, schema: string? }  its table
---@param item moonpool.schema.Column
---@return string[]  storage, statistics and the comment, where they are declared
function column.after(of, item)
  local place = ("alter table %s alter column %s set "):format(text.name(of),
    identifier.quote(item.name))
  local list = {}
  if item.storage then list[#list + 1] = place .. "storage " .. item.storage end
  if item.statistics then list[#list + 1] = place .. "statistics " .. item.statistics end
  local name = text.name(of) .. "." .. identifier.quote(item.name)
  return text.append(list, text.comment("column", name, item.comment))
end

return column
