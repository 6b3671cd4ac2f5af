-- One flush of a session: planned, sent, and then applied to its objects, or nothing at all.
local actor = require "moonpool.orm.flush.actor"
local apply = require "moonpool.orm.flush.apply"
local cascade = require "moonpool.orm.cascade"
local collect = require "moonpool.orm.flush.collect"
local errors = require "moonpool.errors"
local outer = require "moonpool.orm.outer"
local seen_module = require "moonpool.orm.seen"
local sender = require "moonpool.orm.sender"
local stale = require "moonpool.orm.flush.stale"
local steps = require "moonpool.orm.flush.steps"
local tenancy = require "moonpool.orm.tenancy"
local unread = require "moonpool.orm.unread"

local flusher = {}

---@class moonpool.orm.Flush
---@field work moonpool.orm.flush.Work
---@field steps moonpool.orm.flush.Step[]

local function work_of(session)
  local seen = seen_module.of(session.uow)
  return collect.work(session.uow, seen, cascade.save(session, seen))
end

local function plan_of(session, work)
  unread.check(work)
  work.tenant = session.tenant
  tenancy.claim(work)
  work.schemas = session.levels:executor().schema_translation
  return { work = work, steps = actor.first(session.actor, steps.of(work)), session = session }
end

---What a flush would do now; nothing is sent. Raises `not_loaded` for a relation that was replaced
---without being loaded.
---@param session moonpool.Session
---@return moonpool.orm.Flush
function flusher.plan(session)
  return plan_of(session, work_of(session))
end

---The same for a flush, which reads what such relations held.
---@async
---@param session moonpool.Session
---@return moonpool.orm.Flush
function flusher.prepare(session)
  local work = work_of(session)
  if #work.unread > 0 then
    unread.load(session, work)
    work = work_of(session)
  end
  return plan_of(session, work)
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
  attempt(flush, level.transaction, sender.inside, level.transaction)
  apply.run(flush.work, level.journal)
end

---Send it as the first of a transaction, which begins with it.
---@async
---@param flush moonpool.orm.Flush
function flusher.run_first(flush)
  local session = flush.session
  local target = session.levels.target
  local ok, found = pcall(sender.first, flush, target, session.begin_options)
  if not ok then error(explain(flush, target, found), 0) end
  apply.run(flush.work, session.levels:push(found).journal)
end

---Send it as the last of the transaction, and commit.
---@async
function flusher.run_last(flush, level)
  local ok, err = pcall(sender.last, flush, level.transaction)
  if not ok then error(explain(flush, level.transaction, err), 0) end
  if err then
    apply.run(flush.work, level.journal)
    return level.transaction:call_commit_hooks()
  end
  flusher.run_inside(flush, level)
  level.transaction:commit()
end

---Send it with a transaction of its own around it, BEGIN and COMMIT on the way with it.
---@async
function flusher.run_alone(flush)
  local session = flush.session
  local target = session.levels.target
  if session.is_on_transaction then
    attempt(flush, target, sender.inside, target)
  else
    attempt(flush, target, sender.alone, target, session.begin_options)
  end
  apply.run(flush.work, session.is_on_transaction and outer.journal(session) or nil)
end

---@return boolean
function flusher.is_in_doubt(err)
  return errors.is_error(err, "commit_unknown") or errors.is_error(err, "outcome_unknown")
end

return flusher
