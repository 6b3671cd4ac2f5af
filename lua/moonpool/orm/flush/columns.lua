-- What a flush needs to know of each column of a model, worked out once for each model.
local column_module = require "moonpool.schema.column"
local element_type = require "moonpool.sql.element_type"
local expression = require "moonpool.sql.expression"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local value_check = require "moonpool.schema.value_check"

local columns = {}

---@class moonpool.orm.flush.Column
---@field name string
---@field item moonpool.schema.Column
---@field server_made boolean  an insert may leave it to the server
---@field marks { server: string, sql: string }  what tells shapes of inserted rows apart
---@field element (string | false)?  its type as the element of an array parameter
---@field vector (moonpool.orm.flush.Vector | false)?  how its values travel for many rows

local known = setmetatable({}, { __mode = "k" })

local function fact(item)
  return { name = item.name, item = item, server_made = model_module.is_server_made(item),
    check = value_check.of(item), dump = item.dump, load = item.load }
end

---@param model moonpool.Model
---@return moonpool.orm.flush.Column[]  by number, and `by_name`; `loaders`: those with a `load`
function columns.of(model)
  local list = known[model]
  -- Classes that are declared later add columns to their table.
  if list and list.of == model.table.columns then return list end
  list = { by_name = {}, loaders = {}, of = model.table.columns }
  for at, item in ipairs(model.table.columns) do
    local one = fact(item)
    one.marks = { server = at .. "s", sql = at .. "q" }
    list[at], list.by_name[item.name] = one, one
    if one.load then list.loaders[#list.loaders + 1] = one end
  end
  known[model] = list
  return list
end

---@param one moonpool.orm.flush.Column
---@return string?  asked late, since a foreign key's target may be declared after it
function columns.element(one)
  if one.element == nil then
    one.element = element_type(column_module.type_of(one.item), one.item.shape) or false
  end
  return one.element or nil
end

---The value as it is sent; raises `invalid`, naming the field, for one that cannot be stored.
---@param model moonpool.Model
---@param one moonpool.orm.flush.Column
---@param given any  nil for NULL
function columns.sent(model, one, given)
  local sent = given == nil and null or given
  if one.dump and sent ~= null and not expression.is_expression(sent) then
    sent = one.dump(sent)
    if sent == nil then sent = null end
  end
  local message, hint = one.check(sent)
  if message then error(value_check.error(model.table, one.name, message, hint), 0) end
  return sent
end

return columns
