-- moonpool version: shows which Moonpool and which Lua this is.
local version = require "moonpool.version"

return {
  name = "version",
  summary = "Show the versions of Moonpool and Lua.",

  run = function(context)
    context.output:result({ moonpool = version, lua = _VERSION },
      ("moonpool %s (%s)"):format(version, _VERSION))
  end,
}
