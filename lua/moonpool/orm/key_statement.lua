-- Reads of one row by its key: only its values differ, so the statement is made once; pure.
local model_module = require "moonpool.orm.model"
local scope = require "moonpool.orm.scope"
local select = require "moonpool.sql.select"

local key_statement = {}

-- Deferred columns are read when they are asked for.
local function columns_of(model)
  local list, names = {}, {}
  for _, item in ipairs(model.table.columns) do
    if not item.deferred then
      list[#list + 1], names[#names + 1] = model.source:column(item.name), item.name
    end
  end
  return list, names
end

---@param model moonpool.Model
---@param where table  a filter
---@return table statement
---@return string[] names  of the model's columns, by the answer's
function key_statement.any(model, where)
  local list, names = columns_of(model)
  return scope.narrow(select(list):from(model), model, model.source):where(where), names
end

local known = setmetatable({}, { __mode = "k" })

-- A filter's conditions stand in the order of its names, and so do their parameters.
local function make(model)
  local where, order = {}, {}
  for at, name in ipairs(model.table.primary_key.columns) do where[name], order[at] = at, name end
  table.sort(order)
  local statement, names = key_statement.any(model, where)
  local text = statement:sql()
  return { text = text, order = order, names = names }
end

---@param model moonpool.Model
---@param key table<string, any>  a value for each column of the key
---@return string? text  nil where it is no other's: classes of one table are still being declared
---@return table params  with `n`
---@return string[] names
function key_statement.of(model, key)
  if model_module.class(model).value then return nil end
  local made = known[model]
  if not made then
    made = make(model)
    known[model] = made
  end
  local params = { n = #made.order }
  for at, name in ipairs(made.order) do params[at] = key[name] end
  return made.text, params, made.names
end

return key_statement
