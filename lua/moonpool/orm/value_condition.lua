-- `Item.price:eq(value)`: conditions on a value object, which are conditions on its columns; pure.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local null = require "moonpool.null"
local suggest = require "moonpool.util.suggest"
local tuple = require "moonpool.sql.tuple"
local value_object = require "moonpool.orm.value_object"

---@class moonpool.orm.ValueCondition
---@field own moonpool.orm.ValueObject
---@field columns moonpool.sql.Expression[]
local methods = {}

local META = { __name = "moonpool.ValueObject" }

local function refuse(self, message, hint)
  errors.raise { kind = "bad_argument", hint = hint,
    message = ('"%s" is a value of several columns: %s'):format(self.own.name, message) }
end

local function all(list)
  local condition = list[1]
  for at = 2, #list do condition = condition & list[at] end
  return condition
end

-- As the server takes them; without NULLs.
local function sent(self, value)
  if type(value) == "table" and (expression.is_expression(value) or expression.is_statement(value))
  then
    refuse(self, "it is not compared with SQL", ("compare its columns: %s"):format(
      table.concat(self.own.columns, ", ")))
  end
  local list = value_object.dumped(self.own, value, self.table_name)
  for at, item in ipairs(self.own.items) do
    if list[at] ~= nil and item.dump then list[at] = item.dump(list[at]) end
  end
  return list
end

---@return moonpool.sql.Expression  no part is there
function methods:is_null()
  local list = {}
  for at, column in ipairs(self.columns) do list[at] = column:is_null() end
  return all(list)
end

function methods:is_not_null()
  return ~methods.is_null(self)
end

---@param value any  a value; mp.null; or the same of another table
function methods:eq(value)
  local list, is_other = {}, getmetatable(value) == META
  local given = is_other and value.columns or sent(self, value)
  if is_other and #given ~= #self.columns then
    refuse(self, ("it has %d columns, the other one %d"):format(#self.columns, #given),
      "compare values of one kind")
  end
  for at, column in ipairs(self.columns) do
    if given[at] == nil then list[at] = column:is_null() else list[at] = column:eq(given[at]) end
  end
  return all(list)
end

---Rows without a value are not among them, as with a column.
function methods:ne(value)
  return ~methods.eq(self, value)
end

local function has_null(self, row)
  for at = 1, #self.columns do
    if row[at] == nil then return true end
  end
  return #self.columns < 2
end

local function any(self, list)
  local condition = methods.eq(self, list[1])
  for at = 2, #list do condition = condition | methods.eq(self, list[at]) end
  return condition
end

---@param list any[]  values
function methods:one_of(list)
  if type(list) ~= "table" or #list == 0 and next(list) ~= nil then
    refuse(self, "one_of takes a list of values", "one_of { a, b }")
  end
  if #list == 0 then return expression.raw "false" end
  local rows = {}
  for at, value in ipairs(list) do
    if value == null then refuse(self, "NULL is never one of a list", "add | price:is_null()") end
    rows[at] = sent(self, value)
    if has_null(self, rows[at]) then return any(self, list) end
  end
  return tuple(table.unpack(self.columns)):one_of(rows)
end

function META.__index(self, name)
  if methods[name] then return methods[name] end
  refuse(self, ("it has no %s%s"):format(tostring(name), suggest.phrase(name, methods)),
    ("its columns have all of them: %s"):format(table.concat(rawget(self, "own").columns, ", ")))
end

function META:__tostring()
  return ('value "%s" of "%s"'):format(self.own.name, self.table_name)
end

---@param own moonpool.orm.ValueObject
---@param columns table<string, moonpool.sql.Expression>  of the model, or of an alias of it
---@param table_name string
---@return moonpool.orm.ValueCondition
return function(own, columns, table_name)
  local list = {}
  for at, name in ipairs(own.columns) do list[at] = columns[name] end
  return setmetatable({ own = own, columns = list, table_name = table_name }, META)
end
