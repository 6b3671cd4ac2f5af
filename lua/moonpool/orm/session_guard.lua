-- What a session refuses: use after its end, by two tasks at once, and writes it must not make.
local caller = require "moonpool.errors.caller"
local errors = require "moonpool.errors"

local session_guard = {}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

function session_guard.check_open(session)
  if not session.is_closed then return end
  refuse("the session is closed", "open another one: db:session()")
end

function session_guard.check_writable(session)
  session_guard.check_open(session)
  if session.is_read_only then
    refuse("the session is read only", "open one without read_only = true")
  end
  if session.doubt then
    refuse("nobody knows whether the session's last commit took effect",
      "ask mp.resolve(err) with the error it raised; then s:rollback() if it did not, "
        .. "or another session if it did")
  end
end

---What is called before a flush cannot begin another one.
function session_guard.check_not_flushing(session)
  if not session.is_preparing then return end
  refuse("the session is flushing: its hooks cannot flush, commit or roll back",
    "change objects in the hook, and leave the rest to the flush")
end

---A commit with a savepoint open would leave its work to chance.
function session_guard.check_outermost(session)
  if #session.levels.list <= 1 then return end
  refuse("a nested unit of the session is still open", "commit it or roll it back first")
end

local function refuse_second(task)
  local place = caller.of(task)
  refuse("another task is using this session" .. (place and ", at " .. place or ""),
    "give each task a session of its own")
end

local function leave(session, ok, ...)
  session.busy = nil
  if not ok then error((...), 0) end
  return ...
end

---A method that waits: refused while another task waits in one of this session.
---@param fn function
---@return function
function session_guard.method(fn)
  return function(session, ...)
    session_guard.check_open(session)
    local task = coroutine.running()
    if session.busy == task then return fn(session, ...) end
    if session.busy then refuse_second(session.busy) end
    session.busy = task
    return leave(session, pcall(fn, session, ...))
  end
end

return session_guard
