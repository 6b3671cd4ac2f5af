-- Who acts, told to the server before anything else where a table that is written is audited; pure.
local model_module = require "moonpool.orm.model"

local actor = {}

local TEXT = "select set_config('moonpool.actor', $1, true)"

local function is_audited(list)
  for _, step in ipairs(list) do
    local model = step.model or step.record and step.record.target
    if model and model_module.class(model).traits.audit then return true end
  end
  return false
end

---@param name string?
---@param list moonpool.orm.flush.Step[]
---@return moonpool.orm.flush.Step[]
function actor.first(name, list)
  if not name or not is_audited(list) then return list end
  local step = { kind = "actor", trip = 1, objects = {} }
  function step.statements()
    return { { sql = TEXT, params = { name, n = 1 }, step = step, objects = {} } }
  end
  table.insert(list, 1, step)
  return list
end

return actor
