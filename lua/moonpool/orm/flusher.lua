-- One flush of a session: planned, sent, and then applied to its objects, or nothing at all.
local apply = require "moonpool.orm.flush.apply"
local cascade = require "moonpool.orm.cascade"
local collect = require "moonpool.orm.flush.collect"
local errors = require "moonpool.errors"
local run = require "moonpool.orm.flush.run"
local stale = require "moonpool.orm.flush.stale"
local steps = require "moonpool.orm.flush.steps"

local flusher = {}

---@class moonpool.orm.Flush
---@field work moonpool.orm.flush.Work
---@field steps moonpool.orm.flush.Step[]

---What a flush would do now; nothing is sent.
---@param session moonpool.Session
---@return moonpool.orm.Flush
function flusher.plan(session)
  local work = collect.work(session.uow, cascade.save(session))
  return { work = work, steps = steps.of(work), session = session }
end

local function send_all(flush, executor)
  for trip = 1, run.trip_count(flush.steps) do
    run.trip(flush.work, flush.steps, trip, function(entries)
      return executor:run_group(entries)
    end)
  end
end

local function in_savepoint(flush, transaction)
  local savepoint <close> = transaction:begin()
  send_all(flush, savepoint)
  savepoint:commit()
end

local function in_own_transaction(flush, target, options)
  local transaction <close> = target:begin(options)
  send_all(flush, transaction)
  transaction:commit()
end

-- Asked where the flush has been undone; a failure of the question hides the first one.
local function explain(flush, executor, err)
  local failed = flush.work.failed
  if not failed or not stale.is_it(err) then return err end
  local ok, found = pcall(stale.find, executor, flush.work.uow, failed)
  return ok and found or err
end

local function attempt(flush, executor, fn, ...)
  local ok, err = pcall(fn, flush, ...)
  if not ok then error(explain(flush, executor, err), 0) end
end

---Send it inside the open transaction, in a savepoint: when it fails, nothing has happened.
---@async
---@param flush moonpool.orm.Flush
---@param level moonpool.orm.Level
function flusher.run_inside(flush, level)
  attempt(flush, level.transaction, in_savepoint, level.transaction)
  apply.run(flush.work, level.journal)
end

---Send it as the first of a transaction that has just begun.
---@async
function flusher.run_first(flush, level)
  local ok, err = pcall(send_all, flush, level.transaction)
  if not ok then error(err, 0) end
  apply.run(flush.work, level.journal)
end

local function alone(flush, target, session)
  local is_plain = run.trip_count(flush.steps) == 1 and not session.is_on_transaction
    and not session.begin_options
  if is_plain then return send_all(flush, target) end
  if session.is_on_transaction then return in_savepoint(flush, target) end
  return in_own_transaction(flush, target, session.begin_options)
end

---Send it with a transaction of its own around it, BEGIN and COMMIT on the way with it.
---@async
function flusher.run_alone(flush)
  local session = flush.session
  attempt(flush, session.levels.target, alone, session.levels.target, session)
  apply.run(flush.work, nil)
end

---@return boolean
function flusher.is_in_doubt(err)
  return errors.is_error(err, "commit_unknown")
end

return flusher
