-- Inserts of a flush: new rows grouped by the columns they give, each group one statement; pure.
local columns = require "moonpool.orm.flush.columns"
local expression = require "moonpool.sql.expression"
local insert_builder = require "moonpool.sql.insert"
local null = require "moonpool.null"
local sql = require "moonpool.orm.flush.sql"

local insert = {}

---@class moonpool.orm.flush.Insert: moonpool.orm.flush.Step
---@field names string[]  columns that the rows give
---@field returned string[]  columns that the server makes

-- What a row gives for a column: "v" for a value, "q" for SQL, "s" where the server makes it.
local function letter_of(work, object, one)
  local value = rawget(object, one.name)
  if value ~= nil and type(value) ~= "table" or value == nil and not one.server_made then
    return "v"
  end
  if work:is_reference(object, one.name) or work:is_postponed(object, one.name) then return "v" end
  if value == nil then return "s" end
  return expression.is_expression(value) and "q" or "v"
end

---@param work moonpool.orm.flush.Work
---@param model moonpool.Model
---@param object table
---@return string  equal for rows that one statement can insert
function insert.shape(work, model, object)
  local letters, facts = {}, columns.of(model)
  for at = 1, #facts do letters[at] = letter_of(work, object, facts[at]) end
  return table.concat(letters)
end

---@param model moonpool.Model
---@param shape string
---@return moonpool.orm.flush.Insert
function insert.step(model, shape)
  local step = { kind = "insert", model = model, objects = {}, names = {}, returned = {},
    has_sql = shape:find("q", 1, true) ~= nil, statements = insert.statements }
  for at, one in ipairs(columns.of(model)) do
    local letter = shape:sub(at, at)
    if letter ~= "s" then step.names[#step.names + 1] = one.name end
    if letter ~= "v" then step.returned[#step.returned + 1] = one.name end
  end
  return step
end

local function sent(work, model, object, one)
  if work:is_postponed(object, one.name) or work:is_unknown(object, one.name) then return null end
  return columns.sent(model, one, work:value(object, one.name))
end

local function elements_of(step)
  local facts, elements = columns.of(step.model).by_name, {}
  for at, name in ipairs(step.names) do
    elements[at] = columns.element(facts[name])
    if not elements[at] then return nil end
  end
  return elements
end

local function statement(step, text, objects, params, count)
  params.n = count
  return { sql = text, params = params, step = step, objects = objects, returned = step.returned }
end

local function one_by_one(step, work)
  local list, facts = {}, columns.of(step.model).by_name
  local text = sql.insert_row(sql.names(step.model.source).name, step.names, step.returned)
  for at, object in ipairs(step.objects) do
    local params = {}
    for place, name in ipairs(step.names) do
      params[place] = sent(work, step.model, object, facts[name])
    end
    list[at] = statement(step, text, { object }, params, #step.names)
  end
  return list
end

local function as_arrays(step, work, elements)
  local facts, params = columns.of(step.model).by_name, {}
  for place, name in ipairs(step.names) do
    local one, array = facts[name], {}
    for at, object in ipairs(step.objects) do array[at] = sent(work, step.model, object, one) end
    params[place] = array
  end
  local text = sql.insert_rows(sql.names(step.model.source).name, step.names, elements,
    step.returned)
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
  local elements = #step.objects > 1 and #step.names > 0 and elements_of(step)
  if elements then return as_arrays(step, work, elements) end
  return one_by_one(step, work)
end

return insert
