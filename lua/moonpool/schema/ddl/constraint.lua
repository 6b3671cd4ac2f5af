-- Constraints as DDL, in a table's definition and added to it.
local element = require "moonpool.schema.ddl.element"
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local constraint = {}

-- What those kept by an index say of it.
local function index_text(item)
  local parts = {}
  local function add(part) parts[#parts + 1] = part end
  if item.include then add((" include (%s)"):format(identifier.list(item.include))) end
  if item.with then add(" with " .. text.parameters(item.with)) end
  if item.tablespace then add(" using index tablespace " .. identifier.quote(item.tablespace)) end
  return table.concat(parts)
end

local bodies = {}

function bodies.primary_key(item)
  return ("primary key (%s)%s%s"):format(identifier.list(item.columns), index_text(item),
    text.deferrable(item.deferrable))
end

function bodies.unique(item)
  return ("unique %s(%s)%s%s"):format(item.nulls_not_distinct and "nulls not distinct " or "",
    identifier.list(item.columns), index_text(item), text.deferrable(item.deferrable))
end

function bodies.check(item)
  return ("check (%s)%s%s"):format(item.expression, item.no_inherit and " no inherit" or "",
    item.not_valid and " not valid" or "")
end

function bodies.exclude(item)
  return ("exclude using %s (%s)%s%s%s"):format(identifier.quote(item.using),
    element.list(item.elements), index_text(item),
    item.where and (" where (%s)"):format(item.where) or "", text.deferrable(item.deferrable))
end

local function action(event, what, columns)
  if not what then return "" end
  local list = columns and (" (%s)"):format(identifier.list(columns)) or ""
  return (" on %s %s%s"):format(event, what, list)
end

function bodies.foreign_key(item)
  return ("foreign key (%s) references %s (%s)%s%s%s%s%s"):format(
    identifier.list(item.columns), identifier.qualified(item.schema, item.table),
    identifier.list(item.target), item.match and (" match " .. item.match) or "",
    action("delete", item.on_delete, item.on_delete_columns), action("update", item.on_update),
    text.deferrable(item.deferrable), item.not_valid and " not valid" or "")
end

---@param item moonpool.schema.Constraint  with its name
---@return string
function constraint.definition(item)
  return ("constraint %s %s"):format(identifier.quote(item.name), bodies[item.kind](item))
end

---@param of { name: string, schema: string? }
---@param item moonpool.schema.Constraint
---@return string
function constraint.add(of, item)
  return ("alter table %s add %s"):format(text.name(of), constraint.definition(item))
end

---@param of { name: string, schema: string? }
---@param name string
---@return string
function constraint.drop(of, name)
  return ("alter table %s drop constraint %s"):format(text.name(of), identifier.quote(name))
end

---@return string[]  none, or the one statement
function constraint.comment(of, item)
  local name = ("%s on %s"):format(identifier.quote(item.name), text.name(of))
  return text.comment("constraint", name, item.comment)
end

return constraint
