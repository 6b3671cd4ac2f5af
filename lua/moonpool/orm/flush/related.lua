-- What relations say about columns: references of new and changed ones, rows between; pure.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local value_module = require "moonpool.orm.value"

local related = {}

---@class moonpool.orm.flush.Claim
---@field owner table | false  the object that the columns refer to; false: none
---@field record moonpool.orm.Relation  which says so
---@field columns string[]  of the claimed object
---@field keys string[]  of the owner
---@field type_column string?
---@field type_value string?

local function field_text(record)
  return ("%s.%s"):format(record.owner.table.name, record.name)
end

local function refuse(kind, message, hint, model)
  errors.raise { kind = kind, message = message, hint = hint, table = model.table.name }
end

-- Columns that the program itself has changed since the object was read.
local function is_column_changed(work, object, names)
  local before = work.uow:snapshot_of(object)
  for _, name in ipairs(names) do
    if not value_module.same(value_module.absent(rawget(object, name)), before[name]) then
      return true
    end
  end
  return false
end

-- Whether the columns hold what the claim would write; what the server has yet to make is new.
local function agrees(work, object, claim)
  for at, name in ipairs(claim.columns) do
    local held = value_module.absent(rawget(object, name))
    local wanted = claim.owner and work:value(claim.owner, claim.keys[at]) or nil
    if not value_module.same(held, wanted) then return false end
  end
  return not claim.type_column or rawget(object, claim.type_column) == claim.type_value
end

local function refuse_both(object, claim)
  local model = model_module.of(object)
  local columns = table.concat(claim.columns, ", ")
  refuse("invalid", ('"%s" was changed by %s and by its column %s, to different rows'):format(
    model.table.name, field_text(claim.record), columns),
    ("write one of them: the relation, or %s"):format(columns), model)
end

local function refuse_two(object, first, second)
  local model = model_module.of(object)
  refuse("invalid", ('an object of "%s" was given to two owners, by %s and by %s'):format(
    model.table.name, field_text(first.record), field_text(second.record)),
    "put it into one of the lists alone", model)
end

---A relation says where the object's columns lead. The first that says so is kept; another one must
---say the same.
---@param work moonpool.orm.flush.Work
---@param object table
---@param claim moonpool.orm.flush.Claim
function related.claim(work, object, claim)
  local key = table.concat(claim.columns, "\0")
  local claims = work.claims[object] or {}
  work.claims[object] = claims
  local other = claims[key]
  if other and other.owner and claim.owner and other.owner ~= claim.owner then
    refuse_two(object, other, claim)
  end
  -- One that names an owner counts more than one that lets go.
  if not other or not other.owner then claims[key] = claim end
end

local function write(work, object, claim)
  for at, name in ipairs(claim.columns) do
    work:refer(object, name, claim.owner and { object = claim.owner, column = claim.keys[at] })
  end
  if claim.type_column then
    work:refer(object, claim.type_column, claim.owner and { value = claim.type_value })
  end
end

local function check_null(object, claim)
  local model = model_module.of(object)
  for _, name in ipairs(claim.columns) do
    if not model.table.by_name[name].null then
      refuse("invalid", ('an object of "%s" was taken from %s, and %s.%s cannot be NULL'):format(
        model.table.name, field_text(claim.record), model.table.name, name),
        'give it another owner, delete it, or let the relation do so: cascade = { "orphan" }',
        model)
    end
  end
end

local function settle(work, object, claim)
  local changed = is_column_changed(work, object, claim.columns)
  if changed and claim.owner and not agrees(work, object, claim) then
    refuse_both(object, claim)
  end
  if changed and not claim.owner then return end
  if claim.owner then return write(work, object, claim) end
  if claim.record.cascade.orphan and claim.record.kind ~= "belongs_to" then
    work.orphans[#work.orphans + 1] = object
    return
  end
  check_null(object, claim)
  write(work, object, claim)
end

---Turn what relations say into columns: to be called when all of them have said it.
function related.settle(work, order_of)
  local objects = {}
  for object in pairs(work.claims) do objects[#objects + 1] = object end
  for _, object in ipairs(order_of(objects)) do
    if not work.uow.deleted:has(object) then
      local keys = {}
      for key in pairs(work.claims[object]) do keys[#keys + 1] = key end
      table.sort(keys)
      for _, key in ipairs(keys) do settle(work, object, work.claims[object][key]) end
    end
  end
end

return related
