-- op:create_table(name, { columns, constraints and indexes }, { comment = })
local ddl = require "moonpool.schema.ddl"
local qualified_name = require "moonpool.migration.qualified_name"
local schema_table = require "moonpool.schema.table"

local function build(given, options)
  local schema, name = qualified_name.split(given.table)
  return schema_table.new(name, given.items, { schema = schema, comment = options.comment })
end

local function read_items(value)
  if type(value) ~= "table" or getmetatable(value) then
    return nil, "is not a list of columns and constraints"
  end
  return { table.unpack(value) }
end

return {
  name = "create_table",
  arguments = { { "table", "name" }, { "items", read_items } },
  options = { comment = "text" },
  check = build,

  render = function(given, options)
    return ddl.create_table(build(given, options))
  end,

  inverse = function(given)
    return { name = "drop_table", arguments = { table = given.table } }
  end,
}
