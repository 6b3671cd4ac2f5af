-- Deletes of a flush in their order, and what goes with them: rows that are set free before; pure.
local delete = require "moonpool.orm.flush.delete"
local detach = require "moonpool.orm.flush.detach"
local exchange_module = require "moonpool.orm.flush.exchange"
local grouping = require "moonpool.orm.flush.grouping"
local order = require "moonpool.orm.flush.order"
local parts = require "moonpool.orm.parts"
local update = require "moonpool.orm.flush.update"
local vacate = require "moonpool.orm.flush.vacate"

local deletes = {}

-- Rows as they are stored, whose references count while they are taken away.
local function stored_rows(work, cut)
  return { objects = work.deletes,
    value = function(object, name) return work.uow:snapshot_of(object)[name] end,
    referred = function() end,
    loose = function() return {} end,
    can_ignore = function() return true end,
    cut = cut }
end

local function release_steps(released)
  return grouping.by_part(released.list, function(object) return released.names[object] end,
    update.release)
end

-- Rows of a circle, by the columns with which they let go of each other before.
local function read_depths(work, ordered)
  local released = { list = {}, names = {} }
  local depths = grouping.depths(ordered, stored_rows(work, function(edge)
    local names = released.names[edge.child]
    if not names then
      names = {}
      released.list[#released.list + 1], released.names[edge.child] = edge.child, names
    end
    table.move(edge.columns, 1, #edge.columns, #names + 1, names)
  end))
  return depths, released
end

-- An update of the same flush, which comes before, has looked at the version.
local function is_seen(exchange, released, object, model)
  local part = parts.of(model)[1]
  local is_released = released.names[object] and #parts.among(part, released.names[object]) > 0
  return is_released and update.is_told_by_write(part) or vacate.is_seen(exchange, object, part)
end

local function delete_steps(work, ordered, exchange)
  local depths, released = read_depths(work, ordered)
  local list = grouping.grouped(work.deletes, function(object, model)
    return ("%d %s %s"):format(grouping.depth(ordered, depths, model, object),
      exchange.phases[object] or "", is_seen(exchange, released, object, model))
  end, function(model, _, object)
    -- Its first table's row takes those of the others with it.
    local part, root = parts.of(model)[1], order.root_of(model)
    local step = delete.step(part, is_seen(exchange, released, object, model))
    step.depth = grouping.depth(ordered, depths, model, object)
    step.rank, step.component = ordered.rank[root], ordered.component[root]
    step.phase = exchange.phases[object]
    return step
  end)
  grouping.sorted(list, function(a, b)
    if a.rank ~= b.rank then return a.rank > b.rank end
    if a.component ~= b.component then return a.component > b.component end
    return a.depth > b.depth
  end)
  local releases = release_steps(released)
  for _, step in ipairs(releases) do
    step.phase = next(exchange.phases) and exchange_module.EARLY
  end
  return table.move(list, 1, #list, #releases + 1, releases)
end

-- Tables whose rows other steps of this flush may have to let go of first.
local function referred_to(work)
  local is_referred = {}
  local function add(model)
    for _, key in ipairs(order.keys_of(model)) do
      local target = order.target_of(model, key)
      if target then is_referred[target] = true end
    end
  end
  for _, groups in ipairs { work:updated_groups(), work.uow:by_model(work.deletes) } do
    for _, group in ipairs(groups) do add(group.model) end
  end
  return is_referred
end

-- Rows that nothing else here refers to go before new ones come, which may take their place; what
-- is sent ahead of a delete goes with it.
local function place_of(step, is_referred)
  if step.phase == exchange_module.MIDDLE then return "middle" end
  local is_free = step.kind ~= "update" and not is_referred[order.root_of(step.model)]
  return (step.phase == exchange_module.EARLY or is_free) and "early" or "late"
end

---@param work moonpool.orm.flush.Work
---@param ordered moonpool.orm.flush.Order
---@param exchange moonpool.orm.flush.Exchange
---@return { early: moonpool.orm.flush.Step[], middle: moonpool.orm.flush.Step[],
---  late: moonpool.orm.flush.Step[] }  before everything else, before the inserts, after all
function deletes.steps(work, ordered, exchange)
  local places = { early = {}, middle = {}, late = {} }
  local is_alone = #work.inserts + #work.updates == 0
  local is_referred = is_alone and {} or referred_to(work)
  for _, list in ipairs { detach.steps(work, exchange.phases),
    delete_steps(work, ordered, exchange) } do
    for _, step in ipairs(list) do
      local to = places[is_alone and "late" or place_of(step, is_referred)]
      to[#to + 1] = step
    end
  end
  return places
end

return deletes
