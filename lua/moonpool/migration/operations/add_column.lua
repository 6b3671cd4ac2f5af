-- op:add_column(table, column): with the constraints and the index that the column declares.
local column = require "moonpool.schema.column"
local ddl = require "moonpool.schema.ddl"
local qualified_name = require "moonpool.migration.qualified_name"
local schema_table = require "moonpool.schema.table"

local function read_column(value)
  if column.is_column(value) then return value end
  return nil, "is not a column such as c.text(\"note\", { null = true })"
end

local function build(given)
  local schema, name = qualified_name.split(given.table)
  return schema_table.new(name, { given.column }, { schema = schema })
end

return {
  name = "add_column",
  arguments = { { "table", "name" }, { "column", read_column } },
  check = build,

  render = function(given)
    return ddl.add_column(build(given))
  end,

  inverse = function(given)
    return {
      name = "drop_column",
      arguments = { table = given.table, column = given.column.name },
    }
  end,
}
