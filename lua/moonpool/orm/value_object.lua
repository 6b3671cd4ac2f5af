-- `value_object("price", { c.numeric "price_amount", c.text "price_currency" })`: one field of an
-- object that is several columns of its row.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local null = require "moonpool.null"
local options = require "moonpool.options"
local suggest = require "moonpool.util.suggest"

local value_object = {}

---@class moonpool.orm.ValueObject
---@field kind "value"
---@field name string
---@field columns string[]
---@field items moonpool.schema.Column[]  these columns
---@field load fun(...: any): any  makes the value; not called where all columns are NULL
---@field dump fun(value: any, place: string): ...  gives the columns' values, nil for NULL

local ROWS = {
  { name = "class", kind = "table", doc = "the metatable of its values" },
  { name = "fields", kind = "strings",
    doc = "what its columns are called in it; their names without the field's when left out" },
  { name = "load", kind = "function", doc = "makes a value of the columns" },
  { name = "dump", kind = "function", doc = "gives the columns of a value" },
}

local function refuse(name, message, hint)
  errors.raise { kind = "bad_argument", hint = hint,
    message = ('mp.value_object("%s"): %s'):format(tostring(name), message) }
end

local function split(name, given)
  if type(name) ~= "string" or name == "" then
    refuse(name, "it has no name", 'mp.value_object("price", { c.numeric "price_amount", ... })')
  end
  if type(given) ~= "table" then refuse(name, "it names no columns", "give them in a list") end
  local items, named = {}, {}
  for key, value in pairs(given) do
    if math.type(key) == "integer" then items[key] = value else named[key] = value end
  end
  return items, named
end

-- A value is there with its row, or not at all.
local function check_items(name, items)
  if #items == 0 then refuse(name, "it names no columns", "give them in a list") end
  for at, item in ipairs(items) do
    if not column.is_column(item) then
      refuse(name, ("item %d of its list is no column"):format(at), 'c.numeric "price_amount"')
    end
    if item.deferred then
      refuse(name, ('"%s" is deferred'):format(item.name), "a value is read with its row")
    end
  end
end

local function check_functions(name, read)
  if (read.load == nil) ~= (read.dump == nil) then
    refuse(name, "load and dump go together", "give both of them, or class and fields")
  end
  if read.load and (read.class or read.fields) then
    refuse(name, "class and fields say how values are made, and so do load and dump",
      "give the ones or the others")
  end
end

local function fields_of(name, items, given)
  local fields = given or {}
  if given and #given ~= #items then
    refuse(name, ("it has %d columns, and names %d fields"):format(#items, #given),
      "name one field for each column")
  end
  for at, item in ipairs(given and {} or items) do
    local is_prefixed = item.name:sub(1, #name + 1) == name .. "_"
    fields[at] = is_prefixed and item.name:sub(#name + 2) or item.name
  end
  return fields
end

local function loader(fields, class)
  return function(...)
    local made = {}
    for at, field in ipairs(fields) do made[field] = (select(at, ...)) end
    return setmetatable(made, class)
  end
end

local function check_value(place, known, value)
  if type(value) ~= "table" then
    errors.raise { kind = "invalid", message = ("%s: it is made of a table, not of a %s"):format(
      place, type(value)), hint = "give it a value of its class, or a table of its fields" }
  end
  for field in next, value do
    if not known[field] then
      errors.raise { kind = "invalid", message = ('%s: it has no field "%s"%s'):format(place,
        tostring(field), suggest.phrase(field, known)),
        hint = "declare its column, or load and dump that know it" }
    end
  end
end

local function dumper(fields)
  local known = {}
  for _, field in ipairs(fields) do known[field] = true end
  return function(value, place)
    check_value(place, known, value)
    local list = {}
    for at, field in ipairs(fields) do list[at] = rawget(value, field) end
    return table.unpack(list, 1, #fields)
  end
end

---Its columns stand in the table in their order; NULL in all of them is nil.
---@param name string  of the field
---@param given table  columns; `class`, `fields`, or `load` and `dump`
---@return table  an item of a model's list
function value_object.new(name, given)
  local items, named = split(name, given)
  local read = options.read(ROWS, named,
    { kind = "bad_argument", what = ('mp.value_object("%s")'):format(name) })
  check_items(name, items)
  check_functions(name, read)
  local own = { kind = "value", name = name, items = items, columns = {} }
  for at, item in ipairs(items) do own.columns[at] = item.name end
  local fields = fields_of(name, items, read.fields)
  own.load = read.load or loader(fields, read.class)
  own.dump = read.dump or dumper(fields)
  return { kind = "group", build = function() return items, nil, nil, own end }
end

---@param own moonpool.orm.ValueObject
---@param value any  nil and NULL are NULL in each column
---@param table_name string  whose field it is
---@return any[]  by the columns' numbers, without NULLs
function value_object.dumped(own, value, table_name)
  if value == nil or value == null then return {} end
  local place = table_name .. "." .. own.name
  local given, list = table.pack(own.dump(value, place)), {}
  for at = 1, #own.columns do
    if given[at] ~= null then list[at] = given[at] end
  end
  return list
end

return value_object
