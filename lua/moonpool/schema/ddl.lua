-- Schema objects as the statements that make and remove them; pure text.
local column_module = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local index_module = require "moonpool.schema.index"
local literal = require "moonpool.sql.literal"
local naming = require "moonpool.schema.naming"
local null = require "moonpool.null"
local sql_text = require "moonpool.schema.sql_text"

local ddl = {}

local quote = identifier.quote

local function type_of(column)
  local sql = column_module.type_of(column)
  if sql then return sql end
  errors.raise { kind = "bad_argument",
    message = ('the type of column "%s" is not known'):format(column.name),
    hint = 'declare the model it refers to first, or give type = "int8"' }
end

-- `default = {}` is the empty array or the empty JSON object; mp.list {} is the empty JSON array.
local function default_of(column)
  local value = column.default
  if expression.is_expression(value) then return sql_text(value, "default") end
  if type(value) ~= "table" or value == null then return literal.quote(value) end
  local meta = getmetatable(value)
  local is_list = meta and meta.__name == "moonpool.list" and column.type:find "^json"
  return is_list and "'[]'" or "'{}'"
end

---A column as it stands in `create table` and `add column`, without its constraints.
---@param column moonpool.schema.Column
---@return string
function ddl.column(column)
  local parts = { quote(column.name), type_of(column) }
  local function add(text) parts[#parts + 1] = text end
  if column.collation then add("collate " .. quote(column.collation)) end
  if column.identity then add(("generated %s as identity"):format(column.identity)) end
  if column.generated then add(("generated always as (%s) stored"):format(column.generated)) end
  if column.default ~= nil then add("default " .. default_of(column)) end
  if not column.null then add("not null") end
  return table.concat(parts, " ")
end

local bodies = {}

function bodies.primary_key(item)
  return ("primary key (%s)"):format(identifier.list(item.columns))
end

function bodies.unique(item)
  return ("unique %s(%s)"):format(
    item.nulls_not_distinct and "nulls not distinct " or "", identifier.list(item.columns))
end

function bodies.check(item)
  return ("check (%s)"):format(item.expression)
end

function bodies.foreign_key(item)
  return ("foreign key (%s) references %s (%s)%s%s%s"):format(
    identifier.list(item.columns), identifier.qualified(item.schema, item.table),
    identifier.list(item.target),
    item.on_delete and (" on delete " .. item.on_delete) or "",
    item.on_update and (" on update " .. item.on_update) or "",
    item.deferrable and " deferrable initially deferred" or "")
end

---@param item moonpool.schema.Constraint  with its name
---@return string
function ddl.constraint(item)
  return ("constraint %s %s"):format(quote(item.name), bodies[item.kind](item))
end

local function table_name(of)
  return identifier.qualified(of.schema, of.name)
end

local function comments(of)
  local list = {}
  if of.comment then
    list[1] = ("comment on table %s is %s"):format(table_name(of), literal.quote(of.comment))
  end
  for _, column in ipairs(of.columns) do
    if column.comment then
      list[#list + 1] = ("comment on column %s.%s is %s"):format(
        table_name(of), quote(column.name), literal.quote(column.comment))
    end
  end
  return list
end

local function constraints_of(of)
  local list = { of.primary_key }
  for _, group in ipairs { of.uniques, of.checks, of.foreign_keys } do
    for _, item in ipairs(group) do list[#list + 1] = item end
  end
  return list
end

---@param of moonpool.schema.Table
---@return string[]  create table, then its indexes and comments
function ddl.create_table(of)
  local lines = {}
  for _, column in ipairs(of.columns) do lines[#lines + 1] = "  " .. ddl.column(column) end
  for _, item in ipairs(constraints_of(of)) do lines[#lines + 1] = "  " .. ddl.constraint(item) end
  local statements = {
    ("create table %s (\n%s\n)"):format(table_name(of), table.concat(lines, ",\n")),
  }
  for _, item in ipairs(of.indexes) do
    statements[#statements + 1] = ddl.create_index(of, item)
  end
  for _, text in ipairs(comments(of)) do statements[#statements + 1] = text end
  return statements
end

---@param of { name: string, schema: string? }
function ddl.drop_table(of)
  return "drop table " .. table_name(of)
end

---@param of moonpool.schema.Table  a table of this one column, for its constraints and indexes
---@return string[]
function ddl.add_column(of)
  local statements, actions = {}, { "add column " .. ddl.column(of.columns[1]) }
  for _, item in ipairs(constraints_of(of)) do
    actions[#actions + 1] = "add " .. ddl.constraint(item)
  end
  statements[1] = ("alter table %s %s"):format(table_name(of), table.concat(actions, ", "))
  for _, item in ipairs(of.indexes) do
    statements[#statements + 1] = ddl.create_index(of, item)
  end
  for _, text in ipairs(comments(of)) do statements[#statements + 1] = text end
  return statements
end

---@param of { name: string, schema: string? }
---@param name string
function ddl.drop_column(of, name)
  return ("alter table %s drop column %s"):format(table_name(of), quote(name))
end

-- What an index holds beside its elements, and for which rows.
local function index_tail(item)
  local include = item.include and (" include (%s)"):format(identifier.list(item.include)) or ""
  return include .. (item.where and " where " .. item.where or "")
end

local function element_text(element, operator_class)
  local text = expression.is_expression(element)
    and ("(%s)"):format(sql_text(element, "index")) or quote(element)
  return operator_class and (text .. " " .. quote(operator_class)) or text
end

---@param of { name: string, schema: string? }
---@param item moonpool.schema.Index
function ddl.create_index(of, item)
  local elements = {}
  for at, element in ipairs(item.elements) do
    elements[at] = element_text(element, item.operator_class)
  end
  local name = item.name or naming.index(of.name, index_module.parts(item))
  return ("create %sindex %s on %s%s (%s)%s"):format(
    item.unique and "unique " or "", quote(name), table_name(of),
    item.using and (" using " .. item.using) or "", table.concat(elements, ", "),
    index_tail(item))
end

---@param schema string?
---@param name string
function ddl.drop_index(schema, name)
  return "drop index " .. identifier.qualified(schema, name)
end

---@param of { name: string, schema: string? }
---@param item moonpool.schema.Constraint
function ddl.add_constraint(of, item)
  return ("alter table %s add %s"):format(table_name(of), ddl.constraint(item))
end

---@param of { name: string, schema: string? }
---@param name string
function ddl.drop_constraint(of, name)
  return ("alter table %s drop constraint %s"):format(table_name(of), quote(name))
end

return ddl
