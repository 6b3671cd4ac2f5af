-- op:create_primary_key(table, columns, { name = })
local constraint = require "moonpool.schema.constraint"
local constraint_operation = require "moonpool.migration.constraint_operation"
local naming = require "moonpool.schema.naming"

return constraint_operation {
  name = "create_primary_key",
  arguments = { { "table", "name" }, { "columns", "identifiers" } },
  options = { name = "identifier" },

  build = function(given, options, of)
    local items = { name = options.name or naming.primary_key(of.name) }
    return constraint.primary_key(table.move(given.columns, 1, #given.columns, 1, items))
  end,
}
