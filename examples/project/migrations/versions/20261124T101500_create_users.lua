-- Users, each known by an address.
local mp, c = require "moonpool", require "moonpool.column"

return mp.migration {
  revision = "20261124T101500", down_revision = nil,
  message = "create users",

  change = function(op)
    op:create_table("users", {
      c.int8("id", { primary_key = true, identity = true }),
      c.text("email", { unique = true }),
      c.text("name", { null = true }),
    })
    op:create_index("users", { "name" })
  end,
}
