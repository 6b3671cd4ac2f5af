-- two_phase.lua - transactions that were prepared: listed, committed, rolled back, from anywhere.
local errors = require "moonpool.errors"

local two_phase = {}

local GID_MAX = 199

local LIST = [[
  select gid, prepared as at, owner, database from pg_catalog.pg_prepared_xacts
  order by prepared, gid]]

local function refuse(message, ...)
  errors.raise {
    kind = "bad_argument", message = message:format(...),
    hint = ("a gid is a text of 1 to %d bytes that no other prepared transaction has")
      :format(GID_MAX),
  }
end

---Raises `bad_argument` for what the server would refuse as the name of a prepared transaction.
---@param gid string
function two_phase.check_gid(gid)
  if type(gid) ~= "string" then refuse("a gid is a string, got %s", type(gid)) end
  if #gid == 0 or #gid > GID_MAX then refuse("the gid has %d bytes", #gid) end
  local nul = gid:find("\0", 1, true)
  if nul then refuse("the gid contains a NUL byte at offset %d", nul - 1) end
  local valid, broken = utf8.len(gid)
  if not valid then refuse("the gid is no UTF-8 at offset %d", broken - 1) end
end

local function literal(gid)
  return "E'" .. gid:gsub("['\\]", "%0%0") .. "'"
end

local function finish(engine, command, gid)
  two_phase.check_gid(gid)
  local ok, err = pcall(engine.script, engine, command .. literal(gid))
  if ok then return end
  if errors.is_error(err, "outcome_unknown") then
    err.hint = "look whether db:prepared() still lists it; if so, say it again"
  elseif errors.is_error(err, "undefined_object") then
    err.hint = "db:prepared() lists those there are; it may have been ended already"
  end
  error(err, 0)
end

---What is prepared on the server and not ended yet, the oldest first. Those of another `database`
---can only be ended there.
---@async
---@param engine moonpool.Engine
---@return { gid: string, at: moonpool.Timestamp, owner: string, database: string }[]
function two_phase.list(engine)
  return engine:query(LIST)
end

---@async
---@param engine moonpool.Engine
---@param gid string
function two_phase.commit(engine, gid)
  finish(engine, "commit prepared ", gid)
end

---@async
---@param engine moonpool.Engine
---@param gid string
function two_phase.rollback(engine, gid)
  finish(engine, "rollback prepared ", gid)
end

return two_phase
