-- user.lua - who may watch packages. Only a hash of the password is ever stored.
local mp, c = require "moonpool", require "moonpool.column"

local User = mp.model {
  "users",
  c.int8("id", { primary_key = true, identity = true }),
  c.text("username", { unique = true, check = "username ~ '^[a-z][a-z0-9_-]{0,31}$'" }),
  c.text("email", { unique = true, check = "email ~ '^[^@ ]+@[^@ ]+$' and email = lower(email)" }),
  -- "$2b$12$...", "$argon2id$...": crypt's form, so that a plain password is refused.
  c.text("password_hash", { check = "password_hash like '$_%$_%'" }),
  c.timestamptz("created_at", { default = mp.sql "now()" }),
  mp.many_to_many("packages", {
    table = "packages", through = "watches", order_by = { "name", "architecture", "version" },
    passive = true,
  }),
}

return User
