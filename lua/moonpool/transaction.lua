-- transaction.lua - a transaction or savepoint on a connection, ended exactly once.
local caller = require "moonpool.errors.caller"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local options = require "moonpool.options"
local transaction_block = require "moonpool.transaction_block"

local transaction = {}

-- A rollback at a block's end waits at most this long; then the connection is given up.
local CLEANUP_SECONDS = 5

local ISOLATIONS = { "read committed", "repeatable read", "serializable" }

local BEGIN_OPTIONS = {
  { name = "isolation", kind = "choice", values = ISOLATIONS, doc = "the server's when left out" },
  { name = "read_only", kind = "boolean", default = false, doc = "refuse writes" },
  { name = "deferrable", kind = "boolean", default = false, doc = "wait for a safe snapshot" },
}

local RUN_OPTIONS = {
  { name = "retries", kind = "integer", default = 0, min = 0, max = 1000,
    doc = "reruns after a serialization failure or a deadlock" },
  table.unpack(BEGIN_OPTIONS),
}

---@class moonpool.Transaction
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
  refuse(("transaction was already %s at %s"):format(tx.state, tx.ended_at), "begin another one")
end

-- Statements of an enclosing transaction go to the same connection: inside the savepoint.
for _, name in ipairs { "query", "one", "get", "value", "column", "tuples", "exec", "many",
  "script" } do
  Transaction[name] = function(self, ...)
    local connection = check_open(self)
    return connection[name](connection, ...)
  end
end

-- The one place where a transaction's state changes. What is open inside ends with it.
local function set_ended(tx, state)
  if tx.child then set_ended(tx.child, state) end
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

---Make it last. Runs the after_commit functions when it was the outermost one.
---@async
function Transaction:commit()
  local connection = check_open(self)
  check_innermost(self)
  begin_end(self, "committed")
  local ok, err = pcall(connection.session_commit, connection)
  if not ok then
    self.state = "open"
    if not is_pending(self) then
      set_ended(self, errors.is_error(err, "commit_unknown") and "lost" or "rolled back")
    end
    error(err, 0)
  end
  set_ended(self, "committed")
  if self.parent then return inherit_hooks(self) end
  run_hooks(self.commit_hooks)
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

---Undo it. Runs the after_rollback functions.
---@async
function Transaction:rollback()
  check_open(self)
  begin_end(self, "rolled back")
  local ok, err = pcall(undo, self)
  undo_soon(self)
  set_ended(self, "rolled back")
  run_hooks(self.rollback_hooks)
  if not ok then error(err, 0) end
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

---Call `fn()` after the outermost transaction has committed; never when this one rolls back.
---@param fn function
function Transaction:after_commit(fn)
  add_hook(self, "commit_hooks", fn)
end

---Call `fn()` after this transaction, or one around it, has rolled back.
---@param fn function
function Transaction:after_rollback(fn)
  add_hook(self, "rollback_hooks", fn)
end

local function give_up(tx)
  undo_soon(tx)
  set_ended(tx, "rolled back")
  run_hooks(tx.rollback_hooks)
end

function Transaction:__close()
  if self.state ~= "open" then return end
  if not driver.can_wait() then return give_up(self) end
  pcall(driver.shield, driver.deadline, CLEANUP_SECONDS, undo, self)
  give_up(self)
end

function Transaction:__tostring()
  return ("transaction(%s, begun at %s)"):format(self.state, self.begun_at)
end

local function new(connection, parent, owns_connection)
  return setmetatable({
    connection = connection,
    depth = connection:depth(),
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

local function begin_on_pinned(connection, settings)
  return begin_on(connection, settings, false)
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
---@param given? { isolation: string, read_only: boolean, deferrable: boolean }
---@return moonpool.Transaction
function transaction.begin_on_engine(engine, given)
  return begin_on_new(engine, read(BEGIN_OPTIONS, given))
end

---Begin a transaction on a pinned connection, which stays open when it ends.
---@async
---@return moonpool.Transaction
function transaction.begin_on_connection(connection, given)
  return begin_on_pinned(connection, read(BEGIN_OPTIONS, given))
end

---Run `fn(tx)` in a transaction on a connection of its own.
---@async
function transaction.run_on_engine(engine, fn, given)
  return transaction_block.run(begin_on_new, engine, read(RUN_OPTIONS, given), fn)
end

---The same on a pinned connection.
---@async
function transaction.run_on_connection(connection, fn, given)
  return transaction_block.run(begin_on_pinned, connection, read(RUN_OPTIONS, given), fn)
end

---Begin a savepoint.
---@async
---@return moonpool.Transaction
function Transaction:begin(given)
  local connection = check_open(self)
  check_innermost(self)
  read({}, given)
  -- Savepoints form a stack: while one begins, no other task may begin another.
  self.child = { begun_at = where() }
  local ok, err = pcall(connection.session_begin, connection)
  self.child = ok and new(connection, self, false) or nil
  if not ok then error(err, 0) end
  return self.child
end

---Run `fn(sp)` in a savepoint.
---@async
function Transaction:transaction(fn, given)
  check_open(self)
  return transaction_block.run(Transaction.begin, self, read({}, given), fn)
end

return transaction
