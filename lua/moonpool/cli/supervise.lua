-- moonpool __supervise: keeps a private PostgreSQL running; started by the command itself.
local supervisor = require "moonpool.private_server.supervisor"

return {
  name = "__supervise",
  summary = "Keep a private PostgreSQL running.",
  is_hidden = true,

  define = function(command) command:argument "directory" end,

  run = function(context) return supervisor.run(context.world, context.options.directory) end,
}
