-- How the trips of a flush are sent: with what begins and ends their transaction or savepoint.
local errors = require "moonpool.errors"
local run = require "moonpool.orm.flush.run"

local sender = {}

local function send(flush, executor, trip, scope)
  run.trip(flush.work, flush.steps, trip, function(entries)
    local session = flush.session
    if trip == 1 then flush.entries = entries end
    if session.send then return session.send(executor, entries, scope) end
    return executor:run_group(entries, scope)
  end)
end

-- What a trip begins and finishes, where the trips are one transaction or savepoint.
local function scope_of(trip, count, begin, finish, options)
  local scope = {}
  if trip == 1 then
    for name, value in pairs(options or {}) do scope[name] = value end
    scope.begin = begin
  end
  if trip == count then scope.finish = finish end
  return next(scope) and scope or nil
end

-- Before the COMMIT is sent there is no doubt: what was written has gone with the connection.
local function certain(err)
  if not errors.is_error(err, "outcome_unknown") then return err end
  return errors.new { kind = "connection_lost", in_transaction = true, sqlstate = err.sqlstate,
    message = "the connection was lost before the commit: nothing was written",
    hint = "commit again" }
end

-- A connection that is given back with a transaction open rolls it back.
local function on_own_connection(flush, engine, options, count)
  local connection <close> = engine:connect()
  for trip = 1, count do
    local scope = scope_of(trip, count, true, "commit", options)
    local ok, err = pcall(send, flush, connection, trip, scope)
    if not ok then error(trip < count and certain(err) or err, 0) end
  end
end

local function undo_to(connection, depth)
  while connection:is_alive() and connection:depth() > depth do connection:session_rollback() end
end

local function send_in_savepoint(flush, transaction, count)
  for trip = 1, count do
    send(flush, transaction, trip, scope_of(trip, count, "savepoint", "release"))
  end
end

---Inside a transaction, in a savepoint: when it fails, the transaction goes on as before.
---@async
function sender.inside(flush, transaction)
  local connection = transaction.connection
  local depth = connection:depth()
  local ok, err = pcall(send_in_savepoint, flush, transaction, run.trip_count(flush.steps))
  if ok then return end
  -- What cannot be undone here is undone with the transaction.
  pcall(undo_to, connection, depth)
  error(err, 0)
end

-- A transaction for which no object stands: it is told of here.
local function whole(flush, target, fn, ...)
  local around = flush.session.around
  if not around then return fn(...) end
  return around(target, flush, fn, ...)
end

-- An engine runs nothing that changes how a connection behaves, if only until its COMMIT.
local function sets_constraints(flush)
  for _, step in ipairs(flush.steps) do
    if step.kind == "constraints" then return true end
  end
  return false
end

---A transaction of its own.
---@async
---@param options table?  isolation, read_only
function sender.alone(flush, target, options)
  local count = run.trip_count(flush.steps)
  if target.connect and (count > 1 or sets_constraints(flush)) then
    return whole(flush, target, on_own_connection, flush, target, options, count)
  end
  if count == 1 then
    return whole(flush, target, send, flush, target, 1, scope_of(1, 1, true, "commit", options))
  end
  local transaction <close> = target:begin(options)
  for trip = 1, count do send(flush, transaction, trip) end
  transaction:commit()
end

local function begin(flush, target, options)
  if not target.begin_group then
    local transaction = target:begin(options)
    return transaction, 1
  end
  local transaction
  run.trip(flush.work, flush.steps, 1, function(entries)
    local answers
    transaction, answers = target:begin_group(entries, options)
    return answers
  end)
  return transaction, 2
end

local function send_rest(flush, transaction, first)
  for trip = first, run.trip_count(flush.steps) do send(flush, transaction, trip) end
end

---As the first of a transaction, which begins with it and stays open; none does when it fails.
---@async
---@param options table?  isolation, read_only
---@return moonpool.Transaction
function sender.first(flush, target, options)
  local transaction, trip = begin(flush, target, options)
  local ok, err = pcall(send_rest, flush, transaction, trip)
  if ok then return transaction end
  getmetatable(transaction).__close(transaction, err)
  error(err, 0)
end

---The last of a transaction, which is committed with it; false where that takes a trip of its own.
---@async
---@return boolean
function sender.last(flush, transaction)
  if run.trip_count(flush.steps) ~= 1 or transaction.parent then return false end
  run.trip(flush.work, flush.steps, 1, function(entries)
    return transaction:commit_group(entries)
  end)
  return true
end

return sender
