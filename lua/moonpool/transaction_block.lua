-- transaction_block.lua - a function run in a transaction: committed, undone, aborted, retried.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"

local transaction_block = {}

local BACKOFF_SECONDS, BACKOFF_MAX_SECONDS = 0.01, 1

-- What `fn` came to: "done" with its results, "aborted" with a reason, "failed" with an error.
local function settle(tx, ok, ...)
  local aborted = tx:abort_reason()
  if aborted then return "aborted", aborted.reason end
  if not ok then
    tx:note_failure((...))
    return "failed", ...
  end
  if tx:is_open() then tx:commit() end
  return "done", ...
end

local function attempt(begin, target, settings, fn)
  local tx <close> = begin(target, settings)
  return settle(tx, pcall(fn, tx))
end

-- Not what may have been committed, whatever its SQLSTATE.
local FINAL = { commit_unknown = true, hook_failed = true }

local function is_worth_retrying(err)
  if not errors.is_error(err) or FINAL[err.kind] then return false end
  return err:is "40001" or err:is "40P01"
end

-- Jittered, so that those who collided do not do so again.
local function back_off(attempts)
  local limit = math.min(BACKOFF_SECONDS * 2 ^ attempts, BACKOFF_MAX_SECONDS)
  driver.sleep(limit * (0.5 + math.random() / 2))
end

local finish

local function try(begin, target, settings, fn, attempts)
  return finish(begin, target, settings, fn, attempts,
    pcall(attempt, begin, target, settings, fn))
end

function finish(begin, target, settings, fn, attempts, ok, outcome, ...)
  if ok and outcome == "done" then return ... end
  if ok and outcome == "aborted" then return nil, ... end
  local err = outcome
  if ok then err = ... end
  if attempts >= (settings.retries or 0) or not is_worth_retrying(err) then error(err, 0) end
  back_off(attempts)
  return try(begin, target, settings, fn, attempts + 1)
end

---Run `fn(tx)` in what `begin(target, settings)` gives: commit when it returns, roll back when it
---raises, and do all of it again `settings.retries` times where the server asks for that.
---@async
---@return any ...  what fn returned; nil and the reason after an abort
function transaction_block.run(begin, target, settings, fn)
  if type(fn) ~= "function" then
    errors.raise {
      kind = "bad_argument",
      message = ("transaction takes a function, got %s"):format(type(fn)),
      hint = "write db:transaction(function(tx) ... end)",
    }
  end
  return try(begin, target, settings, fn, 0)
end

return transaction_block
