-- The steps of a flush in their order: rows of one table that one kind of statement writes; pure.
local deletes = require "moonpool.orm.flush.deletes"
local exchange_module = require "moonpool.orm.flush.exchange"
local grouping = require "moonpool.orm.flush.grouping"
local insert = require "moonpool.orm.flush.insert"
local links = require "moonpool.orm.flush.links"
local lock = require "moonpool.orm.flush.lock"
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"
local parts = require "moonpool.orm.parts"
local trips = require "moonpool.orm.flush.trips"
local update = require "moonpool.orm.flush.update"
local vacate = require "moonpool.orm.flush.vacate"
local written_names = require "moonpool.orm.flush.written_names"

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

local function placed(step, ordered, depth, number)
  local root = order.root_of(step.model)
  step.rank, step.component = ordered.rank[root], ordered.component[root]
  step.depth, step.part = depth, number
  return step
end

-- Rows of each model in one statement for each of its tables, where each of its objects gives the
-- same columns.
local function whole_inserts(work, ordered)
  local list = {}
  if #work.inserts < 2 or not work:is_plain() then return nil end
  for _, group in ipairs(work:new_groups()) do
    for number, part in ipairs(parts.of(group.model)) do
      local is_cyclic = ordered.is_cyclic[order.root_of(group.model)]
      local step = not is_cyclic and insert.whole(work, part, group.objects)
      if not step then return nil end
      list[#list + 1] = placed(step, ordered, 0, number)
    end
  end
  return list
end

-- Those whose rows are in so many tables.
local function having_parts(objects, number)
  if number == 1 then return objects end
  local list = {}
  for _, object in ipairs(objects) do
    if parts.of(model_module.of(object))[number] then list[#list + 1] = object end
  end
  return list
end

local function shaped_inserts(work, ordered)
  local depths, list, number = grouping.depths(ordered, insert_rows(work)), {}, 1
  local objects = work.inserts
  while #objects > 0 do
    local groups = grouping.grouped(objects, function(object, model)
      local shape = insert.shape(work, parts.of(model)[number], object)
      local depth = grouping.depth(ordered, depths, model, object)
      return depth == 0 and shape or ("%d\0%s"):format(depth, shape)
    end, function(model, _, object)
      return placed(insert.step(work, parts.of(model)[number], object), ordered,
        grouping.depth(ordered, depths, model, object), number)
    end)
    table.move(groups, 1, #groups, #list + 1, list)
    number = number + 1
    objects = work.are_several and having_parts(objects, number) or {}
  end
  return list
end

local function insert_steps(work, ordered)
  local list = whole_inserts(work, ordered) or shaped_inserts(work, ordered)
  return grouping.sorted(list, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    if a.component ~= b.component then return a.component < b.component end
    if a.depth ~= b.depth then return a.depth < b.depth end
    return a.part < b.part
  end)
end

-- Whether the update may lead to a row that has to be inserted first.
local function is_bound(work, one)
  local refs, is_changed = work.refs[one.object] or {}, {}
  for _, name in ipairs(one.changed) do
    if refs[name] and refs[name].object then return true end
    is_changed[name] = true
  end
  for _, key in ipairs(order.keys_of(model_module.of(one.object))) do
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

-- The columns that each writes, looked up once for those of one kind with the same changes.
local function names_written(updates)
  local known, meta = {}, nil
  return function(object, at)
    local kind, changed = getmetatable(object), updates[at].changed
    if kind ~= meta then known, meta = {}, kind end
    local names = known[changed]
    if not names then
      names = written_names(model_module.of(object), changed)
      known[changed] = names
    end
    return names
  end
end

local function update_steps(ordered, updates, exchange)
  local objects, waves = {}, exchange.waves
  for at = 1, #updates do objects[at] = updates[at].object end
  local list = grouping.by_part(objects, names_written(updates), function(part, names, object)
    local step = update.step(part, names, false, vacate.is_seen(exchange, object, part))
    step.rank, step.wave = ordered.rank[order.root_of(part)], waves[object] or 0
    return step
  end, (next(waves) or next(exchange.vacated)) and function(object)
    local first = parts.of(model_module.of(object))[1]
    return ("%d %s"):format(waves[object] or 0,
      exchange.vacated[object] ~= nil and update.is_told_by_write(first))
  end or nil)
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
  return grouping.by_part(objects, function(object) return postponed_names(work, object) end,
    function(part, names) return update.step(part, names, true) end)
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
