-- transaction.lua - a transaction or savepoint on a connection, ended exactly once.
local caller = require "moonpool.errors.caller"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local transaction = {}

-- A rollback in a block's end waits at most this long; then the connection is given up.
local CLEANUP_SECONDS = 5
local BACKOFF_SECONDS, BACKOFF_MAX_SECONDS = 0.01, 1

local ISOLATIONS = { "read committed", "repeatable read", "serializable" }

local BEGIN_OPTIONS = {
  { name = "isolation", kind = "choice", values = ISOLATIONS, doc = "the server's default if absent" },
  { name = "read_only", kind = "boolean", default = false, doc = "refuse writes" },
  { name = "deferrable", kind = "boolean", default = false, doc = "wait for a safe snapshot" },
}

local RUN_OPTIONS = {
  { name = "retries", kind = "integer", default = 0, min = 0, max = 1000,
    doc = "reruns after a serialization failure or a deadlock" },
  table.unpack(BEGIN_OPTIONS),
}

local Transaction = {}
Transaction.__index = Transaction
Transaction.__name = "moonpool.transaction"

local function where()
  local place = caller.locate()
  return place and ("%s:%d"):format(place.file, place.line) or "?"
end

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function check_open(tx)
  if tx.state == "open" then return tx.connection end
  refuse(("transaction was already %s at %s"):format(tx.state, tx.ended_at or "?"),
    "begin another one")
end

-- Statements of an enclosing transaction go to the same connection: inside the savepoint.
for _, name in ipairs { "query", "one", "get", "value", "column", "tuples", "exec", "many",
  "script" } do
  Transaction[name] = function(self, ...)
    local connection = check_open(self)
    return connection[name](connection, ...)
  end
end

local function set_ended(tx, state)
  tx.state = state
  tx.ended_at = where()
  if tx.parent and tx.parent.child == tx then tx.parent.child = nil end
  if tx.owns_connection then tx.connection:close() end
end

local function run_hooks(hooks)
  for _, hook in ipairs(hooks) do
    hook()
  end
end

local function check_innermost(tx)
  if not tx.child then return end
  refuse(("a savepoint begun at %s is still open"):format(tx.child.begun_at),
    "commit or roll back the savepoint first")
end

