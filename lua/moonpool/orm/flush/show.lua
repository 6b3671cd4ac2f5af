-- The statements that a flush would send, as text; parameters are not shown.
local show = {}

---@class moonpool.orm.Plan
---@field statements { sql: string, rows: integer, trip: integer }[]
local Plan = {}
Plan.__index = Plan
Plan.__name = "moonpool.orm.Plan"

local function rows_text(count)
  return count == 1 and "1 row" or count .. " rows"
end

function Plan:__tostring()
  if #self.statements == 0 then return "nothing to flush" end
  local lines, trip = {}, 1
  for _, one in ipairs(self.statements) do
    if one.trip > trip then
      lines[#lines + 1] = "-- needs what the server has made:"
      trip = one.trip
    end
    lines[#lines + 1] = ("%s; -- %s"):format(one.sql, rows_text(one.rows))
  end
  return table.concat(lines, "\n")
end

---@return integer
function Plan:__len()
  return #self.statements
end

---@param flush moonpool.orm.Flush
---@return moonpool.orm.Plan
function show.plan(flush)
  local statements = {}
  flush.work.is_shown = true
  for _, step in ipairs(flush.steps) do
    for _, one in ipairs(step:statements(flush.work)) do
      statements[#statements + 1] = { sql = one.sql, rows = #one.objects, trip = step.trip }
    end
  end
  return setmetatable({ statements = statements }, Plan)
end

return show
