-- transaction.lua - a transaction or savepoint on a connection, ended exactly once.
local advisory_lock = require "moonpool.advisory_lock"
local channel = require "moonpool.channel"
local cleanup = require "moonpool.cleanup"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local hooks = require "moonpool.transaction_hooks"
local large_object = require "moonpool.large_object"
local label = require "moonpool.label"
local lazy = require "moonpool.util.lazy"
local options = require "moonpool.options"
local resolve = require "moonpool.resolve"
local statement_view = require "moonpool.statement_view"
local pipeline = require "moonpool.pipeline"
local plan = require "moonpool.plan"
local transaction_block = require "moonpool.transaction_block"
local transaction_event = require "moonpool.transaction_event"
local two_phase = require "moonpool.two_phase"

local transaction = {}

---@class moonpool.Transaction
local Transaction = lazy.fields({}, { session = { "moonpool.session", "on_transaction" } })
Transaction.__index = Transaction
Transaction.__name = "moonpool.transaction"
Transaction.with = statement_view.of
Transaction.as_tenant = statement_view.as_tenant

local where = transaction_event.place

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

-- Ended without having been asked to, or without an answer.
local LOSSES = {
  lost = { message = "the transaction begun at %s was lost with its connection, seen at %s" },
  ["in doubt"] = {
    message = "of the transaction begun at %s nobody knows whether its end at %s took effect",
    hint = "ask the server with mp.resolve(err), given the error that was raised there",
  },
}

local function check_open(tx)
  if tx.state == "open" then return tx.connection end
  local loss = LOSSES[tx.state]
  if loss then
    errors.raise {
      kind = "tx_lost", in_transaction = true, hint = loss.hint,
      message = loss.message:format(tx.begun_at, tx.ended_at),
    }
  end
  refuse(("transaction was already %s at %s"):format(tx.state, tx.ended_at), "begin another one")
end

-- Statements of an enclosing transaction go to the same connection: inside the savepoint.
for _, name in ipairs { "query", "one", "get", "value", "column", "tuples", "exec", "many",
  "result", "script", "stream", "cursor", "copy_in", "copy_out", "describe" } do
  Transaction[name] = function(self, ...)
    local connection = check_open(self)
    return connection[name](connection, ...)
  end
end

-- A group may end what lies inside: what it begins itself, and savepoints that groups have begun.
local function check_scope(connection, depth, scope)
  local finish = type(scope) == "table" and scope.finish
  if not finish then return end
  local is_inside = scope.begin or connection:depth() > depth
  if finish == "commit" or not is_inside then
    refuse("run_group cannot end the transaction: whoever began it does",
      "call tx:commit(), or leave finish out")
  end
end

---Statements in one round trip, as part of it.
---@async
---@param entries table[]
---@param scope moonpool.GroupScope?  a savepoint's
---@return table answers
function Transaction:run_group(entries, scope)
  local connection = check_open(self)
  check_scope(connection, self.depth, scope)
  return connection:run_group(entries, scope)
end

Transaction.notify = channel.notify
Transaction.lock = advisory_lock.in_transaction
Transaction.large_object = large_object.in_transaction
Transaction.explain = plan.explain
Transaction.pipeline = pipeline.run

-- The one place where a transaction's state changes. What is open inside ends with it.
local function set_ended(tx, state)
  if tx.child then set_ended(tx.child, state) end
  tx.state = state
  tx.ended_at = where()
  if tx.parent and tx.parent.child == tx then tx.parent.child = nil end
  if tx.owns_connection then tx.connection:close() end
  if tx.parent then return end
  transaction_event.tell(tx.connection, tx, state, tx.ended_at)
end

-- Whether the server still has it open.
local function is_pending(tx)
  return tx.connection:is_alive() and tx.connection:depth() >= tx.depth
end

