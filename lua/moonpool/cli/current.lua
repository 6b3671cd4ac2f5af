-- moonpool current: shows the revisions that the database is at.
local revision_list = require "moonpool.cli.revision_list"

local function marks(step)
  return step.is_head and { "(head)" } or {}
end

return {
  name = "current",
  summary = "Show the revisions that the database is at.",

  run = function(context)
    local db <close> = context:open_engine()
    local steps = context:migrations(db):current()
    if #steps == 0 then context.output:note "the database is at the base: nothing is applied" end
    revision_list.print(context, steps, marks)
  end,
}
