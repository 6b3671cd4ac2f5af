-- op:rename_table(old, new): the table stays in its schema; its constraints keep their names.
local identifier = require "moonpool.sql.identifier"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "rename_table",
  arguments = { { "table", "name" }, { "new_name", "identifier" } },
  hazard = { code = "MP16", reason = "running code still uses the old name" },

  render = function(given)
    return { ("alter table %s rename to %s"):format(
      qualified_name.sql(given.table), identifier.quote(given.new_name)) }
  end,

  inverse = function(given, options)
    local _, old = qualified_name.split(given.table)
    return {
      name = "rename_table",
      arguments = {
        table = qualified_name.with_name(given.table, given.new_name),
        new_name = old,
      },
      options = options,
    }
  end,
}
