-- `update(Model):set{...}:where{...}`: changes rows, each alike or each to values of its own.
local assignment = require "moonpool.sql.assignment"
local cte = require "moonpool.sql.cte"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local join = require "moonpool.sql.join"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local rows = require "moonpool.sql.rows"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"
local values = require "moonpool.sql.values"

node.layout("update", {}, { "ctes", "source", "assignments", "sources", "joins", "conditions",
  "results" }, true)

---@class moonpool.sql.Update
local Update = statement.class("Update", "update",
  { "ctes", "assignments", "sources", "joins", "conditions", "results" }, cte.methods, join.methods)

Update.where = statement.where
Update.returning = statement.returning

---@param given table<string, any>  values, mp.null, mp.default or expressions by column name; a
---  part of a column is named by its expression: `[User.tags:at(1)] = "x"`
function Update:set(given)
  local list = assignment.read(given, self.source)
  if #list == 0 then
    statement.refuse("an update sets nothing", "name at least one column in set{...}")
  end
  return statement.with(self, "assignments", list)
end

---Several columns by one select of one row.
---@param names string[]
---@param query table
function Update:set_row(names, query)
  if type(names) ~= "table" or #names < 2 then
    statement.refuse("set_row sets at least two columns", 'set_row({ "a", "b" }, select)')
  end
  for _, name in ipairs(names) do self.source:check(name) end
  if not expression.is_statement(query) then
    statement.refuse("set_row takes a select", 'set_row({ "a", "b" }, mp.select { ... })')
  end
  return statement.add(self, "assignments", { assignment.several(
    identifier.list(names), expression.of(query)) })
end

---Tables that are read beside; conditions tie them to the one that is changed.
function Update:from(...)
  local sources, given = {}, table.pack(...)
  for at = 1, math.max(1, given.n) do sources[at] = source.of(given[at]) end
  return statement.add(self, "sources", sources)
end

local FROM_VALUES = {
  { name = "key", kind = "any", required = true, doc = "the column, or columns, that name a row" },
  { name = "types", kind = "table", default = {}, doc = "SQL types of columns by name" },
  { name = "as", kind = "string", default = "given", doc = "the name of the values as a table" },
}

local function check_complete(list, names)
  for index, row in ipairs(list) do
    for _, name in ipairs(names) do
      if row[name] == nil then
        statement.refuse(('row %d has no "%s", which others have'):format(index, name),
          "give every row the same columns; mp.null for NULL")
      end
    end
  end
end

local function read_keys(self, key, names)
  local keys = type(key) == "table" and key or { key }
  if #keys == 0 then statement.refuse("from_values has no key", '{ key = "id" }') end
  local is_key, known = {}, {}
  for _, name in ipairs(names) do known[name] = true end
  for _, name in ipairs(keys) do
    is_key[self.source:check(name)] = true
    if not known[name] then
      statement.refuse(('no row has the key "%s"'):format(name), "give every row its key")
    end
  end
  if #keys == #names then
    statement.refuse("the rows have nothing but their key", "give the values to set too")
  end
  return keys, is_key
end

local function check_types(names, type_of, table_name)
  for _, name in ipairs(names) do
    if not type_of(name) then
      statement.refuse(('the type of "%s" of "%s" is not known'):format(name, table_name),
        ('{ key = "id", types = { %s = "text" } }, or update a model'):format(name))
    end
  end
end

-- One array for each column; where a column's type cannot be an element, row by row.
local function values_source(list, names, read, type_of)
  local types = rows.are_plain(list, names) and rows.element_types(names, type_of)
  if types then return rows.unnest(list, names, types, read.as) end
  return source.of(values.typed(list, names, type_of):as(read.as))
end

---Each row to values of its own: `from_values(rows, { key = "id" })`.
---@param given table[]  rows by column name, all with the same columns
---@param options_given { key: string | string[], types: table<string, string>?, as: string? }
function Update:from_values(given, options_given)
  local read = options.read(FROM_VALUES, options_given,
    { kind = "bad_argument", what = "from_values" })
  local list = rows.read(given, "from_values")
  local names = rows.names(list, self.source)
  if #names == 0 then statement.refuse("from_values has no rows", "give at least one row") end
  check_complete(list, names)
  local keys, is_key = read_keys(self, read.key, names)
  local type_of = function(name)
    if read.types[name] then return read.types[name] end
    return self.source.type_of(name)
  end
  check_types(names, type_of, self.source.name)
  local own, set = values_source(list, names, read, type_of), {}
  for _, name in ipairs(names) do
    if not is_key[name] then set[name] = own:column(name) end
  end
  local made = self:set(set):from(own)
  for _, name in ipairs(keys) do
    made = made:where(self.source:column(name):eq(own:column(name)))
  end
  return made
end

---@param table_like any
---@return moonpool.sql.Update
return function(table_like)
  return statement.on(Update, source.written(table_like))
end
