-- The steps of a flush in their order: rows of one table that one kind of statement writes; pure.
local delete = require "moonpool.orm.flush.delete"
local detach = require "moonpool.orm.flush.detach"
local insert = require "moonpool.orm.flush.insert"
local links = require "moonpool.orm.flush.links"
local lock = require "moonpool.orm.flush.lock"
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"
local row_order = require "moonpool.orm.flush.row_order"
local trips = require "moonpool.orm.flush.trips"
local update = require "moonpool.orm.flush.update"

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

-- Groups of one model and label each, in the order in which their first objects came.
---@param label_of fun(object: table, model: moonpool.Model, at: integer): any
---@param make fun(model: moonpool.Model, label: any, object: table, at: integer):
---  moonpool.orm.flush.Step
local function grouped(objects, label_of, make)
  local list, by_model = {}, {}
  for at, object in ipairs(objects) do
    local model = model_module.of(object)
    local label = label_of(object, model, at)
    local by_label = by_model[model] or {}
    by_model[model] = by_label
    local step = by_label[label]
    if not step then
      step = make(model, label, object, at)
      list[#list + 1], by_label[label] = step, step
    end
    step.objects[#step.objects + 1] = object
  end
  return list
end

local function label_of_names(names)
  return #names == 1 and names[1] or table.concat(names, "\0")
end

-- Stable, so that steps of one place stay in the order of their objects.
local function sorted(list, is_before)
  for at, step in ipairs(list) do step.at = at end
  table.sort(list, function(a, b)
    if is_before(a, b) then return true end
    if is_before(b, a) then return false end
    return a.at < b.at
  end)
  return list
end

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

local function depths_of(ordered, rows)
  for _, is_cyclic in pairs(ordered.is_cyclic) do
    if is_cyclic and #rows.objects > 0 then return row_order.depths(ordered, rows) end
  end
  return {}
end

-- Rows of tables that do not refer to themselves, on any way, can be sent together.
local function depth_of(ordered, depths, model, object)
  return ordered.is_cyclic[order.root_of(model)] and depths[object] or 0
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
  local depths = depths_of(ordered, insert_rows(work))
  return grouped(work.inserts, function(object, model)
    local shape, depth = insert.shape(work, model, object), depth_of(ordered, depths, model, object)
    return depth == 0 and shape or ("%d\0%s"):format(depth, shape)
  end, function(model, _, object)
    local root = order.root_of(model)
    local step = insert.step(work, model, object)
    step.rank, step.component = ordered.rank[root], ordered.component[root]
    step.depth = depth_of(ordered, depths, model, object)
    return step
  end)
end

local function insert_steps(work, ordered)
  local list = whole_inserts(work, ordered) or shaped_inserts(work, ordered)
  return sorted(list, function(a, b)
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

local function update_steps(ordered, updates)
  local objects = {}
  for at = 1, #updates do objects[at] = updates[at].object end
  local list = grouped(objects, function(_, _, at)
    return label_of_names(updates[at].changed)
  end, function(model, _, _, at)
    local step = update.step(model, updates[at].changed, false)
    step.rank = ordered.rank[order.root_of(model)]
    return step
  end)
  return sorted(list, function(a, b) return a.rank < b.rank end)
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
  return grouped(objects, function(object) return label_of_names(postponed_names(work, object)) end,
    function(model, _, object) return update.step(model, postponed_names(work, object), true) end)
end

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
  return grouped(released.list, function(object) return label_of_names(released.names[object]) end,
    function(model, _, object)
      return update.release(model, released.names[object])
    end)
end

local function delete_steps(work, ordered)
  local released = { list = {}, names = {} }
  local depths = depths_of(ordered, stored_rows(work, function(edge)
    if released.names[edge.child] then
      table.move(edge.columns, 1, #edge.columns, #released.names[edge.child] + 1,
        released.names[edge.child])
      return
    end
    released.list[#released.list + 1] = edge.child
    released.names[edge.child] = table.move(edge.columns, 1, #edge.columns, 1, {})
  end))
  local list = grouped(work.deletes, function(object, model)
    local depth = depth_of(ordered, depths, model, object)
    return released.names[object] and update.is_told_by_release(model) and depth .. "r" or depth
  end, function(model, _, object)
    local depth, root = depth_of(ordered, depths, model, object), order.root_of(model)
    local is_released = released.names[object] and update.is_told_by_release(model)
    local step = delete.step(model, is_released)
    step.rank, step.depth, step.component = ordered.rank[root], depth, ordered.component[root]
    return step
  end)
  sorted(list, function(a, b)
    if a.rank ~= b.rank then return a.rank > b.rank end
    if a.component ~= b.component then return a.component > b.component end
    return a.depth > b.depth
  end)
  local releases = release_steps(released)
  return table.move(list, 1, #list, #releases + 1, releases)
end

local function append(list, more)
  return table.move(more, 1, #more, #list + 1, list)
end

-- Tables whose rows other steps of this flush may have to let go of first.
local function referred_to(work)
  local is_referred = {}
  local function add(object)
    local model = model_module.of(object)
    for _, key in ipairs(model.table.foreign_keys) do
      local target = order.target_of(model, key)
      if target then is_referred[target] = true end
    end
  end
  for _, one in ipairs(work.updates) do add(one.object) end
  for _, object in ipairs(work.deletes) do add(object) end
  return is_referred
end

-- Rows that nothing else here refers to go before new ones come, which may take their place; what
-- is sent ahead of a delete goes with it.
local function early_deletes(work, list)
  if #list == 0 or #work.inserts + #work.updates == 0 then return {}, list end
  local is_referred, early, late = referred_to(work), {}, {}
  for _, step in ipairs(list) do
    local is_early = step.kind ~= "update" and not is_referred[order.root_of(step.model)]
    local to = is_early and early or late
    to[#to + 1] = step
  end
  return early, late
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Step[]  in the order in which they are sent
function steps.of(work)
  local ordered = order.of(work)
  local linked, unlinked = links.steps(work)
  local free, bound = split_updates(work)
  local early, deletes =
    early_deletes(work, append(detach.steps(work), delete_steps(work, ordered)))
  local list = append(append(lock.steps(work), unlinked), early)
  append(list, update_steps(ordered, free))
  append(list, insert_steps(work, ordered))
  append(list, update_steps(ordered, bound))
  append(list, late_steps(work))
  append(list, linked)
  append(list, deletes)
  return trips.set(work, list)
end

return steps
