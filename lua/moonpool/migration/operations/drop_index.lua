-- op:drop_index(name), or op:drop_index("schema.name")
local ddl = require "moonpool.schema.ddl"
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "drop_index",
  arguments = { { "index", "name" } },

  render = function(given)
    return { ddl.drop_index(qualified_name.split(given.index)) }
  end,

  inverse = function()
    return nil, "what the index was is not known here"
  end,
}
