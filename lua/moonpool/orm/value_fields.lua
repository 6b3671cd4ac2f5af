-- The value objects of instances and of rows: made of columns, and turned into them; pure.
local expression = require "moonpool.sql.expression"
local null = require "moonpool.null"
local value_module = require "moonpool.orm.value"
local value_object = require "moonpool.orm.value_object"

local value_fields = {}

local NONE = {}

---@param model moonpool.Model
---@return moonpool.orm.ValueObject[]  not to be changed
function value_fields.of(model)
  return getmetatable(model).values or NONE
end

-- What SQL will make is not known.
local function held(row, name)
  local item = value_module.absent(rawget(row, name))
  if type(item) == "table" and expression.is_expression(item) then return nil end
  return item
end

-- The value that a row's columns make; nil where all are NULL.
local function loaded(own, row)
  local list, is_there = {}, false
  for at, name in ipairs(own.columns) do
    list[at] = held(row, name)
    is_there = is_there or list[at] ~= nil
  end
  return is_there and own.load(table.unpack(list, 1, #own.columns)) or nil
end

---Give the instance the values that its columns make; those that it has it keeps.
---@param model moonpool.Model
---@param object table
function value_fields.fill(model, object)
  for _, own in ipairs(value_fields.of(model)) do
    if rawget(object, own.name) == nil then rawset(object, own.name, loaded(own, object)) end
  end
end

---@param own moonpool.orm.ValueObject
---@param list any[]  by the columns' numbers
---@param row table
---@return boolean  whether these are what the row holds
function value_fields.is_same(own, list, row)
  for at, name in ipairs(own.columns) do
    if not value_module.same(list[at], value_module.absent(rawget(row, name))) then return false end
  end
  return true
end

-- What cannot be stored agrees with nothing.
local function agrees(model, own, object)
  local now = rawget(object, own.name)
  if now == null then return false end
  local ok, list = pcall(value_object.dumped, own, now, model.table.name)
  return ok and value_fields.is_same(own, list, object)
end

local function concerns(own, names)
  for _, name in ipairs(names and own.columns or NONE) do
    if names[name] ~= nil then return true end
  end
  return names == nil
end

---The columns are what counts: values that say otherwise are made anew of them.
---@param model moonpool.Model
---@param object table
---@param names table<string, any>?  the columns that were written; all when left out
---@param before_write (fun(name: string))?
function value_fields.settle(model, object, names, before_write)
  for _, own in ipairs(value_fields.of(model)) do
    if concerns(own, names) and not agrees(model, own, object) then
      if before_write then before_write(own.name) end
      rawset(object, own.name, loaded(own, object))
    end
  end
end

---A row, or a filter, with columns instead of values; itself where it has none.
---@param model moonpool.Model
---@param row table<string, any>
---@return table<string, any>
function value_fields.expand(model, row)
  local expanded
  for _, own in ipairs(type(row) == "table" and value_fields.of(model) or NONE) do
    local given = rawget(row, own.name)
    if given ~= nil then
      expanded = expanded or value_fields.copied(row)
      expanded[own.name] = nil
      value_fields.spread(model, own, given, expanded)
    end
  end
  return expanded or row
end

---@return table
function value_fields.copied(row)
  local copy = {}
  for name, item in next, row do copy[name] = item end
  return copy
end

---Write a value's columns, mp.null for NULL.
---@param model moonpool.Model
---@param own moonpool.orm.ValueObject
---@param given any
---@param to table
function value_fields.spread(model, own, given, to)
  local list = value_object.dumped(own, given, model.table.name)
  for at, name in ipairs(own.columns) do
    local item = list[at]
    if item == nil then item = null end
    to[name] = item
  end
end

return value_fields
