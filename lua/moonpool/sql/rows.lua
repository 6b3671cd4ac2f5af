-- Rows of values as users give them: read, named, and where possible one array for each column.
local element_type = require "moonpool.sql.element_type"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local node = require "moonpool.sql.node"
local source = require "moonpool.sql.source"

local rows = {}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

---@param given any  one row by column name, or a list of rows
---@param what string  for the message
---@return table[]
function rows.read(given, what)
  if type(given) ~= "table" or expression.is_expression(given) then
    refuse(what .. " takes a row or a list of rows", "{ name = 1 }")
  end
  local list = #given > 0 and given or { given }
  for index, row in ipairs(list) do
    if type(row) ~= "table" or expression.is_expression(row) then
      refuse(("row %d is a %s"):format(index, type(row)), "{ name = 1 }")
    end
  end
  return list
end

---@return string[]  of all columns that some row has, sorted
function rows.names(list, origin)
  local seen, names = {}, {}
  for _, row in ipairs(list) do
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
    local value = row[name]
    if value == nil or expression.is_expression(value) or expression.is_statement(value) then
      return false
    end
  end
  return true
end

---Whether each row has a value for each of the columns.
function rows.are_plain(list, names)
  for _, row in ipairs(list) do
    if not is_plain(row, names) then return false end
  end
  return true
end

---@param type_of fun(name: string): string?, string?
---@return table<string, string>?  of the arrays' elements; nil where a column cannot be an array
function rows.element_types(names, type_of)
  local types = {}
  for _, name in ipairs(names) do
    types[name] = element_type(type_of(name))
    if not types[name] then return nil end
  end
  return types
end

---@param types table<string, string>
---@return moonpool.sql.Expression[]  one array parameter for each column
function rows.arrays(list, names, types)
  local arrays = {}
  for at, name in ipairs(names) do
    local values = {}
    for index, row in ipairs(list) do values[index] = row[name] end
    arrays[at] = expression.param(values, types[name] .. "[]")
  end
  return arrays
end

---@return moonpool.sql.Source
function rows.unnest(list, names, types, alias)
  return source.unnest(rows.arrays(list, names, types), alias, names, types)
end

---Keys side by side, under a name that no table has.
function rows.keys(arrays, names, types)
  return source.unnest(arrays, "given", names, types)
end

---@return table[]  nodes with the values in the order of the names; what is absent is the default
function rows.tuples(list, names)
  local tuples = {}
  for index, row in ipairs(list) do
    local items = {}
    for at, name in ipairs(names) do
      items[at] = row[name] == nil and expression.default or expression.operand(row[name])
    end
    tuples[index] = node.new("tuple", { items = items })
  end
  return tuples
end

return rows
