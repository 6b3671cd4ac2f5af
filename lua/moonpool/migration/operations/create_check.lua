-- op:create_check(table, expression, { name = }): reads the whole table while it is locked.
local constraint = require "moonpool.schema.constraint"
local constraint_operation = require "moonpool.migration.constraint_operation"
local naming = require "moonpool.schema.naming"
local sql_text = require "moonpool.schema.sql_text"

return constraint_operation {
  name = "create_check",
  arguments = { { "table", "name" }, { "expression", "expression" } },
  options = { name = "identifier" },

  build = function(given, options, of)
    local text = sql_text(given.expression, "the expression")
    return constraint.check(text, { name = options.name or naming.table_check(of.name, text) })
  end,
}
