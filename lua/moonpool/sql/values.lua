-- `values(rows, { columns = ... }):as "v"`: rows of values as a table, or as a query of their own.
local bounds = require "moonpool.sql.bounds"
local cte = require "moonpool.sql.cte"
local element_type = require "moonpool.sql.element_type"
local expression = require "moonpool.sql.expression"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local set_operation = require "moonpool.sql.set_operation"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"
local whole = require "moonpool.sql.whole"

local values = {}

node.layout("values", { "with_ties" }, { "ctes", "rows", "orders", "row_limit", "row_offset",
  "fetched" }, true)

---@class moonpool.sql.Values
local Values = statement.class("Values", "values", { "ctes", "rows", "orders" }, cte.methods,
  bounds.methods, set_operation.methods, whole.methods)
Values.columns = {}

local OPTIONS = {
  { name = "columns", kind = "table", doc = "names of the columns" },
  { name = "types", kind = "table", doc = "their SQL types: then the rows are one array for each" },
}

local function default_names(count)
  local names = {}
  for at = 1, count do names[at] = "column" .. at end
  return names
end

local function check_rows(given, width)
  for index, row in ipairs(given) do
    if type(row) ~= "table" or expression.is_expression(row) then
      statement.refuse(("row %d of values is a %s"):format(index, type(row)),
        'mp.values({ { 1, "a" }, { 2, "b" } }, { columns = { "id", "name" } })')
    end
    if (row.n or #row) ~= width then
      statement.refuse(("row %d of values has %d values, the first has %d"):format(index,
        row.n or #row, width), "mp.null stands for NULL")
    end
  end
end

local function width_of(given)
  if type(given) ~= "table" or #given == 0 then
    statement.refuse("values has no rows",
      'mp.values({ { 1, "a" } }, { columns = { "id", "name" } })')
  end
  local width = type(given[1]) == "table" and (given[1].n or #given[1]) or 0
  check_rows(given, width)
  return width
end

local function tuples(given, width, types)
  local list = {}
  for index, row in ipairs(given) do
    local items = {}
    for at = 1, width do
      local made = expression.constant(row[at], "numeric")
      -- The first row tells the types of the columns.
      local is_bare = types and types[at] and index == 1 and made.kind == "param"
      items[at] = is_bare and expression.param(row[at], types[at]) or made
    end
    list[index] = node.new("tuple", { items = items })
  end
  return list
end

-- Arrays need a type for each column, and values that are no expressions.
local function array_types(given, width, types)
  local elements = {}
  for at = 1, width do
    elements[at] = types and element_type(types[at])
    if not elements[at] then return nil end
    for _, row in ipairs(given) do
      if expression.is_expression(row[at]) then return nil end
    end
  end
  return elements
end

local function arrays_of(given, elements)
  local arrays = {}
  for at, element in ipairs(elements) do
    local list = {}
    for index, row in ipairs(given) do list[index] = row[at] end
    arrays[at] = expression.param(list, element .. "[]")
  end
  return arrays
end

---@param alias string
---@return table  a table with the columns
function Values:as(alias)
  local is_whole = #self.orders + #self.ctes == 0
    and not (self.row_limit or self.row_offset or self.fetched)
  if self.arrays and is_whole then
    return source.reference(source.unnest(self.arrays, alias, self.names, self.types))
  end
  return source.reference(source.derived(self, alias, { names = self.names }))
end

---@param given any[][]
---@param options_given { columns: string[]?, types: string[]? }?
---@return moonpool.sql.Values
function values.new(given, options_given)
  local read = options.read(OPTIONS, options_given, { kind = "bad_argument", what = "values" })
  local width = width_of(given)
  local names = read.columns or default_names(width)
  if #names ~= width or read.types and #read.types ~= width then
    statement.refuse(("values has rows of %d and names or types of another number"):format(width),
      "name each column once")
  end
  local made = statement.new(Values, "rows", tuples(given, width, read.types))
  local elements = array_types(given, width, read.types)
  rawset(made, "names", names)
  rawset(made, "arrays", elements and arrays_of(given, elements))
  rawset(made, "types", values.types_by_name(names, read.types))
  return made
end

---@return table<string, string>
function values.types_by_name(names, types)
  local by_name = {}
  for at, name in ipairs(names) do by_name[name] = types and types[at] end
  return by_name
end

---Rows by column name, each column of the type that its table has.
---@param list table[]
---@param names string[]
---@param type_of fun(name: string): string?
function values.typed(list, names, type_of)
  local given, types = {}, {}
  for at, name in ipairs(names) do types[at] = type_of(name) or false end
  for index, row in ipairs(list) do
    given[index] = { n = #names }
    for at, name in ipairs(names) do given[index][at] = row[name] end
  end
  return values.new(given, { columns = names, types = types })
end

return values
