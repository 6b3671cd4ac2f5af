-- moonpool heads: shows the revisions on which nothing stands; needs no database.
local revision_list = require "moonpool.cli.revision_list"

local function marks()
  return {}
end

return {
  name = "heads",
  summary = "Show the revisions on which nothing stands; needs no database.",

  run = function(context)
    revision_list.print(context, context:migrations():heads(), marks)
  end,
}
