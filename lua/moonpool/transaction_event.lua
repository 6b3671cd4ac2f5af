-- transaction_event.lua - what is told of a transaction that has ended, and of one for which no
-- object stands.
local caller = require "moonpool.errors.caller"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local observation = require "moonpool.observation"

local transaction_event = {}

---@return string  `file:line` of the caller's own Lua
function transaction_event.place()
  local place = caller.locate()
  return place and ("%s:%d"):format(place.file, place.line) or "?"
end

-- Ends that failed otherwise than by a rollback.
local FAILED_ENDS = { commit_unknown = "in doubt", connection_lost = "lost", tx_lost = "lost" }

---@param err any
---@return "in doubt"|"lost"|"rolled back"  what an end that failed has come to
function transaction_event.outcome_of(err)
  return errors.is_error(err) and FAILED_ENDS[err.kind] or "rolled back"
end

---@param target moonpool.Executor  its connection, or an engine
---@param begun { begun_at: string, since: number, label: string? }
---@param outcome string
---@param where string  `file:line` of its end
function transaction_event.tell(target, begun, outcome, where)
  observation.tell_transaction(target, { outcome = outcome, begun_at = begun.begun_at,
    where = where, seconds = driver.system.hrtime() - begun.since, label = begun.label })
end

-- Behind a failure: what was refused before it was sent has begun nothing.
local function finish(target, begun, flush, ok, ...)
  local trip = flush.entries or {}
  local was_sent = ok or (trip.server or 0) + (trip.network or 0) > 0
  if was_sent then
    local outcome = ok and "committed" or transaction_event.outcome_of((...))
    transaction_event.tell(target, begun, outcome, begun.begun_at)
  end
  if ok then return ... end
  error((...), 0)
end

---Call `fn`, which is a whole transaction, and tell of it whoever hears of transactions.
---@async
---@param target moonpool.Executor
---@param flush { entries: table[]? }  those of its first round trip, once that was tried
---@param fn function
---@return any ...  what fn returns
function transaction_event.around(target, flush, fn, ...)
  if not observation.hears_transactions(target) then return fn(...) end
  local begun = { begun_at = transaction_event.place(), since = driver.system.hrtime(),
    label = observation.label_of(target) }
  return finish(target, begun, flush, pcall(fn, ...))
end

return transaction_event