-- Work that a released savepoint promised belongs to the transaction around it.
local function inherit_hooks(tx)
  for _, list in ipairs { "commit_hooks", "rollback_hooks" } do
    table.move(tx[list], 1, #tx[list], #tx.parent[list] + 1, tx.parent[list])
  end
end

---Make it last. Runs the after_commit functions when it was the outermost one.
---@async
function Transaction:commit()
  local connection = check_open(self)
  check_innermost(self)
  local ok, err = pcall(connection.session_commit, connection)
  if not ok then
    set_ended(self, "rolled back")
    error(err, 0)
  end
  set_ended(self, "committed")
  if self.parent then return inherit_hooks(self) end
  run_hooks(self.commit_hooks)
end

-- A savepoint that is still open inside goes with the transaction around it.
local function end_children(tx)
  if not tx.child then return end
  end_children(tx.child)
  tx.child.connection:session_rollback_soon()
  set_ended(tx.child, "rolled back")
end

---Undo it. Runs the after_rollback functions.
---@async
function Transaction:rollback()
  local connection = check_open(self)
  end_children(self)
  local ok, err = pcall(connection.session_rollback, connection)
  set_ended(self, "rolled back")
  run_hooks(self.rollback_hooks)
  if not ok then error(err, 0) end
end

---Roll back and leave the function given to `transaction`, which then returns `nil, reason`.
---@param reason? any
function Transaction:abort(reason)
  check_open(self)
  self.aborted = { reason = reason }
  error(self.aborted, 0)
end

---Call `fn()` after the outermost transaction has committed; never when it rolls back.
function Transaction:after_commit(fn)
  check_open(self)
  self.commit_hooks[#self.commit_hooks + 1] = fn
end

---Call `fn()` after this transaction, or one around it, has rolled back.
function Transaction:after_rollback(fn)
  check_open(self)
  self.rollback_hooks[#self.rollback_hooks + 1] = fn
end

-- Where the block's end cannot wait, the runtime rolls back before anything else happens.
local function give_up(tx)
  end_children(tx)
  if not tx.owns_connection then tx.connection:session_rollback_soon() end
  set_ended(tx, "rolled back")
  run_hooks(tx.rollback_hooks)
end

function Transaction:__close()
  if self.state ~= "open" then return end
  if not self.connection:is_alive() or not driver.can_wait() then return give_up(self) end
  local ok = pcall(driver.shield, driver.deadline, CLEANUP_SECONDS, self.rollback, self)
  if not ok and self.state == "open" then give_up(self) end
end

function Transaction:__tostring()
  return ("transaction(%s, begun at %s)"):format(self.state, self.begun_at)
end

local function new(connection, parent, owns_connection)
  return setmetatable({
    connection = connection,
    parent = parent,
    owns_connection = owns_connection,
    state = "open",
    begun_at = where(),
    commit_hooks = {},
    rollback_hooks = {},
  }, Transaction)
end

local function read(rows, given)
  return options.read(rows, given, { kind = "bad_argument", what = "transaction" })
end

local function begin_on(connection, settings, owns_connection)
  connection:session_begin(settings.isolation or "default", settings.read_only,
    settings.deferrable)
  return new(connection, nil, owns_connection)
end

local function begin_on_new(engine, settings)
  local connection = engine:session_open()
  local ok, tx = pcall(begin_on, connection, settings, true)
  if ok then return tx end
  connection:close()
  error(tx, 0)
end

---Begin a transaction on a connection of its own.
---@async
function transaction.begin_on_engine(engine, given)
  return begin_on_new(engine, read(BEGIN_OPTIONS, given))
end

---Begin a transaction on a pinned connection, which stays open when it ends.
---@async
function transaction.begin_on_connection(connection, given)
  return begin_on(connection, read(BEGIN_OPTIONS, given), false)
end

---Begin a savepoint.
---@async
function Transaction:begin(given)
  local connection = check_open(self)
  check_innermost(self)
  read({}, given)
  connection:session_begin()
  self.child = new(connection, self, false)
  return self.child
end

-- What `fn` came to: "done" with its results, "aborted" with a reason, "failed" with an error.
local function settle(tx, ok, ...)
  if tx.aborted then
    if tx.state == "open" then tx:rollback() end
    return "aborted", tx.aborted.reason
  end
  if not ok then return "failed", ... end
  if tx.state == "open" then tx:commit() end
  return "done", ...
end

local function attempt(begin, target, settings, fn)
  local tx <close> = begin(target, settings)
  return settle(tx, pcall(fn, tx))
end

local function is_worth_retrying(err)
  return errors.is_error(err, "40001") or errors.is_error(err, "40P01")
end

local function back_off(attempts)
  local limit = math.min(BACKOFF_SECONDS * 2 ^ attempts, BACKOFF_MAX_SECONDS)
  driver.sleep(limit * (0.5 + math.random() / 2))
end

local finish

local function rerun(begin, target, settings, fn, attempts)
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
  return rerun(begin, target, settings, fn, attempts + 1)
end

local function run(begin, target, fn, given)
  if type(fn) ~= "function" then
    refuse(("transaction takes a function, got %s"):format(type(fn)),
      "write db:transaction(function(tx) ... end)")
  end
  return rerun(begin, target, read(RUN_OPTIONS, given), fn, 0)
end

---Run `fn(tx)` in a transaction of its own: commit when it returns, roll back when it raises.
---@async
function transaction.run_on_engine(engine, fn, given)
  return run(begin_on_new, engine, fn, given)
end

---The same on a pinned connection.
---@async
function transaction.run_on_connection(connection, fn, given)
  return run(begin_on, connection, fn, given)
end

local function begin_savepoint(tx)
  return tx:begin()
end

---Run `fn(sp)` in a savepoint.
---@async
function Transaction:transaction(fn, given)
  check_open(self)
  read({}, given)
  if type(fn) ~= "function" then refuse("transaction takes a function, got " .. type(fn)) end
  return rerun(begin_savepoint, self, {}, fn, 0)
end

return transaction
