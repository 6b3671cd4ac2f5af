-- The verbs of the command, in the order in which its help shows them.
return {
  require "moonpool.cli.run",
  require "moonpool.cli.revision",
  require "moonpool.cli.upgrade",
  require "moonpool.cli.downgrade",
  require "moonpool.cli.current",
  require "moonpool.cli.history",
  require "moonpool.cli.heads",
  require "moonpool.cli.dev",
  require "moonpool.cli.help",
  require "moonpool.cli.version",
  require "moonpool.cli.supervise",
}
