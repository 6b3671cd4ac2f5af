-- Partitions as DDL.
local column = require "moonpool.schema.ddl.column"
local constraint = require "moonpool.schema.ddl.constraint"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local index = require "moonpool.schema.ddl.index"
local literal = require "moonpool.sql.literal"
local partition_key = require "moonpool.schema.ddl.partition_key"
local row_security = require "moonpool.schema.ddl.row_security"
local sql_text = require "moonpool.schema.sql_text"
local text = require "moonpool.schema.ddl.text"

local partition = {}

local function bounds_list(values)
  local parts = {}
  for at, value in ipairs(values) do
    parts[at] = expression.is_expression(value) and sql_text(value, "a partition's bound")
      or literal.quote(value)
  end
  return table.concat(parts, ", ")
end

local bounds = {}

function bounds.range(of)
  return ("for values from (%s) to (%s)"):format(bounds_list(of.from), bounds_list(of.to))
end

function bounds.list(of)
  return ("for values in (%s)"):format(bounds_list(of.values))
end

function bounds.hash(of)
  return ("for values with (modulus %d, remainder %d)"):format(of.modulus, of.remainder)
end

bounds["default"] = function()
  return "default"
end

local function head(of)
  local parts = {}
  for _, item in ipairs(of.columns) do
    if item.default ~= nil or not item.null then
      parts[#parts + 1] = "  " .. column.override(item)
    end
  end
  for _, item in ipairs(of.constraints) do
    parts[#parts + 1] = "  " .. constraint.definition(item)
  end
  local list = #parts > 0 and (" (\n%s\n)"):format(table.concat(parts, ",\n")) or ""
  return ("create %stable %s partition of %s%s %s%s"):format(of.unlogged and "unlogged " or "",
    text.name(of), identifier.qualified(of.of_schema, of.of), list, bounds[of.bounds](of),
    partition_key(of.partition))
end

---@param of moonpool.schema.Object
---@return string[]
function partition.create(of)
  local tail = of.with and (" with " .. text.parameters(of.with)) or ""
  if of.tablespace then tail = tail .. " tablespace " .. identifier.quote(of.tablespace) end
  local statements = { head(of) .. tail }
  for _, item in ipairs(of.indexes) do
    statements[#statements + 1] = index.create(of, item)
    text.append(statements, index.comment(of, item))
  end
  for _, item in ipairs(of.columns) do text.append(statements, column.after(of, item)) end
  for _, item in ipairs(of.constraints) do
    text.append(statements, constraint.comment(of, item))
  end
  text.append(statements, text.comment("table", text.name(of), of.comment))
  return text.append(statements, row_security(of))
end

partition.drop = text.dropper "table"

return partition
