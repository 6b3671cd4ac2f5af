-- op:drop_column(table, name, { data_loss = "accepted" })
local identifier = require "moonpool.sql.identifier"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "drop_column",
  arguments = { { "table", "name" }, { "column", "identifier" } },
  options = { data_loss = "accepted" },
  hazard = { code = "MP15", reason = "the column's values are lost", accepted_by = "data_loss" },

  render = function(given)
    return { ("alter table %s drop column %s"):format(
      qualified_name.sql(given.table), identifier.quote(given.column)) }
  end,

  inverse = function()
    return nil, "what the column was is not known here"
  end,
}
