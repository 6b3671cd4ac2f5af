-- What there is to do: the new, the changed and the deleted objects of a unit of work; pure.
local detach = require "moonpool.orm.flush.detach"
local differences = require "moonpool.orm.flush.differences"
local errors = require "moonpool.errors"
local key_order = require "moonpool.orm.flush.key_order"
local model_module = require "moonpool.orm.model"
local parts = require "moonpool.orm.parts"
local related = require "moonpool.orm.flush.related"
local seen_module = require "moonpool.orm.seen"
local value_module = require "moonpool.orm.value"
local values = require "moonpool.orm.flush.values"
local work_module = require "moonpool.orm.flush.work"

local collect = {}

local function check_key(model)
  if model.table.primary_key then return end
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('"%s" has no primary key: a session cannot tell its rows apart'):format(
      model.table.name),
    hint = "declare one, or write its rows with mp.insert and mp.update" }
end

local function check_fields(model, objects)
  for at = 1, parts.are_several(model) and #objects or 0 do
    parts.check_fields(model, objects[at])
  end
end

local function refuse_twin(model)
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('two objects of "%s" have the same key (%s)'):format(model.table.name,
      table.concat(model.table.primary_key.columns, ", ")),
    hint = "give one of them another key, or write to the one that s:get gives" }
end

-- A row that is deleted, or gets another key, leaves its own to others.
local function is_staying(uow, object, key)
  return not uow.deleted:has(object) and uow.identity.key_of(uow.model_of(object), object) == key
end

-- Two new objects with one key: the server would refuse them all, and name neither.
local function check_twins(uow, model, objects, taken)
  for _, object in ipairs(objects) do
    local key = uow.identity.key_of(model, object)
    if key ~= nil then
      local other = uow.identity:find(model, key)
      if taken[key] or other and is_staying(uow, other, key) then refuse_twin(model) end
      taken[key] = true
    end
  end
end

-- Keys that the server makes are no twins.
local function have_keys(uow, model, objects)
  local names = model.table.primary_key.columns
  return uow.objects.survey(objects, { names[1] })[1].absent < #objects
end

local function inserts_of(uow, seen)
  local taken = {}
  for _, group in ipairs(seen.groups) do
    check_key(group.model)
    check_fields(group.model, group.objects)
  end
  for _, group in ipairs(seen.groups) do
    local root = model_module.class(group.model).root
    taken[root] = taken[root] or {}
    if have_keys(uow, group.model, group.objects) then
      check_twins(uow, group.model, group.objects, taken[root])
    end
  end
  return seen.new
end

local function add_orphans(work)
  for _, object in ipairs(work.orphans) do
    if work.uow.entries[object] then
      work.deletes[#work.deletes + 1] = object
    else
      work.dropped[#work.dropped + 1] = object
    end
  end
end

local function is_new_value(work, object, name, before)
  local value = work:value(object, name)
  -- What the server has yet to make differs from everything.
  if value == nil and work.refs[object][name] then return true end
  return not value_module.same(value, before[name])
end

-- Columns that other objects give are changes like those that the program made.
local function changes_of(work, changed, object)
  if not work.refs[object] then return changed[object] end
  local names, before = {}, work.uow:snapshot_of(object)
  for _, name in ipairs(changed[object] or {}) do names[name] = true end
  for name in pairs(work.refs[object]) do
    names[name] = is_new_value(work, object, name, before) or nil
  end
  local list = {}
  for _, item in ipairs(model_module.of(object).table.columns) do
    if names[item.name] then list[#list + 1] = item.name end
  end
  return list
end

local function object_of(one) return one.object end

local function updates_of(work, dirty)
  local is_alone = next(work.refs) == nil and #work.deletes == 0
  if is_alone then return key_order.sort(work.uow, dirty, object_of) end
  local uow, objects, changed, is_deleted = work.uow, {}, {}, {}
  for _, object in ipairs(work.deletes) do is_deleted[object] = true end
  local function add(object)
    if uow.entries[object] and not is_deleted[object] and not changed[object] then
      objects[#objects + 1], changed[object] = object, {}
    end
  end
  for _, one in ipairs(dirty) do
    add(one.object)
    if changed[one.object] then changed[one.object] = one.changed end
  end
  for object in pairs(work.refs) do add(object) end
  local list = {}
  for _, object in ipairs(key_order.sort(uow, objects, function(object) return object end)) do
    local names = changes_of(work, changed, object)
    if #names > 0 then list[#list + 1] = { object = object, changed = names } end
  end
  return list
end

local function itself(object) return object end

-- New ones in the order in which they came, stored ones by key.
local function claim_order(work)
  return function(objects)
    if #objects == 0 then return objects end
    local fresh, stored, place = {}, {}, {}
    for at, object in ipairs(work.inserts) do place[object] = at end
    for _, object in ipairs(objects) do
      local list = place[object] and fresh or stored
      list[#list + 1] = object
    end
    table.sort(fresh, function(a, b) return place[a] < place[b] end)
    key_order.sort(work.uow, stored, itself)
    return table.move(stored, 1, #stored, #fresh + 1, fresh)
  end
end

local function without(list, dropped)
  local is_dropped, kept = {}, {}
  for _, object in ipairs(dropped) do is_dropped[object] = true end
  for _, object in ipairs(list) do
    if not is_dropped[object] then kept[#kept + 1] = object end
  end
  return kept
end

---@param uow moonpool.orm.UnitOfWork
---@param seen moonpool.orm.Seen
---@param holders moonpool.orm.flush.Holder[]
---@return moonpool.orm.flush.Work
function collect.work(uow, seen, holders)
  local work = work_module.new(uow)
  values.read(work, seen.groups)
  work.holders, work.inserts, work.deletes = holders, inserts_of(uow, seen), uow.deleted:list()
  work.groups, work.grouped = seen.groups, work.inserts
  differences.read(work, holders)
  if #work.unread > 0 then return work end
  detach.read(work, work.deletes)
  related.settle(work, claim_order(work))
  add_orphans(work)
  if #work.dropped > 0 then work.inserts = without(work.inserts, work.dropped) end
  work.updates = updates_of(work, seen_module.dirty(uow, seen))
  for _, group in ipairs(work:updated_groups()) do check_fields(group.model, group.objects) end
  key_order.sort(uow, work.deletes, itself)
  return work
end

return collect
