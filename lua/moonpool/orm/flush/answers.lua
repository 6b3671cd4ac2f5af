-- The answers to the statements of a flush: what the server has made, by object; pure.
local columns = require "moonpool.orm.flush.columns"
local errors = require "moonpool.errors"
local null = require "moonpool.null"

local answers = {}

local function refuse_count(statement, count)
  local name = statement.step.model.table.name
  errors.raise { kind = "invalid", table = name,
    message = ('%d of %d rows came back from an insert into "%s"'):format(count,
      #statement.objects, name),
    hint = "a trigger, rule or policy keeps rows out: write them with mp.insert instead" }
end

local function picked(statement, row)
  local facts, values = columns.of(statement.step.model).by_name, {}
  for _, name in ipairs(statement.returned) do
    local value, load = row[name], facts[name].load
    if value ~= nil and load then value = load(value) end
    if value == nil then value = null end
    values[name] = value
  end
  return values
end

local function note_column(work, statement, values)
  local name, objects = statement.returned[1], statement.objects
  local load = columns.of(statement.step.model).by_name[name].load
  for at = 1, load and #values or 0 do
    if values[at] ~= null then values[at] = load(values[at]) or null end
  end
  work:note_column(objects, name, values)
end

---@param work moonpool.orm.flush.Work
---@param statement moonpool.orm.flush.Statement
---@param rows any[]
function answers.note(work, statement, rows)
  if not statement.returned or #statement.returned == 0 then return end
  if #rows ~= #statement.objects then refuse_count(statement, #rows) end
  if statement.is_column then return note_column(work, statement, rows) end
  for at, row in ipairs(rows) do
    local place = statement.is_numbered and row.moonpool_row or at
    work:note_made(statement.objects[place], picked(statement, row))
  end
end

return answers
