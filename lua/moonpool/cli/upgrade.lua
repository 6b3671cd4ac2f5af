-- moonpool upgrade: applies migrations up to a revision.
local migrate = require "moonpool.cli.migrate"

return {
  name = "upgrade",
  summary = "Apply migrations up to a revision.",

  define = function(command)
    command:argument("rev"):args "?"
      :description "head (also when left out), heads, +N, a revision or a unique prefix of one"
    migrate.define(command)
  end,

  run = function(context) migrate.run(context, "upgrade", "applied") end,
}
