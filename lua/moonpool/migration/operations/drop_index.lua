-- op:drop_index(name), or op:drop_index("schema.name")
local qualified_name = require "moonpool.migration.qualified_name"

return {
  name = "drop_index",
  arguments = { { "index", "name" } },

  render = function(given)
    return { "drop index " .. qualified_name.sql(given.index) }
  end,

  inverse = function()
    return nil, "what the index was is not known here"
  end,
}
