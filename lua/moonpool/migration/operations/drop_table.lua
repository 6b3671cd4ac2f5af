-- op:drop_table(table, { data_loss = "accepted" })
local ddl = require "moonpool.schema.ddl"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "drop_table",
  arguments = { { "table", "name" } },
  options = { data_loss = "accepted" },
  hazard = { code = "MP15", reason = "the table's rows are lost", accepted_by = "data_loss" },

  render = function(given)
    return { ddl.drop_table(qualified_name.read(given.table)) }
  end,

  inverse = function()
    return nil, "what the table was is not known here"
  end,
}
