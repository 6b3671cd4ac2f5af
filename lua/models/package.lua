-- package.lua - a package of the index, in one version for one architecture.
local mp, c = require "moonpool", require "moonpool.column"

local Package = mp.model {
  "packages",
  c.int8("id", { primary_key = true, identity = true }),
  c.text("name"),
  c.text("version"),
  c.text("architecture"),
  c.text("source_package"),
  mp.belongs_to("maintainer", { table = "maintainers", column = "maintainer_id", null = true }),
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
  mp.index { "maintainer_id" },
  mp.index {
    mp.sql "to_tsvector('simple', name || ' ' || summary)",
    name = "ix_packages_search",
    using = "gin",
  },
  -- The database deletes both with their package.
  mp.has_many("dependencies", {
    table = "dependencies", order_by = { "kind", "group_number", "alternative_number" },
    cascade = { "save", "delete", "orphan" }, passive = true,
  }),
  mp.many_to_many("watchers", {
    table = "users", through = "watches", order_by = "username", passive = true,
  }),
}

---What apt calls it: "libpq5:amd64 15.4-1".
---@return string
function Package.methods:title()
  return ("%s:%s %s"):format(self.name, self.architecture, self.version)
end

return Package
