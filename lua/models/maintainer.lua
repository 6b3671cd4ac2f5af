-- maintainer.lua - who looks after packages: a person or a team.
local mp, c = require "moonpool", require "moonpool.column"

local Maintainer = mp.model {
  "maintainers",
  c.int8("id", { primary_key = true, identity = true }),
  c.text("name"),
  c.text("email", { default = "" }),
  mp.unique { "name", "email" },
  mp.has_many("packages", { table = "packages", order_by = { "name", "architecture", "version" } }),
}

return Maintainer