-- What a released savepoint promised belongs to the transaction around it.
local function inherit_hooks(tx)
  for _, list in ipairs { "commit_hooks", "rollback_hooks" } do
    table.move(tx[list], 1, #tx[list], #tx.parent[list] + 1, tx.parent[list])
  end
end

local function check_innermost(tx)
  if not tx.child then return end
  refuse(("a savepoint begun at %s is still open"):format(tx.child.begun_at),
    "commit or roll back the savepoint first")
end

-- From here on other tasks are refused: what they sent would run behind the end, outside of it.
local function begin_end(tx, state)
  tx.state, tx.ended_at = state, where()
end

-- Nobody knows whether a transaction in doubt has rolled back: none of its functions is called.
local function fail_end(tx, err)
  tx.state = "open"
  if is_pending(tx) then error(err, 0) end
  local in_doubt = errors.is_error(err, "commit_unknown")
  if in_doubt then resolve.remember(err, tx.connection:engine()) end
  set_ended(tx, transaction_event.outcome_of(err))
  if not in_doubt then hooks.after_failure(tx.rollback_hooks) end
  error(err, 0)
end

-- Commit or prepare it, by that method of its connection, or by a function of it.
local function finish(tx, state, method, ...)
  local connection = check_open(tx)
  check_innermost(tx)
  begin_end(tx, state)
  local send = type(method) == "function" and method or connection[method]
  local ok, answer = pcall(send, connection, ...)
  if not ok then fail_end(tx, answer) end
  set_ended(tx, state)
  return answer
end

---Make it last. Runs the after_commit functions when it was the outermost one.
---@async
function Transaction:commit()
  finish(self, "committed", "session_commit")
  if self.parent then return inherit_hooks(self) end
  hooks.after_commit(self.commit_hooks)
end

---Send statements and commit, in one round trip. When a statement fails, the transaction is open
---and as it was before. `call_commit_hooks` remains to be called.
---@async
---@param entries table[]  as for run_group
---@return table answers
function Transaction:commit_group(entries)
  return finish(self, "committed", pipeline.send, entries,
    { begin = "savepoint", finish = "commit" })
end

---Run the after_commit functions of one that commit_group has ended.
---@async
function Transaction:call_commit_hooks()
  hooks.after_commit(self.commit_hooks)
end

---End it here, prepared: `db:commit_prepared(gid)` or `db:rollback_prepared(gid)` decides later,
---from anywhere. None of its after_commit and after_rollback functions is called.
---@async
---@param gid string  1 to 199 bytes, unique on the server
function Transaction:prepare(gid)
  check_open(self)
  two_phase.check_gid(gid)
  if self.parent then
    refuse("a savepoint cannot be prepared", "prepare the transaction around it")
  end
  finish(self, "prepared", "session_prepare", gid)
end

-- Savepoints inside are undone one by one, the innermost first.
local function undo(tx)
  while is_pending(tx) do
    tx.connection:session_rollback()
  end
end

-- Without waiting: the runtime rolls back before the connection does anything else.
local function undo_soon(tx)
  if tx.owns_connection or not is_pending(tx) then return end
  tx.connection:session_rollback_soon(tx.depth)
end

---Undo it. Runs the after_rollback functions. One that was lost has been rolled back already.
---@async
function Transaction:rollback()
  if self.state == "lost" then return end
  check_open(self)
  begin_end(self, "rolled back")
  local ok, err = pcall(undo, self)
  undo_soon(self)
  set_ended(self, "rolled back")
  if ok then return hooks.after_rollback(self.rollback_hooks) end
  hooks.after_failure(self.rollback_hooks)
  error(err, 0)
end

---Leave the function given to `transaction`, which then rolls back and returns `nil, reason`.
---@param reason? any
function Transaction:abort(reason)
  check_open(self)
  self.aborted = { reason = reason }
  error(self.aborted, 0)
end

function Transaction:abort_reason()
  return self.aborted
end

function Transaction:is_open()
  return self.state == "open"
end

local function add_hook(tx, list, fn)
  check_open(tx)
  if type(fn) ~= "function" then refuse(("a hook is a function, got %s"):format(type(fn))) end
  tx[list][#tx[list] + 1] = fn
end

---Call `fn()` after the outermost transaction has committed; never when this one rolls back, is
---prepared or has an unknown outcome. It may wait and use the engine. All of them are called, in
---order; then the first failure is raised as `hook_failed`, whose `committed` is true.
---@param fn function
function Transaction:after_commit(fn)
  add_hook(self, "commit_hooks", fn)
end

---Call `fn()` after this transaction, or one around it, has rolled back: also when its COMMIT
---failed, but not when that has an unknown outcome.
---@param fn function
function Transaction:after_rollback(fn)
  add_hook(self, "rollback_hooks", fn)
end

local function give_up(tx)
  undo_soon(tx)
  set_ended(tx, "rolled back")
  hooks.after_failure(tx.rollback_hooks)
end

---Tell a transaction what ended its block, so that its rollback waits no longer than that allows.
---@param err any
function Transaction:note_failure(err)
  self.is_interrupted = cleanup.is_interruption(err)
end

function Transaction:__close(err)
  if self.state ~= "open" then return end
  if not driver.can_wait() then return give_up(self) end
  cleanup.run(self.is_interrupted or cleanup.is_interruption(err), undo, self)
  give_up(self)
end

function Transaction:__tostring()
  return ("transaction(%s, begun at %s)"):format(self.state, self.begun_at)
end

---What stands for a transaction that the connection has just begun.
---@param connection moonpool.Connection
---@param parent moonpool.Transaction?  around a savepoint
---@param owns_connection boolean  the connection goes with it
---@return moonpool.Transaction
function transaction.new(connection, parent, owns_connection)
  return setmetatable({
    connection = connection,
    depth = connection:depth(),
    parent = parent,
    owns_connection = owns_connection,
    state = "open",
    begun_at = where(),
    since = driver.system.hrtime(),
    label = label.current(),
    commit_hooks = {},
    rollback_hooks = {},
  }, Transaction)
end

local function check_no_options(given)
  return options.read({}, given, { kind = "bad_argument", what = "transaction" })
end

---Begin a savepoint.
---@async
---@return moonpool.Transaction
function Transaction:begin(given)
  local connection = check_open(self)
  check_innermost(self)
  check_no_options(given)
  -- Savepoints form a stack: while one begins, no other task may begin another.
  self.child = { begun_at = where() }
  local ok, err = pcall(connection.session_begin, connection)
  self.child = ok and transaction.new(connection, self, false) or nil
  if not ok then error(err, 0) end
  return self.child
end

---Run `fn(sp)` in a savepoint.
---@async
function Transaction:transaction(fn, given)
  check_open(self)
  return transaction_block.run(Transaction.begin, self, check_no_options(given), fn)
end

return transaction
