-- What a program may ask about an object: its state, and what has changed in it since it was read.
local errors = require "moonpool.errors"
local instance = require "moonpool.orm.instance"
local model_module = require "moonpool.orm.model"
local tracked = require "moonpool.orm.tracked"
local value = require "moonpool.orm.value"

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

---@param object table
---@return table<string, { from: any, to: any }>  by column; empty for one that no session knows
function changes.of(object)
  check(object)
  local uow, found = uow_of(object), {}
  if not uow then return found end
  local before = uow:snapshot_of(object)
  for _, name in ipairs(uow:changes_of(object) or {}) do
    found[name] = { from = value.copy(before[name]), to = value.absent(rawget(object, name)) }
  end
  return found
end

---@param object table
---@return "transient" | "pending" | "persistent" | "deleted" | "detached" state
---@return string[] changed  columns that differ from the row as it is known
function changes.state(object)
  check(object)
  local uow = uow_of(object)
  return instance.state(object), uow and uow:changes_of(object) or {}
end

return changes
