-- Sessions: units of work over an engine, a connection or a transaction.
local budget = require "moonpool.orm.loading.budget"
local bulk = require "moonpool.orm.bulk"
local errors = require "moonpool.errors"
local events = require "moonpool.orm.events"
local flusher = require "moonpool.orm.flusher"
local hydrate = require "moonpool.orm.hydrate"
local levels = require "moonpool.orm.levels"
local loading = require "moonpool.orm.loading"
local memory = require "moonpool.orm.memory"
local merge = require "moonpool.orm.merge"
local options = require "moonpool.options"
local nested = require "moonpool.orm.nested"
local outer = require "moonpool.orm.outer"
local session_guard = require "moonpool.orm.session_guard"
local session_loading = require "moonpool.orm.session_loading"
local session_objects = require "moonpool.orm.session_objects"
local session_read = require "moonpool.orm.session_read"
local session_statements = require "moonpool.orm.session_statements"
local show = require "moonpool.orm.flush.show"
local tracked = require "moonpool.orm.tracked"
local unit_of_work = require "moonpool.orm.unit_of_work"
local upsert = require "moonpool.orm.upsert"
local where = require "moonpool.orm.where"

local session = {}

---@class moonpool.Session
---@field uow moonpool.orm.UnitOfWork
---@field levels moonpool.orm.Levels
---@field is_read_only boolean
---@field models table<moonpool.Model, true>  of which it has met objects
local Session = {}
Session.__index = Session
Session.__name = "moonpool.Session"

-- What most sessions are is not written into each.
Session.handlers, Session.models = events.NONE, {}
Session.autoflush, Session.is_read_only = true, false

local ISOLATIONS = { "read committed", "repeatable read", "serializable" }

local ROWS = {
  { name = "autoflush", kind = "boolean", default = true, doc = "flush before queries" },
  { name = "read_only", kind = "boolean", default = false, doc = "refuse writes" },
  { name = "isolation", kind = "choice", values = ISOLATIONS, doc = "the server's when left out" },
  { name = "actor", kind = "string", doc = "who acts, for tables that are audited" },
  { name = "max_statements", kind = "integer", min = 1, doc = "more reads are refused" },
}

local CONTEXT = { kind = "bad_argument", what = "session" }
local function begin_options(read)
  if not read.isolation and not read.read_only then return nil end
  return { isolation = read.isolation, read_only = read.read_only or nil }
end

local function set_options(self, given)
  local read = options.read(ROWS, given, CONTEXT)
  self.autoflush, self.is_read_only, self.actor = read.autoflush, read.read_only, read.actor
  self.begin_options = not self.is_on_transaction and begin_options(read) or nil
  self.budget = read.max_statements and budget.new(read.max_statements) or nil
end

---@param target moonpool.Executor
---@param given table?
---@param on { transaction: boolean?, core: table?, remember: function?, send: function? }
---  `transaction`: the target is one, and what the session commits is a savepoint of it;
---  `core`: does in C what is done in Lua without it; `remember(err, target)`: a commit_unknown can
---  be asked about; `send`: run_group, observed; `around`: a whole transaction, told of
---@return moonpool.Session
function session.open(target, given, on)
  -- The core's engines and connections have none: to look for it there takes a call.
  local tenant = type(target) == "table" and target.tenant or nil
  local self = setmetatable({
    levels = levels.new(target),
    uow = unit_of_work.new(tracked.metatable, on.core),
    tenant = tenant,
    is_on_transaction = on.transaction,
    remember = on.remember,
    send = on.send,
    around = on.around,
  }, Session)
  if given ~= nil then set_options(self, given) end
  return self
end

---From here on the session acts for this tenant; one that has objects already cannot change it.
---@param id any
---@return moonpool.Session self
function Session:as_tenant(id)
  if id == nil or self.uow:count() > 0 then
    errors.raise { kind = "bad_argument",
      message = id == nil and "as_tenant names no tenant" or "the session has objects already",
      hint = "db:as_tenant(id):session() opens one for a tenant" }
  end
  self.tenant = id
  return self
end

---@return "pending" | "persistent" | "deleted" | "detached"
function Session:state_of(object)
  if self.is_closed then return "detached" end
  return self.uow:state_of(object)
end

-- The transaction ended without the session: what it did is undone, what is in memory stays.
local function forget_lost(self)
  if not self.levels:is_lost() then return false end
  memory.reopen(self.uow, self.levels:take_all())
  return true
end

local function flush_in_transaction(self, flush)
  local level = self.levels:innermost()
  if level then return flusher.run_inside(flush, level) end
  flusher.run_first(flush)
end

local function note_failure(self, err)
  if flusher.is_in_doubt(err) then
    self.doubt = err
    local is_ours = err.kind == "commit_unknown" and not self.levels:is_open()
    if is_ours and self.remember then self.remember(err, self.levels.target) end
  end
  forget_lost(self)
  error(err, 0)
end

---Write what has changed, inside the transaction, which begins where there is none.
---@async
---@return integer written  rows inserted, updated or deleted
function Session:flush()
  session_guard.check_writable(self)
  session_guard.check_not_flushing(self)
  local flush = events.prepared(self, flusher.prepare)
  if #flush.steps == 0 then return 0 end
  local ok, err = pcall(flush_in_transaction, self, flush)
  if not ok then note_failure(self, err) end
  events.flushed(self, flush)
  return flush.work:count()
