-- Users, and the packages they watch.
local mp, c = require "moonpool", require "moonpool.column"

return mp.migration {
  revision = "20261120T093000", down_revision = "20261120T091500",
  message = "users and watches",

  change = function(op)
    op:create_table("users", {
      c.int8("id", { primary_key = true, identity = true }),
      c.text("username", { unique = true, check = "username ~ '^[a-z][a-z0-9_-]{0,31}$'" }),
      c.text("email", {
        unique = true,
        check = "email ~ '^[^@ ]+@[^@ ]+$' and email = lower(email)",
      }),
      c.text("password_hash", { check = "password_hash like '$_%$_%'" }),
      c.timestamptz("created_at", { default = mp.sql "now()" }),
    })
    op:create_table("watches", {
      c.int8("user_id", {
        primary_key = true,
        references = { table = "users", on_delete = "cascade" },
      }),
      c.int8("package_id", {
        primary_key = true,
        references = { table = "packages", on_delete = "cascade" },
      }),
      c.timestamptz("created_at", { default = mp.sql "now()" }),
    })
    op:create_index("watches", { "package_id" })
  end,
}
