-- user.lua - a user as the program sees one.
local mp, c = require "moonpool", require "moonpool.column"

return mp.model {
  "users",
  c.int8("id", { primary_key = true, identity = true }),
  c.text("email", { unique = true }),
  c.text("name", { null = true, index = true }),
}
