-- In which round trip each step of a flush travels: behind those whose keys it has to know; pure.
local links = require "moonpool.orm.flush.links"

local trips = {}

local function has_key(work, step, object)
  for _, name in ipairs(step.model.table.primary_key.columns) do
    if work:value(object, name) == nil then return false end
  end
  return true
end

local function trip_of_links(work, step, made_in, current)
  local trip = current
  for _, link in ipairs(step.objects) do
    for _, missing in ipairs(links.needs(work, link)) do
      trip = math.max(trip, (made_in[missing] or 0) + 1)
    end
  end
  return trip
end

-- Whether it writes rows of which another step may have made the keys.
local function follows(step)
  return step.kind == "update" or step.part ~= nil and step.part > 1
end

local function trip_of_object(work, step, made_in, object)
  local trip, own = 1, follows(step) and made_in[object]
  if own and not has_key(work, step, object) then trip = own + 1 end
  local refs = work.refs[object]
  if not refs then return trip end
  for name, ref in pairs(refs) do
    local made = ref and ref.object and made_in[ref.object]
    if made and work:value(object, name) == nil then trip = math.max(trip, made + 1) end
  end
  return trip
end

-- Whether the step needs a value that an earlier one has the server make.
local function trip_of(work, step, made_in, current)
  if step.kind == "lock" then return current end
  if step.kind == "link" then return trip_of_links(work, step, made_in, current) end
  local may_wait = next(work.refs) ~= nil or next(made_in) ~= nil
    and follows(step)
  if not may_wait then return current end
  local trip = current
  for _, object in ipairs(step.objects) do
    trip = math.max(trip, trip_of_object(work, step, made_in, object))
  end
  return trip
end

---@param work moonpool.orm.flush.Work
---@param list moonpool.orm.flush.Step[]  in their order; each gets its `trip`
---@return moonpool.orm.flush.Step[] list
function trips.set(work, list)
  local current, made_in = 1, {}
  local are_awaited = work.are_several or next(work.refs) or next(work.postponed)
    or work.link_list[1]
  for _, step in ipairs(list) do
    current = trip_of(work, step, made_in, current)
    step.trip = current
    if step.kind == "insert" and are_awaited then
      for _, object in ipairs(step.objects) do made_in[object] = made_in[object] or current end
    end
  end
  return list
end

return trips
