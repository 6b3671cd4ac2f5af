-- Which revisions to run, in which order, to bring a database from where it is to a target; pure.
local errors = require "moonpool.errors"

local path = {}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function every(ids, holds)
  for _, id in ipairs(ids) do
    if not holds(id) then return false end
  end
  return true
end

-- Step along revisions that have become possible; each step must leave no choice.
local function step_through(count, first, after, direction)
  local open, taken = first, {}
  while #taken < count do
    if #open == 0 then
      refuse(("cannot %s %d revisions: only %d are left"):format(direction, count, #taken),
        direction == "upgrade" and "say head to go all the way" or "say base to go all the way")
    end
    if #open > 1 then
      table.sort(open)
      refuse(("cannot tell which revision is next: %s"):format(table.concat(open, ", ")),
        "name the revision to go to")
    end
    local id = open[1]
    taken[#taken + 1] = id
    open = after(id)
  end
  return taken
end

local function upgrade_steps(graph, applied, count)
  local done = {}
  local function is_done(id) return applied[id] or done[id] end
  local open = {}
  for _, id in ipairs(graph:ids()) do
    if not applied[id] and every(graph:parents(id), is_done) then open[#open + 1] = id end
  end
  return step_through(count, open, function(id)
    done[id] = true
    local nexts = {}
    for _, child in ipairs(graph:children(id)) do
      if not is_done(child) and every(graph:parents(child), is_done) then
        nexts[#nexts + 1] = child
      end
    end
    return nexts
  end, "upgrade")
end

local function downgrade_steps(graph, applied, count)
  local undone = {}
  local function is_gone(id) return not applied[id] or undone[id] end
  return step_through(count, graph:heads_of(applied), function(id)
    undone[id] = true
    local nexts = {}
    for _, parent in ipairs(graph:parents(id)) do
      if not is_gone(parent) and every(graph:children(parent), is_gone) then
        nexts[#nexts + 1] = parent
      end
    end
    return nexts
  end, "downgrade")
end

local function as_records(graph, ids)
  local records = {}
  for index, id in ipairs(ids) do records[index] = graph:get(id) end
  return records
end

local function reversed(list)
  local result = {}
  for index = #list, 1, -1 do result[#result + 1] = list[index] end
  return result
end

---Revisions to apply, parents first.
---@param graph moonpool.RevisionGraph
---@param applied table<string, any>  set of the revisions that the database has
---@param goal moonpool.migration.Target
---@return moonpool.Revision[]
function path.upgrade(graph, applied, goal)
  if goal.steps then return as_records(graph, upgrade_steps(graph, applied, goal.steps)) end
  local wanted = graph:ancestors(goal.ids)
  return graph:records(function(id) return wanted[id] and not applied[id] end)
end

---Revisions to take back, children first. A revision goes with all that stands on it.
---@param graph moonpool.RevisionGraph
---@param applied table<string, any>
---@param goal moonpool.migration.Target
---@return moonpool.Revision[]
function path.downgrade(graph, applied, goal)
  if goal.steps then return as_records(graph, downgrade_steps(graph, applied, -goal.steps)) end
  if #goal.ids == 0 then
    return reversed(graph:records(function(id) return applied[id] end))
  end
  local kept = {}
  for _, id in ipairs(goal.ids) do
    if not applied[id] then
      refuse(("revision %s is not applied, so nothing can be taken back to it"):format(id),
        "moonpool current shows where the database is")
    end
    kept[id] = true
  end
  local above = graph:descendants(goal.ids)
  return reversed(graph:records(function(id) return above[id] and not kept[id] and applied[id] end))
end

return path
