-- How the relations that objects hold differ from what they held when they were read; pure.
local errors = require "moonpool.errors"
local links = require "moonpool.orm.flush.links"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local related = require "moonpool.orm.flush.related"
local scan = require "moonpool.orm.flush.scan"
local value_module = require "moonpool.orm.value"

local differences = {}

local function type_of_target(record, object)
  for name, target in pairs(record.targets) do
    if model_module.is_a(model_module.of(object), target) then return name end
  end
end

-- What is deleted by the same flush cannot be referred to.
local function check_alive(work, record, object)
  if not work.uow.deleted:has(object) and not work.uow.gone[object] then return end
  errors.raise { kind = "invalid", table = record.owner.table.name,
    message = ('"%s" of "%s" leads to an object that is deleted'):format(record.name,
      record.owner.table.name),
    hint = "set it to another one or to nil, or do not delete that one" }
end

local function claim_of_parent(record, parent)
  local claim = { owner = parent or false, record = record, columns = record.local_columns,
    keys = record.target_columns }
  if record.targets then
    claim.type_column = record.type_column
    claim.type_value = parent and type_of_target(record, parent)
  end
  return claim
end

local function belongs_to(work, object, record)
  local held = rawget(object, record.name)
  local now, loaded = value_module.absent(held), work.uow.loaded[object]
  local before = loaded and loaded[record.name]
  -- NULL that was given is a change, also where nobody knows what was there.
  if held ~= null and now == (before or nil) then return end
  if now then check_alive(work, record, now) end
  related.claim(work, object, claim_of_parent(record, now))
end

local function claim_of_owner(record, owner)
  return { owner = owner, record = record, columns = record.target_columns,
    keys = record.local_columns, type_column = record.type_column, type_value = record.type_value }
end

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

-- What a new object holds is all new; of a stored one it must be known what it held. Nil where
-- it is not, and has to be read first.
local function held_before(work, object, record)
  local loaded = work.uow.loaded[object]
  local before = loaded and loaded[record.name]
  if before == nil then
    local absent = work.uow.absent[object]
    local is_known = not work.uow.entries[object] or absent and absent[record.name]
    if not is_known then
      work.unread[#work.unread + 1] = { object = object, record = record }
      return nil
    end
  end
  return scan.objects_in(before or nil)
end

local function has(work, object, record)
  local now = scan.objects_in(value_module.absent(rawget(object, record.name)))
  local before = held_before(work, object, record)
  if not before then return end
  local is_now, was_before = set_of(now), set_of(before)
  local is_deleted = work.uow.deleted:has(object)
  for _, child in ipairs(now) do
    if not was_before[child] and not is_deleted then
      check_alive(work, record, child)
      related.claim(work, child, claim_of_owner(record, object))
    end
  end
  for _, child in ipairs(before) do
    if not is_now[child] then
      local claim = claim_of_owner(record, false)
      related.claim(work, child, claim)
    end
  end
end

local function many_to_many(work, object, record)
  local now = scan.objects_in(value_module.absent(rawget(object, record.name)))
  local before = held_before(work, object, record)
  if not before then return end
  local is_now, was_before = set_of(now), set_of(before)
  for _, other in ipairs(now) do
    if not was_before[other] then
      check_alive(work, record, other)
      links.add(work, record, object, other)
    end
  end
  for _, other in ipairs(before) do
    if not is_now[other] then links.remove(work, record, object, other) end
  end
end

local function is_same(a, b)
  if #a ~= #b then return false end
  for at, item in ipairs(a) do
    if b[at] ~= item then return false end
  end
  return true
end

-- What is added would be rows of the relation that it goes through, of which nobody knows more.
local function check_unchanged(work, object, record)
  local loaded = work.uow.loaded[object]
  local held, before = rawget(object, record.name), loaded and loaded[record.name]
  if held == nil or is_same(scan.objects_in(held), scan.objects_in(before or nil)) then return end
  local through = record.via[1].name
  errors.raise { kind = "invalid", table = record.owner.table.name,
    message = ('"%s" of "%s" was changed, which is only read: it goes through "%s"'):format(
      record.name, record.owner.table.name, through),
    hint = ('change the rows of "%s" instead'):format(through) }
end

local READERS = { belongs_to = belongs_to, has_one = has, has_many = has,
  many_to_many = many_to_many }

---@param work moonpool.orm.flush.Work
---@param holders moonpool.orm.flush.Holder[]
function differences.read(work, holders)
  for _, holder in ipairs(holders) do
    -- What was taken from a deleted owner before is not deleted with it.
    local is_deleted = work.uow.deleted:has(holder.object)
    for _, record in ipairs(holder.relations) do
      local counts = not is_deleted or record.kind == "has_one" or record.kind == "has_many"
      local read = record.via and check_unchanged or READERS[record.kind]
      if counts then read(work, holder.object, record) end
    end
  end
end

return differences
