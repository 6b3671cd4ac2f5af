-- moonpool history: shows every revision, parents first, and what of them is applied.
local revision_list = require "moonpool.cli.revision_list"

local function marks(step)
  local list = { step.applied_at and "applied " .. tostring(step.applied_at) or "pending" }
  if step.is_head then list[2] = "(head)" end
  return list
end

return {
  name = "history",
  summary = "Show every revision, parents first, and what is applied.",

  run = function(context)
    local db <close> = context:open_engine()
    revision_list.print(context, context:migrations(db):history(), marks)
  end,
}
