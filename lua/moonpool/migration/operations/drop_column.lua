-- op:drop_column(table, name, { data_loss = "accepted" })
local ddl = require "moonpool.schema.ddl"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "drop_column",
  arguments = { { "table", "name" }, { "column", "identifier" } },
  options = { data_loss = "accepted" },
  hazard = { code = "MP15", reason = "the column's values are lost", accepted_by = "data_loss" },

  render = function(given)
    return { ddl.drop_column(qualified_name.read(given.table), given.column) }
  end,

  inverse = function()
    return nil, "what the column was is not known here"
  end,
}
