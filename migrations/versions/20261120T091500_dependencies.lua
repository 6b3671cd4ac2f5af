-- What packages say about each other, one row for each alternative.
local mp, c = require "moonpool", require "moonpool.column"

return mp.migration {
  revision = "20261120T091500", down_revision = "20261120T090000",
  message = "dependencies",

  change = function(op)
    op:create_table("dependencies", {
      c.int8("package_id", {
        primary_key = true,
        references = { table = "packages", on_delete = "cascade" },
      }),
      c.text("kind", {
        primary_key = true,
        check = "kind in ('depends', 'pre_depends', 'recommends', 'suggests', 'conflicts', "
          .. "'breaks', 'provides', 'replaces', 'enhances')",
      }),
      c.int4("group_number", { primary_key = true, comment = "from 1, within the kind" }),
      c.int4("alternative_number", { primary_key = true, comment = "from 1, within the group" }),
      c.text("target", { comment = "a package's name, real or virtual" }),
      c.text("target_architecture", { null = true, comment = "the qualifier, as in python3:any" }),
      c.text("operator", { null = true, check = "operator in ('<<', '<=', '=', '>=', '>>')" }),
      c.text("version", { null = true }),
      c.text("restrictions", { null = true, comment = "as written: [amd64] <!nocheck>" }),
      c.bool("is_broken", { default = false, comment = "target is a text that is no relation" }),
      mp.check("(operator is null) = (version is null)"),
    })
    op:create_index("dependencies", { "target", "kind" })
  end,
}
