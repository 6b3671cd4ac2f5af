-- Sessions on several engines committed together, in two phases: all of them, or none.
local errors = require "moonpool.errors"
local entropy = require "moonpool.orm.entropy"
local generate = require "moonpool.orm.generate"
local memory = require "moonpool.orm.memory"
local session_guard = require "moonpool.orm.session_guard"

---@class moonpool.Distributed
---@field sessions moonpool.Session[]
local Distributed = {}
Distributed.__index = Distributed
Distributed.__name = "moonpool.Distributed"

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function check(session)
  session_guard.check_writable(session)
  session_guard.check_outermost(session)
  if session.levels.target.commit_prepared then return end
  refuse("a session of a transaction or a connection cannot be committed in two phases",
    "open it on its engine: db:session()")
end

-- What is prepared by then can be rolled back from anywhere.
local function undo(sessions, parts)
  for _, part in ipairs(parts) do
    if part.is_prepared then pcall(part.engine.rollback_prepared, part.engine, part.gid) end
  end
  for _, session in ipairs(sessions) do
    local undone = session.levels:take_all()
    local outermost = undone[#undone] and undone[#undone].transaction
    if outermost and outermost:is_open() then pcall(outermost.rollback, outermost) end
    memory.reopen(session.uow, undone)
  end
end

local function begin(sessions, parts)
  local name = generate.v4(entropy.random)
  for at, session in ipairs(sessions) do
    session:flush()
    local level = session.levels:innermost()
    if level then
      parts[#parts + 1] = { session = session, transaction = level.transaction,
        engine = session.levels.target, gid = ("moonpool-%s-%d"):format(name, at) }
    end
  end
end

local function prepare(sessions, parts)
  begin(sessions, parts)
  for _, part in ipairs(parts) do
    part.transaction:prepare(part.gid)
    part.is_prepared = true
  end
end

local function names_of(parts)
  local gids = {}
  for _, part in ipairs(parts) do
    if not part.is_committed then gids[#gids + 1] = part.gid end
  end
  return table.concat(gids, ", ")
end

-- From here on there is no way back: what was promised has to be kept, on every server.
local function commit_prepared(parts)
  local failure
  for _, part in ipairs(parts) do
    local ok, err = pcall(part.engine.commit_prepared, part.engine, part.gid)
    part.is_committed = ok
    if not ok then failure = failure or { cause = err } end
    part.session.levels:take_all()
    memory.commit(part.session.uow)
  end
  if not failure then return end
  errors.raise { kind = "commit_unknown", cause = failure.cause,
    message = ("all parts are prepared, and of some the COMMIT was not confirmed: %s"):format(
      tostring(failure.cause)),
    hint = "commit what db:prepared() still lists: " .. names_of(parts) }
end

---Write what has changed in all of the sessions, and make it last in all of them or in none. One
---that cannot be prepared undoes all; the objects keep their fields, and can be committed again.
---Raises `commit_unknown` where a server was lost after all had promised; its hint says what to do.
---@async
function Distributed:commit()
  for _, session in ipairs(self.sessions) do check(session) end
  local parts = {}
  local ok, err = pcall(prepare, self.sessions, parts)
  if not ok then
    undo(self.sessions, parts)
    error(err, 0)
  end
  commit_prepared(parts)
end

---@async
function Distributed:rollback()
  for _, session in ipairs(self.sessions) do session:rollback() end
end

---@param sessions moonpool.Session[]  on engines
---@return moonpool.Distributed
return function(sessions)
  if type(sessions) ~= "table" or #sessions == 0 then
    refuse("mp.distributed takes a list of sessions", "mp.distributed { s1, s2 }")
  end
  local seen = {}
  for at, session in ipairs(sessions) do
    local is_session = type(session) == "table" and session.uow and session.levels
    if not is_session or seen[session] then
      refuse(("item %d is no session, or stands twice"):format(at), "mp.distributed { s1, s2 }")
    end
    seen[session] = true
  end
  return setmetatable({ sessions = table.move(sessions, 1, #sessions, 1, {}) }, Distributed)
end
