-- `insert(Model):values(rows)`: one row, or many by one array for each column; immutable.
local element_type = require "moonpool.sql.element_type"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

---@class moonpool.sql.Insert
local Insert = statement.class "Insert"

Insert.returning = statement.returning

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function names_in(rows, origin)
  local seen, names = {}, {}
  for _, row in ipairs(rows) do
    for name in pairs(row) do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = origin:check(name)
      end
    end
  end
  table.sort(names)
  return names
end

local function is_plain(row, names)
  for _, name in ipairs(names) do
    if row[name] == nil or expression.is_expression(row[name]) then return false end
  end
  return true
end

local function types_of(rows, names, origin)
  if #rows < 2 or #names == 0 then return nil end
  local types = {}
  for _, name in ipairs(names) do
    types[name] = element_type(origin.type_of(name))
    if not types[name] then return nil end
  end
  for _, row in ipairs(rows) do
    if not is_plain(row, names) then return nil end
  end
  return types
end

local function arrays_of(rows, names)
  local arrays = {}
  for _, name in ipairs(names) do
    local array = {}
    for index, row in ipairs(rows) do array[index] = row[name] end
    arrays[name] = array
  end
  return arrays
end

local DEFAULT = expression.raw "default"

local function value_rows(rows, names)
  local list = {}
  for index, row in ipairs(rows) do
    local values = {}
    for at, name in ipairs(names) do
      values[at] = row[name] == nil and DEFAULT or expression.of(row[name])
    end
    list[index] = values
  end
  return list
end

local function read_rows(given)
  if type(given) ~= "table" then refuse("values takes a row or a list of rows", "{ name = 1 }") end
  local rows = #given > 0 and given or { given }
  for index, row in ipairs(rows) do
    if type(row) ~= "table" then
      refuse(("row %d is a %s"):format(index, type(row)), "{ name = 1 }")
    end
  end
  return rows
end

---@param given table  one row by column name, or a list of rows; an absent column takes its default
function Insert:values(given)
  local rows = read_rows(given)
  local names = names_in(rows, self.source)
  if #names == 0 and #rows > 1 then
    refuse("several rows without any column", "name at least one column")
  end
  local types = types_of(rows, names, self.source)
  return statement.with(self, {
    names = names,
    types = types,
    arrays = types and arrays_of(rows, names),
    rows = not types and value_rows(rows, names) or {},
  })
end

---What happens to a row whose key is there: follow with `:ignore()` or `:update(...)`.
---@param ... string  the columns of the key; none for any key (only with `:ignore()`)
function Insert:on_conflict(...)
  local target = {}
  for index, name in ipairs { ... } do target[index] = self.source:check(name) end
  return statement.with(self, { conflict = { target = target, action = nil } })
end

local function conflict_of(self, method)
  if self.conflict then return self.conflict end
  refuse(("%s is called before on_conflict"):format(method), 'insert:on_conflict("key"):' .. method)
end

---Leave the row that is there as it is.
function Insert:ignore()
  local target = conflict_of(self, "ignore()").target
  return statement.with(self, { conflict = { target = target, action = "ignore" } })
end

-- A list of names takes over the new row's values; a table of names to values sets those.
local function conflict_set(self, given)
  local set = {}
  for name, value in pairs(given) do
    if type(name) == "number" then
      set[value] = expression.column("excluded", self.source:check(value))
    else
      set[name] = value
    end
  end
  return statement.assignments(set, self.source)
end

---@param given table  `{ "name" }` takes the new value, `{ hits = expression }` sets one
function Insert:update(given)
  local target = conflict_of(self, "update{...}").target
  if #target == 0 then
    refuse("on_conflict():update needs the key's columns", 'on_conflict("id")')
  end
  return statement.with(self, { conflict = { target = target, action = "update",
    set = conflict_set(self, given), conditions = {} } })
end

---Update only where this holds; after `:update`.
function Insert:where(condition)
  local conflict = conflict_of(self, "where(...)")
  if conflict.action ~= "update" then
    refuse("where belongs to on_conflict(...):update", "call :update{...} before :where")
  end
  return statement.with(self, { conflict = { target = conflict.target, action = "update",
    set = conflict.set, conditions = statement.append(conflict.conditions, { condition }) } })
end

---@param table_like any
---@return moonpool.sql.Insert
return function(table_like)
  return setmetatable({ kind = "insert", source = source.of(table_like), names = {}, rows = {},
    results = {} }, Insert)
end
