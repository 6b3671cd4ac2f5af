-- op:drop_constraint(table, name)
local ddl = require "moonpool.schema.ddl"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "drop_constraint",
  arguments = { { "table", "name" }, { "constraint", "identifier" } },

  render = function(given)
    return { ddl.drop_constraint(qualified_name.read(given.table), given.constraint) }
  end,

  inverse = function()
    return nil, "what the constraint was is not known here"
  end,
}
