-- Inserts of a flush: new rows grouped by the columns they give, each group one statement; pure.
local columns = require "moonpool.orm.flush.columns"
local expression = require "moonpool.sql.expression"
local insert_builder = require "moonpool.sql.insert"
local null = require "moonpool.null"
local sql = require "moonpool.orm.flush.sql"
local vectors = require "moonpool.orm.flush.vectors"

local insert = {}

---@class moonpool.orm.flush.Insert: moonpool.orm.flush.Step
---@field names string[]  columns that the rows give
---@field returned string[]  columns that the server makes
---@field summaries table<string, moonpool.orm.Summary>?  of the columns, where rows are as objects

local function is_given(work, object, one)
  return work:is_reference(object, one.name) or work:is_postponed(object, one.name)
end

-- What a row gives for a column: nil for a value, "sql", or "server" where the server makes it.
local function exception(work, object, one)
  local value = rawget(object, one.name)
  if value == nil then
    return one.server_made and not is_given(work, object, one) and "server" or nil
  end
  local is_sql = type(value) == "table" and expression.is_expression(value)
  return is_sql and not is_given(work, object, one) and "sql" or nil
end

---@param work moonpool.orm.flush.Work
---@param model moonpool.Model
---@param object table
---@return string  equal for rows that one statement can insert
function insert.shape(work, model, object)
  local shape, facts = "", columns.of(model)
  for at = 1, #facts do
    local found = exception(work, object, facts[at])
    if found then shape = shape .. facts[at].marks[found] end
  end
  return shape
end

---@param work moonpool.orm.flush.Work
---@param model moonpool.Model
---@param object table  one of its rows
---@return moonpool.orm.flush.Insert
function insert.step(work, model, object)
  local step = { kind = "insert", model = model, objects = {}, names = {}, returned = {},
    has_sql = false, statements = insert.statements }
  for _, one in ipairs(columns.of(model)) do
    local found = exception(work, object, one)
    if found ~= "server" then step.names[#step.names + 1] = one.name end
    if found then step.returned[#step.returned + 1] = one.name end
    if found == "sql" then step.has_sql = true end
  end
  return step
end

-- Whether all objects give the column alike, and none as SQL.
local function is_even(one, summary, count)
  if summary.kind == "other" then return false end
  return not one.server_made or summary.absent == 0 or summary.absent == count
end

---@param work moonpool.orm.flush.Work  a plain one
---@param model moonpool.Model
---@param objects table[]
---@return moonpool.orm.flush.Insert?  of all of them; nil where they may be of several shapes
function insert.whole(work, model, objects)
  local facts = columns.of(model)
  local summaries = work.uow.objects.survey(objects, facts.names)
  local step = { kind = "insert", model = model, objects = objects, names = {}, returned = {},
    has_sql = false, summaries = {}, statements = insert.statements }
  for at, one in ipairs(facts) do
    local summary = summaries[at]
    if not is_even(one, summary, #objects) then return nil end
    local is_made = one.server_made and summary.absent > 0
    local list = is_made and step.returned or step.names
    list[#list + 1], step.summaries[one.name] = one.name, summary
  end
  return step
end

local function sent(work, model, object, one)
  if work:is_postponed(object, one.name) or work:is_unknown(object, one.name) then return null end
  return columns.sent(model, one, work:value(object, one.name))
end

local function vectors_of(step)
  local facts, list = columns.of(step.model).by_name, {}
  for at, name in ipairs(step.names) do
    list[at] = vectors.of(facts[name])
    if not list[at] then return nil end
  end
  return list
end

local function statement(step, text, objects, params, count)
  params.n = count
  return { sql = text, params = params, step = step, objects = objects, returned = step.returned,
    is_column = #step.returned == 1 }
end

local function one_by_one(step, work)
  local list, facts = {}, columns.of(step.model).by_name
  local names = sql.names(step.model.source, work.schemas)
  local text = sql.insert_row(names.name, step.names, step.returned)
  for at, object in ipairs(step.objects) do
    local params = {}
    for place, name in ipairs(step.names) do
      params[place] = sent(work, step.model, object, facts[name])
    end
    list[at] = statement(step, text, { object }, params, #step.names)
  end
  return list
end

local function array_of(step, work, one)
  local array, objects, is_plain = {}, step.objects, work:is_plain()
  local summary = is_plain and step.summaries and step.summaries[one.name]
  if summary and columns.accept(one, summary) then return summary.values end
  for at = 1, #objects do
    if is_plain then
      local given = rawget(objects[at], one.name)
      array[at] = columns.sent(step.model, one, given)
    else
      array[at] = sent(work, step.model, objects[at], one)
    end
  end
  return array
end

-- nil where one of the values has to travel by itself.
local function as_arrays(step, work, list)
  local facts, params = columns.of(step.model).by_name, {}
  for place, name in ipairs(step.names) do
    params[place] = vectors.pack(list[place], array_of(step, work, facts[name]))
    if not params[place] then return nil end
  end
  local names = sql.names(step.model.source, work.schemas)
  local text = sql.insert_rows(names.name, step.names, list, step.returned)
  return { statement(step, text, step.objects, params, #step.names) }
end

-- Values that are SQL make each row a text of its own.
local function with_sql(step, work)
  local list, facts = {}, columns.of(step.model).by_name
  for at, object in ipairs(step.objects) do
    local row = {}
    for _, name in ipairs(step.names) do
      row[name] = sent(work, step.model, object, facts[name])
    end
    local text, params = insert_builder(step.model):values(row)
      :returning(table.unpack(step.returned)):sql()
    list[at] = statement(step, text, { object }, params, params.n)
  end
  return list
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Statement[]
function insert.statements(step, work)
  if step.has_sql then return with_sql(step, work) end
  local list = #step.objects > 1 and #step.names > 0 and vectors_of(step)
  return list and as_arrays(step, work, list) or one_by_one(step, work)
end

return insert
