-- Reads of one row by its key: only its values differ, so the statement is made once; pure.
local columns = require "moonpool.orm.loading.columns"
local model_module = require "moonpool.orm.model"
local scope = require "moonpool.orm.scope"
local select = require "moonpool.sql.select"

local key_statement = {}

---@param model moonpool.Model
---@param where table  a filter
---@param reach moonpool.orm.Reach
---@return table statement
---@return string[] names  of the model's columns, by the answer's
function key_statement.any(model, where, reach)
  local names = columns.names(model)
  local list = columns.expressions(names, model.source)
  return scope.narrow(select(list):from(model), model, model.source, reach):where(where), names
end

---@class moonpool.orm.KeyStatement
---@field text string
---@field order string[]  columns of the key, as the parameters stand
---@field names string[]  of the model's columns, by the answer's
---@field of table  the model's columns when it was made

local known = setmetatable({}, { __mode = "k" })

-- A filter's conditions stand in the order of its names, and so do their parameters.
local function make(model)
  local where, order = {}, {}
  for at, name in ipairs(model.table.primary_key.columns) do where[name], order[at] = at, name end
  table.sort(order)
  local statement, names = key_statement.any(model, where, {})
  local text = statement:sql()
  return { text = text, order = order, names = names, of = model.table.columns }
end

local function depends_on_reach(model, reach)
  local traits = model_module.class(model).traits
  return traits.tenant ~= nil or reach.with_deleted and traits.soft_delete ~= nil
end

-- Nil where the text depends on more than the model: on the executor's schemas, on whose rows are
-- read, on a value that is SQL, or on classes that may still be declared.
local function statement_of(model, executor, reach)
  if model_module.class(model).value or executor.schema_translation then return nil end
  if depends_on_reach(model, reach) then return nil end
  local made = known[model]
  if made and made.of == model.table.columns then return made end
  made = make(model)
  known[model] = made
  return made
end

---@param model moonpool.Model
---@param key table<string, any>  a value for each column of the key
---@param executor moonpool.Executor
---@param reach moonpool.orm.Reach
---@return string text
---@return table params  with `n`
---@return string[] names  of the model's columns, by the answer's
function key_statement.of(model, key, executor, reach)
  local made = statement_of(model, executor, reach)
  local params = made and { n = #made.order }
  for at = 1, made and params.n or 0 do
    local value = key[made.order[at]]
    if type(value) == "table" then made = nil break end
    params[at] = value
  end
  if made then return made.text, params, made.names end
  local statement, names = key_statement.any(model, key, reach)
  local text, given = statement:sql(executor)
  return text, given, names
end

return key_statement
