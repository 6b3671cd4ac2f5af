-- op:create_index(table, columns, { name =, unique =, using =, where =, include =, ... })
--
-- The index is built inside the migration's transaction: writers of the table wait for it.
local ddl = require "moonpool.schema.ddl"
local index = require "moonpool.schema.index"
local naming = require "moonpool.schema.naming"
local qualified_name = require "moonpool.migration.qualified_name"

local function build(given, options)
  local items = {}
  for key, value in pairs(options) do items[key] = value end
  items.allow = nil
  return index.new(table.move(given.columns, 1, #given.columns, 1, items))
end

return {
  name = "create_index",
  arguments = { { "table", "name" }, { "columns", "elements" } },
  options = {
    name = "identifier", unique = "boolean", using = "text", where = "expression",
    include = "identifiers", operator_class = "identifier",
  },
  check = build,

  render = function(given, options)
    return { ddl.create_index(qualified_name.read(given.table), build(given, options)) }
  end,

  inverse = function(given, options)
    local item = build(given, options)
    local _, table_name = qualified_name.split(given.table)
    local name = item.name or naming.index(table_name, index.parts(item))
    return {
      name = "drop_index",
      arguments = { index = qualified_name.with_name(given.table, name) },
    }
  end,
}
