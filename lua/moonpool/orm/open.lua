-- Opens sessions on what they stand on: an engine or a pinned connection.
local session = require "moonpool.orm.session"

local open = {}

---A unit of work; it takes a connection when it begins a transaction.
---@param given table?  see moonpool.orm.session
---@return moonpool.Session
function open.on_engine(engine, given)
  return session.open(engine, given, false)
end

---A unit of work on this connection; inside its transaction, where one is open.
---@param given table?
---@return moonpool.Session
function open.on_connection(connection, given)
  return session.open(connection, given, connection:depth() > 0)
end

return open
