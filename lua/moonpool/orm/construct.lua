-- `Model { email = "a" }`: a new instance, every name in it checked, its defaults set at once.
local column = require "moonpool.schema.column"
local entropy = require "moonpool.orm.entropy"
local errors = require "moonpool.errors"
local generate = require "moonpool.orm.generate"
local parts = require "moonpool.orm.parts"
local suggest = require "moonpool.util.suggest"

local GENERATORS = {
  v4 = function() return generate.v4(entropy.random) end,
  v7 = function() return generate.v7(entropy.random, entropy.time) end,
}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function initial_value(item)
  if item.generate then return (GENERATORS[item.generate] or item.generate)() end
  return column.initial_value(item)
end

local filled_of = setmetatable({}, { __mode = "k" })

-- Columns that fill themselves; asked again where classes declared later have added columns.
local function filled(columns)
  local list = filled_of[columns]
  if list and list.count == #columns then return list end
  list = { count = #columns }
  for _, item in ipairs(columns) do
    if item.generate or column.has_plain_default(item) then list[#list + 1] = item end
  end
  filled_of[columns] = list
  return list
end

local function refuse_field(described, fields, name)
  local known = {}
  for _, names in ipairs { described.by_name, fields } do
    for field_name in pairs(names) do known[field_name] = true end
  end
  refuse(('table "%s" has no column "%s"%s'):format(
    described.name, tostring(name), suggest.phrase(name, known)),
    "its columns are: " .. table.concat(described:column_names(), ", "))
end

local function is_instance(value)
  local meta = type(value) == "table" and getmetatable(value)
  return type(meta) == "table" and meta.model ~= nil
end

local WANTED = {
  [true] = { "a list of instances", "{ %s = { a, b } }" },
  [false] = { "an instance", "{ %s = Model { ... } }" },
}

-- Which model's it is shows when it is stored; the target may not be declared yet.
local function check_related(described, field, value)
  if type(value) == "table" and is_instance(value) ~= field.is_list then return end
  local wanted = WANTED[field.is_list]
  refuse(('"%s" of "%s" takes %s, not a %s'):format(field.name, described.name, wanted[1],
    type(value)), wanted[2]:format(field.name))
end

local function check(described, fields, name, value)
  local field = fields[name]
  if field and field.kind == "value" then return end
  if not field or field.is_list == nil then refuse_field(described, fields, name) end
  check_related(described, field, value)
end

---A new instance; generated values and plain defaults are in it at once.
---@param model moonpool.Model
---@param values table<string, any>
---@return table
return function(model, values)
  local described, class = model.table, getmetatable(model)
  local columns = described.by_name
  if type(values) ~= "table" then
    refuse(('an instance of "%s" is made of a table'):format(described.name), "Model { name = 1 }")
  end
  local object = {}
  for name, value in pairs(values) do
    if not columns[name] then check(described, class.fields, name, value) end
    object[name] = value
  end
  for _, item in ipairs(filled(described.columns)) do
    if object[item.name] == nil then object[item.name] = initial_value(item) end
  end
  if class.value and object[class.discriminator] == nil then
    object[class.discriminator] = class.value
  end
  parts.check_fields(model, object)
  return setmetatable(object, class.transient)
end
