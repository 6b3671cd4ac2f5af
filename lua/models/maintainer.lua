-- maintainer.lua - who looks after packages: a person or a team.
local mp, c = require "moonpool", require "moonpool.column"

local Maintainer = mp.model {
  "maintainers",
  c.int8("id", { primary_key = true, identity = true }),
  c.text("name"),
  c.text("email", { default = "" }),
  mp.unique { "name", "email" },
}

return Maintainer
