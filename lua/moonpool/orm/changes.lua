-- What a program may ask about an object: its state, and what has changed in it since it was read.
local errors = require "moonpool.errors"
local instance = require "moonpool.orm.instance"
local model_module = require "moonpool.orm.model"
local tracked = require "moonpool.orm.tracked"
local value = require "moonpool.orm.value"
local values = require "moonpool.orm.flush.values"

local changes = {}

local function check(object)
  local model = type(object) == "table" and model_module.of(object)
  if model then return model end
  errors.raise { kind = "bad_argument", message = ("a %s is no instance of a model"):format(
    type(object)), hint = "give what a model or a session made" }
end

local function uow_of(object)
  local session = tracked.session_of(object)
  return session and not session.is_closed and session.uow.entries[object] and session.uow
end

-- In the order of the table.
local function names_of(uow, object, said)
  local changed = uow:changes_of(object) or {}
  if next(said) == nil then return changed end
  local is_changed, names, before = {}, {}, uow:snapshot_of(object)
  for _, name in ipairs(changed) do is_changed[name] = true end
  for name, now in pairs(said) do
    is_changed[name] = not value.same(value.absent(now), before[name])
  end
  for _, item in ipairs(uow.model_of(object).table.columns) do
    if is_changed[item.name] then names[#names + 1] = item.name end
  end
  return names
end

---@param object table
---@return table<string, { from: any, to: any }>  by column; empty for one that no session knows
function changes.of(object)
  check(object)
  local uow, found = uow_of(object), {}
  if not uow then return found end
  local before, said = uow:snapshot_of(object), values.changes(uow, object, true)
  for _, name in ipairs(names_of(uow, object, said)) do
    local now = said[name]
    if now == nil then now = rawget(object, name) end
    found[name] = { from = value.copy(before[name]), to = value.absent(now) }
  end
  return found
end

---@param object table
---@return "transient" | "pending" | "persistent" | "deleted" | "detached" state
---@return string[] changed  columns that differ from the row as it is known
function changes.state(object)
  check(object)
  local uow = uow_of(object)
  if not uow then return instance.state(object), {} end
  return instance.state(object), names_of(uow, object, values.changes(uow, object, true))
end

return changes
