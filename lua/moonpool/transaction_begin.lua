-- transaction_begin.lua - how transactions begin: on a connection of their own or a pinned one, by
-- hand or around a function, with their first statements or without.
local lease = require "moonpool.lease"
local options = require "moonpool.options"
local pipeline = require "moonpool.pipeline"
local transaction = require "moonpool.transaction"
local transaction_block = require "moonpool.transaction_block"
local transaction_event = require "moonpool.transaction_event"

local transaction_begin = {}

local ISOLATIONS = { "read committed", "repeatable read", "serializable" }

local BEGIN_OPTIONS = {
  { name = "isolation", kind = "choice", values = ISOLATIONS, doc = "the server's when left out" },
  { name = "read_only", kind = "boolean", doc = "refuse writes; the server's when left out" },
  { name = "deferrable", kind = "boolean",
    doc = "wait for a safe snapshot; the server's when left out" },
}

local RUN_OPTIONS = {
  { name = "retries", kind = "integer", default = 0, min = 0, max = 1000,
    doc = "reruns after a serialization failure or a deadlock" },
  table.unpack(BEGIN_OPTIONS),
}

local where = transaction_event.place

local function read(rows, given)
  return options.read(rows, given, { kind = "bad_argument", what = "transaction" })
end

local function begin_on(connection, settings, owns_connection)
  connection:session_begin(settings.isolation or "default", settings.read_only,
    settings.deferrable, where())
  return transaction.new(connection, nil, owns_connection)
end

local function begin_on_pinned(connection, settings)
  return begin_on(connection, settings, false)
end

local function begin_on_new(engine, settings)
  local connection = lease.open(engine)
  local ok, tx = pcall(begin_on, connection, settings, true)
  if ok then return tx end
  connection:close()
  error(tx, 0)
end

---Begin a transaction on a connection of its own.
---@async
---@param given? { isolation: string, read_only: boolean, deferrable: boolean }
---@return moonpool.Transaction
function transaction_begin.on_engine(engine, given)
  return begin_on_new(engine, read(BEGIN_OPTIONS, given))
end

---Begin one on a connection of its own and send the first statements, in one round trip.
---@async
---@param engine moonpool.Engine
---@param entries table[]  as for run_group
---@param given { isolation: string, read_only: boolean, deferrable: boolean }?
---@return moonpool.Transaction
---@return table answers
function transaction_begin.with_group(engine, entries, given)
  local settings = read(BEGIN_OPTIONS, given)
  local connection = lease.open(engine)
  local ok, answers = pcall(pipeline.send, connection, entries,
    { begin = true, isolation = settings.isolation, read_only = settings.read_only,
      deferrable = settings.deferrable, label = where() })
  if ok then return transaction.new(connection, nil, true), answers end
  connection:close()
  error(answers, 0)
end

---Begin a transaction on a pinned connection, which stays open when it ends.
---@async
---@return moonpool.Transaction
function transaction_begin.on_connection(connection, given)
  return begin_on_pinned(connection, read(BEGIN_OPTIONS, given))
end

---Run `fn(tx)` in a transaction on a connection of its own.
---@async
function transaction_begin.run_on_engine(engine, fn, given)
  return transaction_block.run(begin_on_new, engine, read(RUN_OPTIONS, given), fn)
end

---The same on a pinned connection.
---@async
function transaction_begin.run_on_connection(connection, fn, given)
  local settings = read(RUN_OPTIONS, given)
  -- Inside another transaction a new attempt would meet the same snapshot and locks.
  if connection:depth() > 0 then settings.retries = 0 end
  return transaction_block.run(begin_on_pinned, connection, settings, fn)
end

return transaction_begin
