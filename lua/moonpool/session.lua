-- session.lua - sessions on engines, connections and transactions.
local driver = require "moonpool.driver"
local orm_session = require "moonpool.orm.session"
local pipeline = require "moonpool.pipeline"
local resolve = require "moonpool.resolve"
local transaction_event = require "moonpool.transaction_event"

local session = {}

-- Where the transaction of a commit whose answer was lost ran.
local function remember(err, target)
  resolve.remember(err, target.engine and target:engine() or target)
end

-- What a session of either kind works with; not to be changed.
local ON_CONNECTION = { core = driver, remember = remember, send = pipeline.send,
  around = transaction_event.around }
local ON_TRANSACTION = { transaction = true, core = driver, remember = remember,
  send = pipeline.send }

local function open(target, given, is_transaction)
  return orm_session.open(target, given, is_transaction and ON_TRANSACTION or ON_CONNECTION)
end

---A unit of work; it takes a connection when it begins a transaction.
---@param given table?  see moonpool.orm.session
---@return moonpool.Session
function session.on_engine(engine, given)
  return open(engine, given, false)
end

---One that only reads, over an engine's replicas.
---@return moonpool.Session
function session.on_read_view(view, given)
  local copy = { read_only = true }
  for name, value in pairs(given or {}) do
    if name ~= "read_only" then copy[name] = value end
  end
  return open(view, copy, false)
end

---A unit of work on this connection; inside its transaction, where one is open.
---@return moonpool.Session
function session.on_connection(connection, given)
  return open(connection, given, connection:depth() > 0)
end

---A unit of work inside a transaction: its commit releases a savepoint of its own.
---@return moonpool.Session
function session.on_transaction(transaction, given)
  return open(transaction, given, true)
end

return session
