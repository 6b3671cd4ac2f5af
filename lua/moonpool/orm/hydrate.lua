-- Rows become a session's objects: one for each row, the one that is there already as it is; pure.
local columns = require "moonpool.orm.flush.columns"
local snapshot = require "moonpool.orm.snapshot"
local tracked = require "moonpool.orm.tracked"

local hydrate = {}

local function loaders_of(model)
  local list = {}
  for _, one in ipairs(columns.of(model)) do
    if one.load then list[#list + 1] = one end
  end
  return list
end

local function apply_load(row, loaders)
  for _, one in ipairs(loaders) do
    local value = row[one.name]
    if value ~= nil then row[one.name] = one.load(value) end
  end
end

-- NULL is nil in a row, so a deferred column that was read has to be remembered as known.
local function note_absent(uow, object, names)
  for _, name in ipairs(names) do
    if rawget(object, name) == nil then
      uow.absent[object] = uow.absent[object] or {}
      uow.absent[object][name] = true
    end
  end
end

local function deferred_among(model, read)
  local names = {}
  for _, name in ipairs(read or {}) do
    local item = model.table.by_name[name]
    if item and item.deferred then names[#names + 1] = name end
  end
  return names
end

---@param session moonpool.Session
---@param model moonpool.Model
---@param rows table[]  taken over
---@param read string[]?  the columns that were read, where deferred ones are among them
---@return table[]  an object for each row; false for one without a key
function hydrate.rows(session, model, rows, read)
  local uow, list, siblings = session.uow, {}, {}
  local meta = tracked.metatable(session, model, { siblings = siblings })
  local loaders, deferred = loaders_of(model), deferred_among(model, read)
  for at, row in ipairs(rows) do
    apply_load(row, loaders)
    local key = uow.identity.key_of(model, row)
    local object = key ~= nil and uow.identity:find(model, key)
    if key ~= nil and not object then
      object = setmetatable(row, meta)
      uow:track_as(object, session.is_read_only and {} or snapshot.take(model, object))
      note_absent(uow, object, deferred)
    end
    list[at] = object or false
    if object then siblings[#siblings + 1] = object end
  end
  return list
end

---The object's columns are what the row holds, whatever was changed before.
---@param row table  taken over
function hydrate.refresh(session, model, object, row)
  local uow = session.uow
  apply_load(row, loaders_of(model))
  local loaded, absent = uow.loaded[object], uow.absent[object]
  uow:release(object)
  for _, one in ipairs(columns.of(model)) do
    local value = row[one.name]
    if not one.item.deferred or value ~= nil then rawset(object, one.name, value) end
  end
  uow:track_as(object, session.is_read_only and {} or snapshot.take(model, object))
  uow.loaded[object], uow.absent[object] = loaded, absent
end

return hydrate
