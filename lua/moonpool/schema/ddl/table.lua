-- Tables as DDL: whole, or piece by piece where other objects must come between the pieces.
local column = require "moonpool.schema.ddl.column"
local constraint = require "moonpool.schema.ddl.constraint"
local qualified = require "moonpool.schema.qualified"
local identifier = require "moonpool.sql.identifier"
local index = require "moonpool.schema.ddl.index"
local partition_key = require "moonpool.schema.ddl.partition_key"
local replica_identity = require "moonpool.schema.ddl.replica_identity"
local row_security = require "moonpool.schema.ddl.row_security"
local text = require "moonpool.schema.ddl.text"

local ddl_table = {}

local function qualified_list(names)
  local parts = {}
  for at, name in ipairs(names) do
    parts[at] = identifier.qualified(qualified.split(name))
  end
  return table.concat(parts, ", ")
end

local function tail(of)
  local parts = {}
  local function add(part) parts[#parts + 1] = part end
  if of.inherits then add((" inherits (%s)"):format(qualified_list(of.inherits))) end
  add(partition_key(of.partition))
  if of.using then add(" using " .. identifier.quote(of.using)) end
  if of.with then add(" with " .. text.parameters(of.with)) end
  if of.tablespace then add(" tablespace " .. identifier.quote(of.tablespace)) end
  return table.concat(parts)
end

local function definitions(of, later)
  local lines = {}
  for _, item in ipairs(of:declared_columns()) do
    lines[#lines + 1] = "  " .. column.definition(item)
  end
  for _, item in ipairs(of:constraints()) do
    if not later[item] and not item.not_valid then
      lines[#lines + 1] = "  " .. constraint.definition(item)
    end
  end
  return #lines > 0 and ("\n%s\n"):format(table.concat(lines, ",\n")) or ""
end

---The table with its columns, and the constraints that can be made with it. `create table` would
---take those that are not valid as valid, since there are no rows: they are added.
---@param of moonpool.schema.Table
---@param later table<moonpool.schema.Constraint, true>?  constraints that somebody else adds
---@return string[]
function ddl_table.body(of, later)
  later = later or {}
  local statements = { ("create %stable %s (%s)%s"):format(of.unlogged and "unlogged " or "",
    text.name(of), definitions(of, later), tail(of)) }
  for _, item in ipairs(of:constraints()) do
    if item.not_valid and not later[item] then
      statements[#statements + 1] = constraint.add(of, item)
    end
  end
  return statements
end

---What is said of the table, its columns and its constraints once they are there.
---@param of moonpool.schema.Table
---@return string[]
function ddl_table.after(of)
  local statements = text.comment("table", text.name(of), of.comment)
  for _, item in ipairs(of:declared_columns()) do
    text.append(statements, column.after(of, item))
  end
  for _, item in ipairs(of:constraints()) do
    text.append(statements, constraint.comment(of, item))
  end
  return text.append(statements, row_security(of))
end

---@param of moonpool.schema.Table
---@return string[]  what needs its indexes
function ddl_table.last(of)
  return replica_identity(of)
end

---@param of moonpool.schema.Table
---@return string[]  its indexes, and their comments
function ddl_table.indexes(of)
  local statements = {}
  for _, item in ipairs(of.indexes) do
    statements[#statements + 1] = index.create(of, item)
    text.append(statements, index.comment(of, item))
  end
  return statements
end

---@param of moonpool.schema.Table
---@return string[]  all of it; what is attached (triggers, policies, grants) is not in it
function ddl_table.create(of)
  local statements = ddl_table.body(of)
  text.append(statements, ddl_table.indexes(of))
  text.append(statements, ddl_table.after(of))
  return text.append(statements, ddl_table.last(of))
end

ddl_table.drop = text.dropper "table"

---@param of moonpool.schema.Table  a table of this one column, for its constraints and indexes
---@return string[]
function ddl_table.add_column(of)
  local statements, actions = {}, { "add column " .. column.definition(of.columns[1]) }
  for _, item in ipairs(of:constraints()) do
    actions[#actions + 1] = "add " .. constraint.definition(item)
  end
  statements[1] = ("alter table %s %s"):format(text.name(of), table.concat(actions, ", "))
  text.append(statements, ddl_table.indexes(of))
  return text.append(statements, ddl_table.after(of))
end

return ddl_table
