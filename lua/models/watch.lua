-- watch.lua - a user watches a package.
local mp, c = require "moonpool", require "moonpool.column"

local Watch = mp.model {
  "watches",
  c.int8("user_id", {
    primary_key = true,
    references = { table = "users", on_delete = "cascade" },
  }),
  c.int8("package_id", {
    primary_key = true,
    index = true,
    references = { table = "packages", on_delete = "cascade" },
  }),
  c.timestamptz("created_at", { default = mp.sql "now()" }),
  mp.belongs_to("user", { table = "users" }),
  mp.belongs_to("package", { table = "packages" }),
}

return Watch
