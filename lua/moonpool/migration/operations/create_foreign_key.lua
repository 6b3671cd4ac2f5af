-- op:create_foreign_key(table, columns, target, target_columns, { name =, on_delete =, ... })
local constraint = require "moonpool.schema.constraint"
local constraint_operation = require "moonpool.migration.constraint_operation"
local errors = require "moonpool.errors"
local naming = require "moonpool.schema.naming"
local qualified_name = require "moonpool.migration.qualified_name"

local function check_counts(columns, target_columns)
  if #columns == #target_columns then return end
  errors.raise {
    kind = "bad_argument",
    message = ("op:create_foreign_key: %d columns refer to %d"):format(#columns, #target_columns),
    hint = "name as many target columns as columns; left out, the target is its column id",
  }
end

return constraint_operation {
  name = "create_foreign_key",
  arguments = {
    { "table", "name" }, { "columns", "identifiers" }, { "target", "name" },
    { "target_columns", "identifiers", optional = true },
  },
  options = {
    name = "identifier", on_delete = "text", on_update = "text", deferrable = "boolean",
  },

  build = function(given, options, of)
    local target = qualified_name.read(given.target)
    local target_columns = given.target_columns or { "id" }
    check_counts(given.columns, target_columns)
    local items = {
      name = options.name or naming.foreign_key(of.name, given.columns, target.name),
      table = target.name,
      schema = target.schema,
      target = target_columns,
      on_delete = options.on_delete,
      on_update = options.on_update,
      deferrable = options.deferrable,
    }
    return constraint.foreign_key(table.move(given.columns, 1, #given.columns, 1, items))
  end,
}
