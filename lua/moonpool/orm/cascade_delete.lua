-- Deleting an object deletes what its relations say: what is loaded, and what has to be read first.
local level = require "moonpool.orm.loading.level"
local model_module = require "moonpool.orm.model"
local plan = require "moonpool.orm.loading.plan"
local relation = require "moonpool.orm.relation"
local scan = require "moonpool.orm.flush.scan"
local tracked = require "moonpool.orm.tracked"

local cascade_delete = {}

local function must_delete(record)
  local deletes = record.cascade.delete or record.cascade.orphan
  return deletes and record.kind ~= "belongs_to" and not record.via
end

local function for_each_relation(objects, fn)
  for _, object in ipairs(objects) do
    for _, record in ipairs(relation.list(model_module.of(object))) do
      if must_delete(record) then fn(object, record) end
    end
  end
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

-- Softly deleted rows refer to their owner like any others.
local function new_start(record)
  local is_soft = model_module.class(record.target).traits.soft_delete
  local model = model_module.class(record.owner).root
  local nodes = plan.new(model, { [record.name] = { with_deleted = is_soft and true or nil } })
  return { model = model, objects = {}, nodes = nodes }
end

-- What has to be read first of a depth, as the loading of a level takes it.
local function unread(session, objects)
  local starts, by_record = {}, {}
  for_each_relation(objects, function(object, record)
    local is_stored = session.uow.entries[object] ~= nil
    if not is_stored or record.passive or is_read(session, object, record) then return end
    local start = by_record[record]
    if not start then
      start = new_start(record)
      by_record[record], starts[#starts + 1] = start, start
    end
    table.insert(start.objects, object)
  end)
  return starts
end

local function children_of(session, objects)
  local list = {}
  for_each_relation(objects, function(object, record)
    for _, held in ipairs(held_by(session, object, record)) do list[#list + 1] = held end
  end)
  return list
end

local function forget_new(session, object)
  session.uow:forget(object)
  tracked.make_transient(object)
end

local function mark(session, object)
  if session.uow.new:has(object) then
    forget_new(session, object)
  elseif session.uow.entries[object] then
    session.uow:own("deleted"):add(object)
  end
end

-- Each once, as relations may lead in a circle.
local function not_seen(session, objects, seen)
  local list = {}
  for _, object in ipairs(objects) do
    if not seen[object] and tracked.session_of(object) == session then
      seen[object] = true
      list[#list + 1] = object
    end
  end
  return list
end

-- A depth at a time: what it leads to is read in one round trip.
local function run(session, object)
  local seen, found = {}, {}
  local depth = not_seen(session, { object }, seen)
  while #depth > 0 do
    level.run(session, unread(session, depth), { tenant = session.tenant })
    table.move(depth, 1, #depth, #found + 1, found)
    depth = not_seen(session, children_of(session, depth), seen)
  end
  for at = #found, 1, -1 do mark(session, found[at]) end
end

---@async
---@param session moonpool.Session
---@param object table
function cascade_delete.run(session, object)
  session:no_autoflush(run, session, object)
end

return cascade_delete
