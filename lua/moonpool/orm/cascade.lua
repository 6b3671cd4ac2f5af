-- Objects that others hold come into the session with them.
local errors = require "moonpool.errors"
local instance = require "moonpool.orm.instance"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local scan = require "moonpool.orm.flush.scan"
local seen_module = require "moonpool.orm.seen"

local cascade = {}

local function describe(record)
  return ('"%s" of "%s"'):format(record.name, record.owner.table.name)
end

local function refuse(record, message, hint)
  errors.raise { kind = "bad_argument", table = record.owner.table.name,
    message = describe(record) .. " " .. message, hint = hint }
end

local function fits(record, object)
  local model = model_module.of(object)
  if not model then return false end
  if record.target then return model_module.is_a(model, record.target) end
  for _, target in pairs(record.targets) do
    if model_module.is_a(model, target) then return true end
  end
  return false
end

local function check_fit(record, object)
  if fits(record, object) then return end
  local model = model_module.of(object)
  local expected = record.target and record.target.table.name or "another table"
  refuse(record, ("holds %s, not an instance of \"%s\""):format(
    model and ('an instance of "%s"'):format(model.table.name) or "a " .. type(object), expected),
    "set it to an instance of the model that the relation leads to")
end

-- What was there when the relation was read, or last written.
local function was_held(session, owner, record, object)
  local loaded = session.uow.loaded[owner]
  for _, held in ipairs(scan.objects_in(loaded and loaded[record.name] or nil)) do
    if held == object then return true end
  end
  return false
end

-- The objects that came in, whose own relations are looked at next.
local function take_in(session, owner, record, object, queue)
  check_fit(record, object)
  if instance.state(object) ~= "transient" then
    -- Checks whose it is: one that has left since the relation was read is no news.
    local is_known = getmetatable(object).session == session
      or was_held(session, owner, record, object)
    if not is_known then session:add(object) end
    return
  end
  if not record.cascade.save then
    refuse(record, "holds an instance that is not in the session",
      'add it: s:add(object); or let the relation do so: cascade = { "save" }')
  end
  session:add(object)
  queue[#queue + 1] = object
end

-- A list where a relation leads to one, one where it is a list, or something else altogether.
local function shape_of(value)
  if type(value) ~= "table" then return "a " .. type(value) end
  return model_module.of(value) and "an instance" or "a plain table"
end

local WANTED = {
  [true] = { shape = "a plain table", name = "a list of instances",
    cure = "set it to a list: { a, b }" },
  [false] = { shape = "an instance", name = "an instance",
    cure = "set it to an instance, or to nil" },
}

local function check_shape(record, value)
  if value == nil or value == null then return end
  local wanted = WANTED[record.is_list]
  if shape_of(value) == wanted.shape then return end
  refuse(record, ("holds %s, not %s"):format(shape_of(value), wanted.name), wanted.cure)
end

local function look_at(session, object, relations, queue)
  for _, record in ipairs(relations or {}) do
    if not record.via then
      check_shape(record, rawget(object, record.name))
      for _, held in ipairs(scan.objects_in(rawget(object, record.name))) do
        take_in(session, object, record, held, queue)
      end
    end
  end
end

---Add what the session's objects hold and the session does not have yet, and what those hold.
---@param session moonpool.Session
---@param seen moonpool.orm.Seen
---@return moonpool.orm.flush.Holder[]  that hold something now
function cascade.save(session, seen)
  local uow, queue, holders = session.uow, {}, scan.holders(session.uow, seen)
  for _, holder in ipairs(holders) do
    if not uow.deleted:has(holder.object) then
      look_at(session, holder.object, holder.relations, queue)
    end
  end
  local at = 1
  while queue[at] do
    look_at(session, queue[at], scan.relations(uow, queue[at]), queue)
    at = at + 1
  end
  if #queue == 0 then return holders end
  seen_module.again(uow, seen)
  return scan.holders(uow, seen)
end

return cascade
