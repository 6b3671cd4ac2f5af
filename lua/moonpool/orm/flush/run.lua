-- Sends the steps of a flush, a round trip for each level of what the server has to make first.
local answers = require "moonpool.orm.flush.answers"
local errors = require "moonpool.errors"

local run = {}

---@param list moonpool.orm.flush.Step[]
---@return integer
function run.trip_count(list)
  return #list > 0 and list[#list].trip or 0
end

local function statements_of(work, list, trip)
  local found = {}
  for _, step in ipairs(list) do
    if step.trip == trip then
      for _, one in ipairs(step:statements(work)) do found[#found + 1] = one end
    end
  end
  return found
end

local function entries_of(statements)
  local entries = {}
  for at, one in ipairs(statements) do
    local entry = table.move(one.params, 1, one.params.n, 1, {})
    entry.method, entry.sql, entry.n = one.is_column and "column" or "query", one.sql, one.params.n
    entries[at] = entry
  end
  return entries
end

-- Which statement it was, for whoever looks for the cause.
local function place(err, entries, statements)
  if not errors.is_error(err) then return err end
  local at = err.index or entries.at
  err.index = nil
  return err, at and statements[at]
end

---@async
---@param work moonpool.orm.flush.Work
---@param list moonpool.orm.flush.Step[]
---@param trip integer
---@param send fun(entries: table[]): table[]
function run.trip(work, list, trip, send)
  local statements = statements_of(work, list, trip)
  local entries = entries_of(statements)
  local ok, results = pcall(send, entries)
  if not ok then
    local err, statement = place(results, entries, statements)
    work.failed = statement
    error(err, 0)
  end
  for at, one in ipairs(statements) do answers.note(work, one, results[at]) end
end

return run
