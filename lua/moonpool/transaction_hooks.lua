-- transaction_hooks.lua - what is called after a commit or rollback: all of it, come what may.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"

local transaction_hooks = {}

local function first_error(list)
  local first
  for _, hook in ipairs(list) do
    local ok, err = pcall(hook)
    if not ok and not first then first = { cause = err } end
  end
  return first
end

-- It has happened, whatever has become of the task meanwhile: the functions may still wait.
local function run(list)
  if #list == 0 then return nil end
  return driver.shield(first_error, list)
end

local function failure(found, outcome)
  return errors.new {
    kind = "hook_failed",
    message = ("the transaction was %s; then a function given to %s failed: %s"):format(
      outcome.was, outcome.by, tostring(found.cause)),
    hint = outcome.hint,
    committed = outcome.committed,
    cause = found.cause,
  }
end

local COMMITTED = {
  was = "committed", by = "after_commit", committed = true,
  hint = "do not run the transaction again: what it did is there; see `cause`",
}
local ROLLED_BACK = {
  was = "rolled back", by = "after_rollback", committed = false,
  hint = "see `cause`",
}

---Call them all; the first failure is raised, as a `hook_failed` that says it was committed.
---@async
---@param list function[]
function transaction_hooks.after_commit(list)
  local found = run(list)
  if found then error(failure(found, COMMITTED), 0) end
end

---The same after a rollback that was asked for.
---@async
---@param list function[]
function transaction_hooks.after_rollback(list)
  local found = run(list)
  if found then error(failure(found, ROLLED_BACK), 0) end
end

---Call them all where an error is on its way already, or nobody can wait: in a task of their own
---if need be. A failure is reported like an error that nobody awaits; it hides no other.
---@param list function[]
function transaction_hooks.after_failure(list)
  if #list == 0 then return end
  if not driver.can_wait() then
    driver.spawn(transaction_hooks.after_rollback, list)
    return
  end
  local found = run(list)
  if found then driver.spawn(error, failure(found, ROLLED_BACK), 0) end
end

return transaction_hooks
