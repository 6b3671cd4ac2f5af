-- Packages and the people who look after them.
local mp, c = require "moonpool", require "moonpool.column"

return mp.migration {
  revision = "20261120T090000", down_revision = nil,
  message = "packages and maintainers",

  change = function(op)
    op:create_table("maintainers", {
      c.int8("id", { primary_key = true, identity = true }),
      c.text("name"),
      c.text("email", { default = "" }),
      mp.unique { "name", "email" },
    })
    op:create_table("packages", {
      c.int8("id", { primary_key = true, identity = true }),
      c.text("name"),
      c.text("version"),
      c.text("architecture"),
      c.text("source_package"),
      c.int8("maintainer_id", { null = true, references = "maintainers(id)" }),
      c.text("section", { null = true }),
      c.text("priority", { null = true }),
      c.text("multi_arch", { null = true }),
      c.bool("is_essential", { default = false }),
      c.int8("installed_size", { null = true, comment = "KiB on disk" }),
      c.int8("download_size", { null = true, comment = "bytes" }),
      c.text("homepage", { null = true }),
      c.text("summary", { default = "" }),
      c.text("description", { null = true }),
      mp.unique { "name", "architecture", "version" },
    })
    op:create_index("packages", { "maintainer_id" })
  end,
}
