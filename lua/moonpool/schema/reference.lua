-- What a column refers to: `"teams(id)"`, or a table of the target and the foreign key's options.
local constraint = require "moonpool.schema.constraint"
local given_module = require "moonpool.schema.given"
local options = require "moonpool.options"
local qualified = require "moonpool.schema.qualified"

local reference = {}

local ROWS = given_module.rows(constraint.REFERENCE_ROWS, {
  { name = "table", kind = "string", required = true },
  { name = "schema", kind = "string" },
  { name = "column", kind = "string", default = "id" },
  { name = "name", kind = "string" },
})

-- "app.teams(id)", "teams(id)" or "teams".
local function parse(what, text)
  local target, target_column = text:match "^%s*([%w_.]+)%s*%(%s*([%w_]+)%s*%)%s*$"
  target = target or text:match "^%s*([%w_.]+)%s*$"
  if not target then
    given_module.refuse(what, ("references %q is not a table and its column"):format(text),
      '"teams(id)"')
  end
  local schema, own = qualified.split(target)
  return { table = own, schema = schema, column = target_column }
end

---@param what string
---@param given (string | table)?
---@return table?
function reference.read(what, given)
  if given == nil then return nil end
  local fields = type(given) == "string" and parse(what, given) or given
  return options.read(ROWS, fields, { kind = "bad_argument", what = what })
end

---@param column string
---@param target table  as it was read
---@return moonpool.schema.Constraint
function reference.constraint(column, target)
  local given = { column, target = { target.column } }
  for _, row in ipairs(ROWS) do
    if row.name ~= "column" then given[row.name] = target[row.name] end
  end
  return constraint.foreign_key(given)
end

return reference
