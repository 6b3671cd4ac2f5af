-- What a flush may have to write: new objects, and those that differ from their rows; pure.
local entries_module = require "moonpool.orm.entries"
local snapshot = require "moonpool.orm.snapshot"

---@class moonpool.orm.Seen  what a flush may have to write
---@field new table[]  in the order in which they came
---@field groups { model: moonpool.Model, objects: table[] }[]  these by model
---@field changed table[]  columns are not what their row says
---@field changes string[][]  these columns
---@field holding table[]  there are fields besides those that were read with the row
---@field copied table[]  those whose row is a copy, unless it is known whether they are like it

local seen = {}

local function look_at_new(uow, known)
  known.new = uow.new:list()
  known.groups = uow:by_model(known.new)
  return known
end

local function with_rows(batches)
  local list = {}
  for _, batch in ipairs(batches) do
    if batch.result then list[#list + 1] = batch end
  end
  return list
end

-- Whose row is known as a copy from here on: it is asked for again and again while it is written.
local function find_changed(uow)
  uow.batches = entries_module.waiting(uow.batches)
  local entries = uow.entries
  local changed, holding, others, rows, names =
    uow.find_changed(entries, with_rows(uow.batches))
  for at = 1, #changed do entries[changed[at]] = rows[at] end
  return { changed = changed, changes = names, holding = holding, copied = others }
end

---@param uow moonpool.orm.UnitOfWork
---@return moonpool.orm.Seen
function seen.of(uow)
  if uow.find_changed then return look_at_new(uow, find_changed(uow)) end
  local all = {}
  for object in pairs(uow:all_entries()) do all[#all + 1] = object end
  return look_at_new(uow, { changed = {}, changes = {}, holding = {}, copied = all })
end

---New objects have come since.
---@param uow moonpool.orm.UnitOfWork
---@param known moonpool.orm.Seen
function seen.again(uow, known)
  look_at_new(uow, known)
end

-- A deferred column that was not read with the row can only have been given since.
local function deferring(uow)
  local has_deferred = {}
  return function(object)
    local model = uow.model_of(object)
    if has_deferred[model] == nil then has_deferred[model] = snapshot.has_deferred(model) end
    return has_deferred[model]
  end
end

-- Columns as the model has them, once for each list of names.
local function ordering(uow)
  local ordered = {}
  return function(object, names)
    local list = ordered[names]
    if not list then
      list = snapshot.in_order(uow.model_of(object), names)
      ordered[names] = list
    end
    return list
  end
end

-- Those of which the columns are known that have changed; whether there are others among them.
local function add_known(uow, known, has_deferred, list)
  local ordered, are_deleted = ordering(uow), uow.deleted.count > 0
  local meta, is_deferred, has_others = nil, false, false
  for at = 1, #known.changed do
    local object = known.changed[at]
    local own = getmetatable(object)
    if own ~= meta then meta, is_deferred = own, has_deferred(object) end
    has_others = has_others or is_deferred
    if not is_deferred and not (are_deleted and uow.deleted:has(object)) then
      list[#list + 1] = { object = object, changed = ordered(object, known.changes[at]) }
    end
  end
  return has_others
end

-- Each once: an object may have changed and hold more than its row.
local function others_of(known, has_deferred, changed)
  local list, is_there = {}, {}
  local function add(object)
    if not is_there[object] then list[#list + 1], is_there[object] = object, true end
  end
  for _, object in ipairs(known.copied) do add(object) end
  for _, objects in ipairs { changed, known.holding } do
    for _, object in ipairs(objects) do
      if has_deferred(object) then add(object) end
    end
  end
  return list
end

local NONE = {}

---The stored objects whose columns differ from their rows, in no order.
---@param uow moonpool.orm.UnitOfWork
---@param known moonpool.orm.Seen
---@return { object: table, changed: string[] }[]  several may share a list of columns
function seen.dirty(uow, known)
  local list, has_deferred = {}, deferring(uow)
  local has_others = add_known(uow, known, has_deferred, list)
  for _, object in ipairs(others_of(known, has_deferred, has_others and known.changed or NONE)) do
    local changed = not uow.deleted:has(object) and uow:changes_of(object)
    if changed then
      list[#list + 1] = { object = object, changed = changed }
      uow.entries[object] = uow:snapshot_of(object)
    end
  end
  return list
end

return seen
