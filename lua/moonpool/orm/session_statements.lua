-- Statements on a session as on any executor: in its transaction, which begins for what writes.
local session_guard = require "moonpool.orm.session_guard"

local session_statements = {}

local READS = { select = true, values = true, table = true, show = true, explain = true }
local WRITES = { "insert", "update", "delete", "merge" }

local function has_word(text, words)
  for _, word in ipairs(words) do
    if text:find("%f[%w_]" .. word .. "%f[^%w_]") then return true end
  end
  return false
end

-- A word in a text or a name makes one too many a write; that costs no more than a BEGIN.
local function writes(sql)
  local text = tostring(sql):lower()
  local first = text:match "^[%s(]*(%a+)"
  if READS[first] then return has_word(text, { "for%s+update", "for%s+share", "for%s+no" }) end
  return first ~= "with" or has_word(text, WRITES)
end

local function executor_for(session, is_write)
  session:autoflush_now()
  if is_write then
    session_guard.check_writable(session)
    if not session.levels:is_open() then session:begin() end
  end
  return session.levels:executor()
end

for _, name in ipairs { "query", "one", "value", "column", "tuples", "exec", "many", "result" } do
  session_statements[name] = function(session, sql, ...)
    local executor = executor_for(session, writes(sql))
    return executor[name](executor, sql, ...)
  end
end

---@async
---@param entries table[]
---@param scope table?
function session_statements.run_group(session, entries, scope)
  local is_write = false
  for _, entry in ipairs(entries) do is_write = is_write or writes(entry.sql) end
  return executor_for(session, is_write):run_group(entries, scope)
end

local function finish(unit, ...)
  unit:commit()
  return ...
end

---Run `fn(session)` in a nested unit of work: committed when it returns, undone when it raises.
---@async
---@param fn fun(session: moonpool.Session): any
---@return any ...  what it returns
function session_statements.transaction(session, fn)
  local unit <close> = session:nested()
  return finish(unit, fn(session))
end

return session_statements
