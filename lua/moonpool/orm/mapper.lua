-- Between rows as the server gives them and a model's instances: load and dump of each column.
local expression = require "moonpool.sql.expression"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local value_fields = require "moonpool.orm.value_fields"

local mapper = {}

---@param model moonpool.Model
---@param row table  taken over
---@return table  an instance
function mapper.load(model, row)
  for _, item in ipairs(model.table.columns) do
    if item.load and row[item.name] ~= nil then row[item.name] = item.load(row[item.name]) end
  end
  return model_module.load(model, row)
end

---@param model moonpool.Model
---@param rows table[]
---@return table[]
function mapper.load_all(model, rows)
  local list = {}
  for at, row in ipairs(rows) do list[at] = mapper.load(model, row) end
  return list
end

---@param model moonpool.Model
---@param values table<string, any>
---@return table<string, any>  a new table, as the server takes it
function mapper.dump(model, values)
  local dumped = {}
  for name, value in pairs(value_fields.expand(model, values)) do
    local item = model.table.by_name[name]
    local is_dumped = item and item.dump and value ~= null and not expression.is_expression(value)
    if is_dumped then value = item.dump(value) end
    dumped[name] = value
  end
  return dumped
end

return mapper
