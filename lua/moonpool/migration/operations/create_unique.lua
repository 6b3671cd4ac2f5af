-- op:create_unique(table, columns, { name =, nulls_not_distinct = })
local constraint = require "moonpool.schema.constraint"
local constraint_operation = require "moonpool.migration.constraint_operation"
local naming = require "moonpool.schema.naming"

return constraint_operation {
  name = "create_unique",
  arguments = { { "table", "name" }, { "columns", "identifiers" } },
  options = { name = "identifier", nulls_not_distinct = "boolean" },

  build = function(given, options, of)
    local items = {
      name = options.name or naming.unique(of.name, given.columns),
      nulls_not_distinct = options.nulls_not_distinct,
    }
    return constraint.unique(table.move(given.columns, 1, #given.columns, 1, items))
  end,
}
