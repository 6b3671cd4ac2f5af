-- The steps of a flush in their order: rows of one table that one kind of statement writes; pure.
local deletes = require "moonpool.orm.flush.deletes"
local exchange_module = require "moonpool.orm.flush.exchange"
local grouping = require "moonpool.orm.flush.grouping"
local insert = require "moonpool.orm.flush.insert"
local links = require "moonpool.orm.flush.links"
local lock = require "moonpool.orm.flush.lock"
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"
local trips = require "moonpool.orm.flush.trips"
local update = require "moonpool.orm.flush.update"
local vacate = require "moonpool.orm.flush.vacate"

local steps = {}

---@class moonpool.orm.flush.Step
---@field kind "lock" | "insert" | "update" | "delete" | "link" | "unlink" | "detach"
---@field model moonpool.Model
---@field objects table[]
---@field statements fun(step: table, work: moonpool.orm.flush.Work): moonpool.orm.flush.Statement[]
---@field trip integer  the round trip in which it travels

---@class moonpool.orm.flush.Statement
---@field sql string
---@field params table  with `n`
---@field objects table[]  whose rows the answer has, in their order
---@field returned string[]?  columns of the answer
---@field is_column boolean?  the answer is the list of the one column's values
---@field is_numbered boolean?  the answer's rows say by `moonpool_row` whose they are
---@field step moonpool.orm.flush.Step

local function insert_rows(work)
  return { objects = work.inserts,
    value = function(object, name) return work:value(object, name) end,
    referred = function(object, name)
      local refs = work.refs[object]
      return refs and refs[name] and refs[name].object
    end,
    loose = function(object) return work.refs[object] or {} end,
    -- What refers to a key that is known can be sent at once: it is checked at the end.
    can_ignore = function(edge)
      for _, name in ipairs(edge.columns) do
        if work:value(edge.child, name) == nil then return false end
      end
      return true
    end,
    cut = function(edge)
      for _, name in ipairs(edge.columns) do work:postpone(edge.child, name) end
    end }
end

-- Rows of each model in one statement, where each of its objects gives the same columns.
local function whole_inserts(work, ordered)
  local list = {}
  if #work.inserts < 2 or not work:is_plain() then return nil end
  for at, group in ipairs(work:new_groups()) do
    local root = order.root_of(group.model)
    local step = not ordered.is_cyclic[root] and insert.whole(work, group.model, group.objects)
    if not step then return nil end
    step.rank, step.component, step.depth = ordered.rank[root], ordered.component[root], 0
    list[at] = step
  end
  return list
end

local function shaped_inserts(work, ordered)
  local depths = grouping.depths(ordered, insert_rows(work))
  return grouping.grouped(work.inserts, function(object, model)
    local shape = insert.shape(work, model, object)
    local depth = grouping.depth(ordered, depths, model, object)
    return depth == 0 and shape or ("%d\0%s"):format(depth, shape)
  end, function(model, _, object)
    local root = order.root_of(model)
    local step = insert.step(work, model, object)
    step.rank, step.component = ordered.rank[root], ordered.component[root]
    step.depth = grouping.depth(ordered, depths, model, object)
    return step
  end)
end

local function insert_steps(work, ordered)
  local list = whole_inserts(work, ordered) or shaped_inserts(work, ordered)
  return grouping.sorted(list, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    if a.component ~= b.component then return a.component < b.component end
    return a.depth < b.depth
  end)
end

-- Whether the update may lead to a row that has to be inserted first.
local function is_bound(work, one)
  local refs, is_changed = work.refs[one.object] or {}, {}
  for _, name in ipairs(one.changed) do
    if refs[name] and refs[name].object then return true end
    is_changed[name] = true
  end
  for _, key in ipairs(model_module.of(one.object).table.foreign_keys) do
    for _, name in ipairs(key.columns) do
      if is_changed[name] and work:value(one.object, name) ~= nil then return true end
    end
  end
  return false
end

-- Those that lead nowhere new come first, for they may give free what an insert takes.
local function split_updates(work)
  if #work.inserts == 0 then return work.updates, {} end
  local free, bound = {}, {}
  for _, one in ipairs(work.updates) do
    local list = is_bound(work, one) and bound or free
    list[#list + 1] = one
  end
  return free, bound
end

-- What was moved out of the way before has been looked at by that.
local function is_seen(exchange, object, model)
  return exchange.vacated[object] ~= nil and update.is_told_by_write(model)
end

local function update_steps(ordered, updates, exchange)
  local objects, waves = {}, exchange.waves
  for at = 1, #updates do objects[at] = updates[at].object end
  local list = grouping.grouped(objects, function(object, model, at)
    local label, wave = grouping.label(updates[at].changed), waves[object]
    if is_seen(exchange, object, model) then label = label .. "\0" end
    return wave and ("%s\0%d"):format(label, wave) or label
  end, function(model, _, object, at)
    local step = update.step(model, updates[at].changed, false, is_seen(exchange, object, model))
    step.rank, step.wave = ordered.rank[order.root_of(model)], waves[object] or 0
    return step
  end)
  return grouping.sorted(list, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    return a.wave < b.wave
  end)
end

-- Updates that take what is only free later come later.
local function split_again(free, bound, exchange)
  if next(exchange.moved) == nil then return free, bound end
  local now, later = {}, table.move(bound, 1, #bound, 1, {})
  for _, one in ipairs(free) do
    local list = exchange.moved[one.object] and later or now
    list[#list + 1] = one
  end
  return now, later
end

local function postponed_names(work, object)
  local names = {}
  for _, item in ipairs(model_module.of(object).table.columns) do
    if work:is_postponed(object, item.name) then names[#names + 1] = item.name end
  end
  return names
end

local function late_steps(work)
  local objects = {}
  for _, object in ipairs(work.inserts) do
    if work.postponed[object] then objects[#objects + 1] = object end
  end
  return grouping.grouped(objects, function(object)
    return grouping.label(postponed_names(work, object))
  end, function(model, _, object)
    return update.step(model, postponed_names(work, object), true)
  end)
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Step[]  in the order in which they are sent
function steps.of(work)
  local ordered = order.of(work)
  local linked, unlinked = links.steps(work)
  local free, bound = split_updates(work)
  local exchange = exchange_module.of(work, bound)
  free, bound = split_again(free, bound, exchange)
  local deleted, list = deletes.steps(work, ordered, exchange), {}
  for _, part in ipairs { lock.steps(work), vacate.steps(exchange), unlinked, deleted.early,
    update_steps(ordered, free, exchange), deleted.middle, insert_steps(work, ordered),
    update_steps(ordered, bound, exchange), late_steps(work), linked, deleted.late,
    vacate.checks(exchange) } do
    table.move(part, 1, #part, #list + 1, list)
  end
  return trips.set(work, list)
end

return steps
