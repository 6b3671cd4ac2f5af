-- op:set_not_null(table, column): reads the whole table while it is locked against every use.
local identifier = require "moonpool.sql.identifier"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "set_not_null",
  arguments = { { "table", "name" }, { "column", "identifier" } },

  render = function(given)
    return { ("alter table %s alter column %s set not null"):format(
      qualified_name.sql(given.table), identifier.quote(given.column)) }
  end,

  inverse = function(given, options)
    return { name = "drop_not_null", arguments = given, options = options }
  end,
}
