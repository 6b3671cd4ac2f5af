-- What a flush needs to know of each column of a model, worked out once for each model.
local column_module = require "moonpool.schema.column"
local element_type = require "moonpool.sql.element_type"
local expression = require "moonpool.sql.expression"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local type_name = require "moonpool.schema.type_name"
local value_check = require "moonpool.schema.value_check"

local columns = {}

---@class moonpool.orm.flush.Column
---@field name string
---@field item moonpool.schema.Column
---@field server_made boolean  an insert may leave it to the server
---@field accepted table?  kinds of values that need not be looked at one by one
---@field marks { server: string, sql: string }  what tells shapes of inserted rows apart
---@field element (string | false)?  its type as the element of an array parameter
---@field vector (moonpool.orm.flush.Vector | false)?  how its values travel for many rows

local known = setmetatable({}, { __mode = "k" })

local function fact(item)
  return { name = item.name, item = item, server_made = model_module.is_server_made(item),
    check = value_check.of(item), dump = item.dump, load = item.load }
end

---@param model moonpool.Model
---@return moonpool.orm.flush.Column[]  by number, and `by_name`; `loaders`: those with a `load`;
---  `names`
function columns.of(model)
  local list = known[model]
  -- Classes that are declared later add columns to their table.
  if list and list.of == model.table.columns then return list end
  list = { by_name = {}, loaders = {}, names = {}, of = model.table.columns }
  for at, item in ipairs(model.table.columns) do
    local one = fact(item)
    one.marks = { server = at .. "s", sql = at .. "q" }
    list[at], list.by_name[item.name], list.names[at] = one, one, item.name
    if one.load then list.loaders[#list.loaders + 1] = one end
    if one.dump then list.has_dump = true end
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

local MAX_EXACT = 1 << 53 -- integers up to it are floats, too

local function is_exact(summary)
  return not summary.low or summary.low >= -MAX_EXACT and summary.high <= MAX_EXACT
end

-- Types of which a look at the kind, and at the least and the greatest, tells about all.
local ACCEPTED = {
  int2 = { integer = true }, int4 = { integer = true }, int8 = { integer = true },
  float8 = { integer = is_exact, number = is_exact }, text = { text = true },
  bool = { boolean = true },
}

local function accepted_of(one)
  local item = one.item
  local type_sql = not item.labels and not one.dump and column_module.type_of(item)
  local read = type_sql and type_name.read(type_sql)
  return read and read.dimensions == 0 and ACCEPTED[read.base] or {}
end

local function passes(one, value)
  return value == nil or not one.check(value)
end

---Whether all values of a field can be stored; false where each has to be checked.
---@param one moonpool.orm.flush.Column
---@param summary moonpool.orm.Summary
---@return boolean
function columns.accept(one, summary)
  one.accepted = one.accepted or accepted_of(one)
  local rule = summary.kind == "none" or one.accepted[summary.kind]
  if type(rule) == "function" then rule = rule(summary) end
  if not rule or one.dump then return false end
  if summary.nulls > 0 and not passes(one, null) then return false end
  return passes(one, summary.values[1]) and passes(one, summary.low) and passes(one, summary.high)
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

---A row as it is sent; raises for a name that is no column, too.
---@param given table<string, any>
---@return table<string, any>
function columns.sent_row(model, given)
  local sent, facts = {}, columns.of(model).by_name
  for name, value in pairs(given) do
    sent[name] = columns.sent(model, facts[model.source:check(name)], value)
  end
  return sent
end

return columns
