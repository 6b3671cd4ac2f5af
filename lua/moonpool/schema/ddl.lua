-- Schema objects as the statements that make and remove them; pure text, one file for each kind.
local column = require "moonpool.schema.ddl.column"
local constraint = require "moonpool.schema.ddl.constraint"
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local index = require "moonpool.schema.ddl.index"
local table_ddl = require "moonpool.schema.ddl.table"
local text = require "moonpool.schema.ddl.text"

local ddl = {}

local KINDS = { table = table_ddl }
for name in ([[composite domain enum extension func grant materialized_view partition policy
  range_type schema sequence trigger view]]):gmatch "%S+" do
  KINDS[name] = require("moonpool.schema.ddl." .. name)
end

local function renderer(of)
  local kind = type(of) == "table" and KINDS[of.kind]
  if kind then return kind end
  errors.raise { kind = "bad_argument", message = "this is no schema object",
    hint = "give a model's table, or what mp.enum, mp.view and the like make" }
end

---@param of moonpool.schema.Object | moonpool.schema.Table
---@return string[]  statements, the comments last
function ddl.create(of)
  local kind = renderer(of)
  if (of.kind == "trigger" or of.kind == "policy") and not of.table
    or of.kind == "grant" and not of.on then
    errors.raise { kind = "bad_argument",
      message = ('mp.%s %s has no table'):format(of.kind, of.name or ""),
      hint = "name it, or let it stand in a table's declaration" }
  end
  return kind.create(of)
end

---@param of moonpool.schema.Object | moonpool.schema.Table
---@param given { cascade: boolean?, if_exists: boolean? }?
---@return string[]
function ddl.drop(of, given)
  return renderer(of).drop(of, given)
end

---A column as it stands in `create table` and `add column`, without its constraints.
---@param item moonpool.schema.Column
---@return string
function ddl.column(item)
  return column.definition(item)
end

---@param item moonpool.schema.Constraint  with its name
---@return string
function ddl.constraint(item)
  return constraint.definition(item)
end

---@param of moonpool.schema.Table
---@return string[]  create table, then its indexes, comments, triggers, policies and grants
function ddl.create_table(of)
  local statements = table_ddl.create(of)
  for _, item in ipairs(of.attached) do text.append(statements, ddl.create(item)) end
  return statements
end

---@param of { name: string, schema: string? }
---@return string
function ddl.drop_table(of)
  return table_ddl.drop(of)[1]
end

---@param of moonpool.schema.Table  a table of this one column, for its constraints and indexes
---@return string[]
function ddl.add_column(of)
  return table_ddl.add_column(of)
end

---@param of { name: string, schema: string? }
---@param name string
---@return string
function ddl.drop_column(of, name)
  return ("alter table %s drop column %s"):format(text.name(of), identifier.quote(name))
end

ddl.create_index, ddl.drop_index = index.create, index.drop
ddl.add_constraint, ddl.drop_constraint = constraint.add, constraint.drop

return ddl
