-- op:drop_constraint(table, name)
local identifier = require "moonpool.sql.identifier"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "drop_constraint",
  arguments = { { "table", "name" }, { "constraint", "identifier" } },

  render = function(given)
    return { ("alter table %s drop constraint %s"):format(
      qualified_name.sql(given.table), identifier.quote(given.constraint)) }
  end,

  inverse = function()
    return nil, "what the constraint was is not known here"
  end,
}
