-- op:rename_column(table, old, new)
local identifier = require "moonpool.sql.identifier"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "rename_column",
  arguments = { { "table", "name" }, { "column", "identifier" }, { "new_name", "identifier" } },
  hazard = { code = "MP16", reason = "running code still uses the old name" },

  render = function(given)
    return { ("alter table %s rename column %s to %s"):format(
      qualified_name.sql(given.table), identifier.quote(given.column),
      identifier.quote(given.new_name)) }
  end,

  inverse = function(given, options)
    return {
      name = "rename_column",
      arguments = { table = given.table, column = given.new_name, new_name = given.column },
      options = options,
    }
  end,
}
