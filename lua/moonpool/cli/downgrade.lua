-- moonpool downgrade: takes migrations back to a revision.
local migrate = require "moonpool.cli.migrate"

return {
  name = "downgrade",
  summary = "Take migrations back to a revision.",

  define = function(command)
    command:argument("rev"):description "base, -N, a revision or a unique prefix of one"
    migrate.define(command)
  end,

  run = function(context) migrate.run(context, "downgrade", "taken_back") end,
}
