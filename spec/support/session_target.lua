-- session_target.lua - what a session needs of an engine, recorded and answered by patterns.
local snapshot = require "moonpool.orm.snapshot"
local value = require "moonpool.orm.value"

local Target = {}
Target.__index = Target

local Result = {}
Result.__index = Result

function Result:__len() return #self.rows end

function Result:snapshot(row, names)
  local values = {}
  for _, name in ipairs(names) do
    if name then values[name] = value.copy(self.rows[row][name]) end
  end
  return values
end

-- Rows for the first pattern that the text has in it; a function gets the parameters.
local function rows_for(self, sql, params)
  for _, rule in ipairs(self.rules) do
    if sql:find(rule.pattern) then
      local rows = rule.rows
      if type(rows) == "function" then rows = rows(params) end
      if rows.raise then error(rows.raise, 0) end
      return rows
    end
  end
  return {}
end

function Target:result(sql, ...)
  table.insert(self.groups, { { sql = sql, n = select("#", ...), ... } })
  return setmetatable({ rows = rows_for(self, sql, { ... }) }, Result)
end

function Target:one(sql, ...)
  local rows = self:result(sql, ...).rows
  return rows[1] and value.copy(rows[1])
end

-- What `column` gives of rows: the first name that the text returns.
local function column_of(rows, sql)
  local name, list = sql:match "returning (%w+)", {}
  for at, row in ipairs(rows) do list[at] = row[name] end
  return list
end

local function answer(self, entry)
  local rows = rows_for(self, entry.sql, entry)
  if entry.method == "column" then return column_of(rows, entry.sql) end
  return entry.method == "result" and setmetatable({ rows = rows }, Result) or rows
end

function Target:run_group(entries, scope)
  entries.scope = scope
  table.insert(self.groups, entries)
  local answers = { n = #entries }
  for at, entry in ipairs(entries) do answers[at] = answer(self, entry) end
  return answers
end

---The rows for every text that a Lua pattern is found in; `{ raise = err }` raises.
function Target:on(pattern, rows)
  table.insert(self.rules, { pattern = pattern, rows = rows })
  return self
end

---@return string[]  the texts of one round trip
function Target:texts(trip)
  local texts = {}
  for at, entry in ipairs(self.groups[trip] or {}) do texts[at] = entry.sql end
  return texts
end

local session_target = {}

function session_target.new()
  return setmetatable({ groups = {}, rules = {} }, Target)
end

---An object of the session as if its row had been read.
function session_target.stored(session, model, values)
  local object = session:add(model(values))
  session.uow.new:remove(object)
  session.uow:track_as(object, (snapshot.take(model, object)))
  return object
end

return session_target
