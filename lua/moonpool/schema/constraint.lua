-- Constraints of a table as data: primary key, unique, check, foreign key.
local errors = require "moonpool.errors"
local options = require "moonpool.options"
local sql_text = require "moonpool.schema.sql_text"

local constraint = {}

---@class moonpool.schema.Constraint
---@field kind "primary_key" | "unique" | "check" | "foreign_key"
---@field name string?  the naming convention's when left out
---@field columns string[]?
local Constraint = { __name = "moonpool.Constraint" }

local NAMED = { { name = "name", kind = "string" } }

-- `{ "a", "b", name = "x" }` as a list and its options.
local function split(given, what)
  if type(given) ~= "table" or #given == 0 then
    errors.raise { kind = "bad_argument", message = what .. " names no column",
      hint = ("%s { \"column\" }"):format(what) }
  end
  local rest = {}
  for key, value in pairs(given) do
    if math.type(key) ~= "integer" then rest[key] = value end
  end
  return table.move(given, 1, #given, 1, {}), rest
end

local function with_columns(kind, what, given, rows)
  local columns, rest = split(given, what)
  local read = options.read(rows, rest, { kind = "bad_argument", what = what })
  read.kind, read.columns = kind, columns
  return setmetatable(read, Constraint)
end

---@param given table  column names, and `name`
function constraint.primary_key(given)
  return with_columns("primary_key", "mp.primary_key", given, NAMED)
end

---@param given table  column names, and `name`, `nulls_not_distinct`
function constraint.unique(given)
  return with_columns("unique", "mp.unique", given, { NAMED[1],
    { name = "nulls_not_distinct", kind = "boolean", default = false } })
end

---@param given table  column names, and `table`, `schema`, `target` (columns), `on_delete`, ...
function constraint.foreign_key(given)
  local actions = { "cascade", "restrict", "no action", "set null", "set default" }
  return with_columns("foreign_key", "mp.foreign_key", given, { NAMED[1],
    { name = "table", kind = "string", required = true }, { name = "schema", kind = "string" },
    { name = "target", kind = "table", default = { "id" } },
    { name = "on_delete", kind = "choice", values = actions },
    { name = "on_update", kind = "choice", values = actions },
    { name = "deferrable", kind = "boolean", default = false } })
end

---@param expression string | table  SQL that must hold for each row
---@param given { name: string }?
function constraint.check(expression, given)
  local read = options.read(NAMED, given, { kind = "bad_argument", what = "mp.check" })
  read.kind, read.expression = "check", sql_text(expression, "mp.check")
  return setmetatable(read, Constraint)
end

---@return boolean
function constraint.is_constraint(value)
  return getmetatable(value) == Constraint
end

return constraint
