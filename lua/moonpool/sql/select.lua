-- `select { ... }:from(Model):where{...}`: reads rows; immutable.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

---@class moonpool.sql.Select
local Select = statement.class "Select"

Select.where = statement.where

local function columns_of(origin)
  local list = {}
  for index, name in ipairs(origin.columns or {}) do list[index] = origin:column(name) end
  return list
end

-- Positional columns first, then the named ones by name.
local function read_columns(given)
  local list, names = {}, {}
  for _, item in ipairs(given) do list[#list + 1] = expression.of(item) end
  for name in pairs(given) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do list[#list + 1] = expression.label(given[name], name) end
  return list
end

---@param table_like any  a model, an alias, a table's name
function Select:from(table_like)
  return statement.with(self, { source = source.of(table_like) })
end

local function join(self, how, table_like, on)
  local origin = source.of(table_like)
  if not expression.is_expression(on) then
    errors.raise {
      kind = "bad_argument",
      message = ('the join with "%s" has no condition'):format(origin.name),
      hint = "give an expression: p.author_id:eq(u.id)",
    }
  end
  local item = { how = how, source = origin, on = on }
  return statement.with(self, { joins = statement.append(self.joins, { item }) })
end

function Select:join(table_like, on)
  return join(self, "join", table_like, on)
end

function Select:left_join(table_like, on)
  return join(self, "left join", table_like, on)
end

local function read_list(self, items)
  local list = {}
  for index, item in ipairs(items) do
    list[index] = type(item) == "string" and self.source:column(item) or expression.of(item)
  end
  return list
end

---@param columns any[]  the columns to read besides those there are
function Select:columns_added(columns)
  return statement.with(self, { columns = statement.append(self.columns, read_columns(columns)) })
end

function Select:group_by(...)
  return statement.with(self, { groups = statement.append(self.groups, read_list(self, { ... })) })
end

function Select:having(condition)
  return statement.with(self,
    { havings = statement.append(self.havings, { expression.of(condition) }) })
end

---Adds to the order; a string is a column's name.
function Select:order_by(...)
  return statement.with(self, { orders = statement.append(self.orders, read_list(self, { ... })) })
end

---@return table  the same without any order
function Select:unordered()
  return statement.with(self, { orders = {} })
end

local function count(name, value)
  if math.type(value) == "integer" and value >= 0 then return expression.of(value) end
  errors.raise {
    kind = "bad_argument",
    message = ("%s takes an integer >= 0, not %s"):format(name, tostring(value)),
    hint = "leave it out for no bound",
  }
end

function Select:limit(rows)
  return statement.with(self, { row_limit = count("limit", rows) })
end

function Select:offset(rows)
  return statement.with(self, { row_offset = count("offset", rows) })
end

local function is_shaped(self)
  return self.row_limit or self.row_offset or self.distinct or #self.groups > 0
end

---@return moonpool.sql.Select  gives one number: how many rows this one gives
function Select:count()
  local number = expression.fn.count()
  if not is_shaped(self) then return statement.with(self:unordered(), { columns = { number } }) end
  local rows = expression.fragment({ "(select count(*) from ", " as counted)" },
    { expression.of(self) })
  return statement.with(self, { columns = { rows }, source = false, joins = {}, conditions = {},
    groups = {}, havings = {}, orders = {}, row_limit = false, row_offset = false,
    distinct = false })
end

function Select:distinct_rows()
  return statement.with(self, { distinct = true })
end

---@param given table  a list of expressions with `name = expression` for named ones, or a model:
---  then all of its columns, from it
---@return moonpool.sql.Select
return function(given)
  local origin = type(given) == "table" and rawget(given, "source")
  return setmetatable({
    kind = "select",
    columns = origin and columns_of(origin) or read_columns(given or {}),
    source = origin or nil,
    joins = {}, conditions = {}, groups = {}, havings = {}, orders = {},
  }, Select)
end
