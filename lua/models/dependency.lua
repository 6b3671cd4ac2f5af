-- dependency.lua - one alternative of what a package says about others: "libc6 (>= 2.36)".
--
-- "Depends: a, b | c (>= 1)" is group 1 with the alternative a, and group 2 with b and c.
local mp, c = require "moonpool", require "moonpool.column"

local Dependency = mp.model {
  "dependencies",
  c.int8("package_id", {
    primary_key = true,
    references = { table = "packages", on_delete = "cascade" },
  }),
  c.text("kind", {
    primary_key = true,
    check = "kind in ('depends', 'pre_depends', 'recommends', 'suggests', 'conflicts', 'breaks', "
      .. "'provides', 'replaces', 'enhances')",
  }),
  c.int4("group_number", { primary_key = true, comment = "from 1, within the kind" }),
  c.int4("alternative_number", { primary_key = true, comment = "from 1, within the group" }),
  c.text("target", { comment = "a package's name, real or virtual" }),
  c.text("target_architecture", { null = true, comment = "the qualifier, as in python3:any" }),
  c.text("operator", { null = true, check = "operator in ('<<', '<=', '=', '>=', '>>')" }),
  c.text("version", { null = true }),
  c.text("restrictions", { null = true, comment = "as written: [amd64] <!nocheck>" }),
  c.bool("is_broken", { default = false, comment = "target is a text that is no relation" }),
  mp.belongs_to("package", { table = "packages" }),
  mp.check("(operator is null) = (version is null)"),
  mp.index { "target", "kind" },
}

---As the index writes it.
---@return string
function Dependency.methods:text()
  local parts = { self.target }
  if self.target_architecture then parts[1] = self.target .. ":" .. self.target_architecture end
  if self.operator then parts[#parts + 1] = ("(%s %s)"):format(self.operator, self.version) end
  parts[#parts + 1] = self.restrictions
  return table.concat(parts, " ")
end

return Dependency
