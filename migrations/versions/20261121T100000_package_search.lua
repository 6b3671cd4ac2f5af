-- Full-text search over the names and summaries of packages.
local mp = require "moonpool"

return mp.migration {
  revision = "20261121T100000", down_revision = "20261120T093000",
  message = "package search",

  upgrade = function(op)
    op:create_index("packages", { mp.sql "to_tsvector('simple', name || ' ' || summary)" }, {
      name = "ix_packages_search",
      using = "gin",
    })
  end,

  downgrade = function(op)
    op:drop_index "ix_packages_search"
  end,
}
