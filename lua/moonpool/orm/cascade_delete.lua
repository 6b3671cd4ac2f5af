-- Deleting an object deletes what its relations say: what is loaded, and what has to be read first.
local model_module = require "moonpool.orm.model"
local relation = require "moonpool.orm.relation"
local scan = require "moonpool.orm.flush.scan"
local tracked = require "moonpool.orm.tracked"

local cascade_delete = {}

local function must_delete(record)
  local deletes = record.cascade.delete or record.cascade.orphan
  return deletes and record.kind ~= "belongs_to" and not record.via
end

-- Softly deleted rows refer to their owner like any others.
local function load(session, object, record)
  local is_soft = model_module.class(record.target).traits.soft_delete
  session:load({ object }, { [record.name] = { with_deleted = is_soft and true or nil } })
end

local function is_read(session, object, record)
  local loaded = session.uow.loaded[object]
  return rawget(object, record.name) ~= nil or loaded and loaded[record.name] ~= nil
    or session:is_loaded(object, record.name)
end

local function remembered(uow, object, record)
  local loaded = uow.loaded[object]
  return loaded and loaded[record.name] or nil
end

-- By its relation to the owner, or by the column of it.
local function has_moved(session, object, record, held)
  if record.through then return false end
  local inverse = record.inverse
  local parent = inverse and rawget(held, inverse.name)
  if inverse and parent ~= remembered(session.uow, held, inverse) then return parent ~= object end
  local before = session.uow:snapshot_of(held)
  for at, name in ipairs(record.target_columns) do
    local now = rawget(held, name)
    if now ~= before[name] and now ~= rawget(object, record.local_columns[at]) then return true end
  end
  return false
end

-- What the object holds, but for what was given to another one since.
local function held_by(session, object, record)
  local list = {}
  for _, held in ipairs(scan.objects_in(rawget(object, record.name))) do
    if not has_moved(session, object, record, held) then list[#list + 1] = held end
  end
  return list
end

local function children_of(session, object)
  local list = {}
  for _, record in ipairs(relation.list(model_module.of(object))) do
    if must_delete(record) then
      local is_stored = session.uow.entries[object] ~= nil
      if is_stored and not record.passive and not is_read(session, object, record) then
        load(session, object, record)
      end
      for _, held in ipairs(held_by(session, object, record)) do list[#list + 1] = held end
    end
  end
  return list
end

local function forget_new(session, object)
  session.uow:forget(object)
  tracked.make_transient(object)
end

-- Depth first, each once: relations may lead in a circle.
local function visit(session, object, seen)
  if seen[object] or tracked.session_of(object) ~= session then return end
  seen[object] = true
  for _, child in ipairs(children_of(session, object)) do visit(session, child, seen) end
  if session.uow.new:has(object) then
    forget_new(session, object)
  elseif session.uow.entries[object] then
    session.uow.deleted:add(object)
  end
end

---@async
---@param session moonpool.Session
---@param object table
function cascade_delete.run(session, object)
  session:no_autoflush(visit, session, object, {})
end

return cascade_delete