end

local function commit_alone(self)
  local flush = events.prepared(self, flusher.prepare)
  if #flush.steps == 0 then return end
  local ok, err = pcall(flusher.run_alone, flush)
  if not ok then note_failure(self, err) end
  events.flushed(self, flush)
end

local function end_transaction(self, fn, ...)
  local ok, err = pcall(fn, ...)
  if not ok and not errors.is_error(err, "hook_failed") then note_failure(self, err) end
  outer.keep(self, self.levels:take_all())
  if not ok then
    memory.commit(self.uow)
    error(err, 0)
  end
end

local function commit_open(self)
  local level, flush = self.levels:innermost(), events.prepared(self, flusher.prepare)
  if #flush.steps == 0 then
    return end_transaction(self, level.transaction.commit, level.transaction)
  end
  end_transaction(self, flusher.run_last, flush, level)
  events.flushed(self, flush)
end

---Write what has changed and make it last: one round trip where nothing was begun before, for each
---level of keys that the server makes.
---@async
function Session:commit()
  session_guard.check_writable(self)
  session_guard.check_not_flushing(self)
  session_guard.check_outermost(self)
  events.emit(self, "before_commit")
  -- Handlers that run between the flush and the COMMIT need them apart.
  if events.need_open_transaction(self) then Session.flush(self) end
  if self.levels:is_open() then commit_open(self) else commit_alone(self) end
  if not self.outer then memory.commit(self.uow) end
  events.committed(self)
end

---Undo everything since the last commit: in the database, and in the objects.
---@async
function Session:rollback()
  session_guard.check_not_flushing(self)
  local undone = self.levels:take_all()
  local transaction = undone[#undone] and undone[#undone].transaction
  self.doubt = nil
  local ok, err = true, nil
  if transaction and transaction:is_open() then
    ok, err = pcall(transaction.rollback, transaction)
  end
  memory.roll_back(self.uow, undone)
  if not ok then error(err, 0) end
  events.emit(self, "after_rollback")
end

---Begin the transaction now, instead of at the first flush.
---@async
---@param given { isolation: string, read_only: boolean, deferrable: boolean }?
---@return moonpool.Session self
function Session:begin(given)
  forget_lost(self)
  self.levels:begin(given or self.begin_options)
  return self
end

---End it: what is open is rolled back, objects keep their fields and are detached.
function Session:close()
  Session.__close(self)
end

function Session:__close(err)
  if self.is_closed then return end
  self.is_closed = true
  if not self.levels:is_open() then return end
  local open = self.levels:take_all()
  local transaction = open[#open] and open[#open].transaction
  if transaction and transaction:is_open() then
    getmetatable(transaction).__close(transaction, err)
  end
end

function Session:__tostring()
  return ("session(%s, %d objects)"):format(
    self.is_closed and "closed" or self.levels:is_open() and "in a transaction" or "open",
    self.uow:count())
end

---Flush before a query, unless that is switched off.
---@async
function Session:autoflush_now()
  local may_flush = self.autoflush and not self.is_read_only and not self.is_preparing
  if may_flush and not self.uow:is_empty() then
    Session.flush(self)
  end
end

local function set_autoflush(self, before, ok, ...)
  self.autoflush = before
  if not ok then error((...), 0) end
  return ...
end

---Call `fn(...)`; no query in it flushes first.
---@async
---@param fn function
---@return any ...  what it returns
function Session:no_autoflush(fn, ...)
  local before = self.autoflush
  self.autoflush = false
  return set_autoflush(self, before, pcall(fn, ...))
end

---What a flush would send now, as text and as a list; nothing is sent.
---@return moonpool.orm.Plan
function Session:plan()
  session_guard.check_open(self)
  return show.plan(flusher.plan(self))
end

Session.add = session_objects.add
Session.add_all = session_objects.add_all
Session.expunge = session_objects.expunge
Session.expire = session_objects.expire
Session.expunge_all = session_objects.expunge_all
Session.clear = session_objects.expunge_all
Session.on = events.on
Session.materialize = hydrate.result
Session.load = session_guard.method(loading.load)
Session.select = loading.select
for _, name in ipairs { "read", "find_known", "is_loaded", "keep_loaded", "keep_column", "stream",
  "siblings_of", "hold", "renew" } do
  Session[name] = session_loading[name]
end
Session.delete = session_objects.delete
Session.find = session_read.find
Session.get = session_read.get
Session.refresh = session_read.refresh
Session.nested = nested.begin
Session.merge = merge.run
Session.upsert = upsert.run
Session.bulk_insert = bulk.insert
Session.bulk_update = bulk.update
Session.update_where = where.update
Session.delete_where = where.delete

-- A repository, or a statement of the builder, runs on a session as on any executor.
for name, fn in pairs(session_statements) do Session[name] = fn end

for _, name in ipairs { "flush", "commit", "rollback", "begin", "delete", "find", "get", "refresh",
  "nested", "query", "one", "value", "column", "tuples", "exec", "many", "result", "run_group",
  "read", "merge", "upsert", "bulk_insert", "bulk_update", "update_where", "delete_where" } do
  Session[name] = session_guard.method(Session[name])
end

return session
