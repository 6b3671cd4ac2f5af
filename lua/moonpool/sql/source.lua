-- What a statement reads or writes: a table, a subquery or a function, with its columns if known.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local node = require "moonpool.sql.node"
local suggest = require "moonpool.util.suggest"
local text = require "moonpool.util.text"

local source = {}

node.layout("table", { "schema", "name", "alias", "only" }, { "aliases", "sample" })
node.layout("derived", { "alias", "lateral" }, { "aliases", "statement" })
node.layout("function_source", { "alias", "lateral", "ordinality" }, { "aliases", "call" })
node.layout("joined", {}, { "source", "joins" })
node.layout("unnest", { "alias" }, { "aliases", "arrays" })
node.layout("alias_column", { "name", "type" }, {})
node.layout("sample", { "method" }, { "percent", "seed" })

---@class moonpool.sql.Source
---@field schema string?
---@field name string
---@field alias string?
---@field columns string[]?  nil where the columns are not known
---@field type_of fun(name: string): string?, string?, string?  SQL type of a column, its shape, and
---  of a declared range what lies in it
---@field unique_where (fun(names: string[]): string?)?  SQL of the rows among which columns are
---  unique; nil where they are so among all
local Source = {}
Source.__index = Source
Source.__name = "moonpool.Source"

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function set_of(names)
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  return known
end

local WEAK = { __mode = "v" }

local function make(kind, fields)
  fields.type_of = fields.type_of or function() end
  fields.known = fields.known or fields.columns and set_of(fields.columns)
  fields.made, fields.starts, fields.aliased = {}, {}, setmetatable({}, WEAK)
  return setmetatable(node.new(kind, fields), Source)
end

---@param fields table  the fields above; all but `name` may be left out
---@return moonpool.sql.Source
function source.new(fields)
  return make("table", { name = fields.name, schema = fields.schema, alias = fields.alias,
    columns = fields.columns, type_of = fields.type_of, unique_where = fields.unique_where,
    only = fields.only, sample = fields.sample })
end

---Names of columns as nodes.
---@param names (string | string[])[]  { name, type } for records
---@return table[] nodes
---@return string[] columns
---@return table<string, string> types
function source.alias_columns(names)
  if type(names) ~= "table" then
    refuse(("names of columns are given in a list, not as %s"):format(text.show(names)),
      'as("t", { "id", "name" })')
  end
  local list, columns, types = {}, {}, {}
  for at, item in ipairs(names) do
    local name = type(item) == "table" and item[1] or item
    local type_sql = type(item) == "table" and item[2] or nil
    if type(name) ~= "string" then
      refuse(("column %d of the alias has no name"):format(at), 'as("t", { "id", "name" })')
    end
    list[at] = node.new("alias_column", { name = name, type = type_sql })
    columns[at], types[name] = name, type_sql
  end
  return list, columns, types
end

-- The first columns of a statement by other names.
local function renamed_outputs(names, outputs)
  local list, columns, types = source.alias_columns(names)
  if next(types) then
    refuse("only records have columns of types that are given", 'query:as("x", { "id", "name" })')
  end
  for at, name in ipairs(outputs and outputs.names or {}) do
    columns[at] = columns[at] or name
    types[columns[at]] = outputs.types[name]
  end
  return list, columns, types
end

---A select or VALUES as a table.
---@param statement table
---@param alias string
---@param options { lateral: boolean?, names: string[]? }?
function source.derived(statement, alias, options)
  local given = options or {}
  expression.query(statement)
  local outputs = statement.outputs and statement:outputs() or nil
  local aliases, columns, types
  if given.names then aliases, columns, types = renamed_outputs(given.names, outputs) end
  return make("derived", { statement = statement, alias = alias, lateral = given.lateral,
    aliases = aliases, name = alias, columns = columns or outputs and outputs.names,
    type_of = function(name) return (types or outputs and outputs.types or {})[name] end })
end

---A call of a function as a table.
local function of_function(label)
  local operand = label.operand
  local ordinality = operand.kind == "ordinality"
  local outputs = operand.kind == "json_table" and operand.outputs or nil
  return make("function_source", { call = ordinality and operand.operand or operand,
    alias = label.name, name = label.name, ordinality = ordinality,
    columns = outputs and outputs.names,
    type_of = outputs and function(name) return outputs.types[name] end })
end

---Arrays side by side as a table.
---@param arrays moonpool.sql.Expression[]
---@param alias string?
---@param names string[]
---@param types table<string, string>?
function source.unnest(arrays, alias, names, types)
  local aliases = alias and source.alias_columns(names) or nil
  return make("unnest", { arrays = arrays, alias = alias, name = alias, aliases = aliases,
    columns = names, type_of = function(name) return types and types[name] end })
end

---Joins in brackets, whose columns are those of their tables.
---@param first moonpool.sql.Source
---@param joins table[]
function source.joined(first, joins)
  return make("joined", { source = first, joins = joins, name = "joined tables", known = {} })
end

local function from_text(value)
  if value == "" then refuse("the name of a table is empty", '"table" or "schema.table"') end
  local schema, name = value:match("^([^.]+)%.([^.]+)$")
  return source.new { schema = schema, name = name or value }
end

local FUNCTIONS = { call = true, ordinality = true, fragment = true, rows_from = true,
  json_table = true }

local function of_expression(value)
  if value.kind == "label" and FUNCTIONS[value.operand.kind] then return of_function(value) end
  if value.kind == "label" and value.operand.kind == "subquery" then
    return source.derived(value.operand.statement, value.name)
  end
  if FUNCTIONS[value.kind] then
    refuse("a function in from has no name", 'mp.fn.generate_series(1, 3):as "s"')
  end
  refuse("an expression is no table to query", "give a model, an alias of one, or a table's name")
end

---A source from a table's name, a model, an alias of one, a subquery, a function, or a source.
---@param value any
---@return moonpool.sql.Source
function source.of(value)
  if getmetatable(value) == Source then return value end
  if type(value) == "string" then return from_text(value) end
  if expression.is_expression(value) then return of_expression(value) end
  if expression.is_statement(value) then
    refuse("a subquery in from has no name", 'query:as "x"')
  end
  local own = type(value) == "table" and rawget(value, "source")
  if getmetatable(own) == Source then return own end
  refuse(("%s is no table to query"):format(text.show(value)),
    "give a model, an alias of one, or a table's name")
end

---The table that a statement writes to; raises `bad_argument` for what is none.
---@param value any
---@return moonpool.sql.Source
function source.written(value)
  local own = source.of(value)
  local base = rawget(own, "base")
  if base then return base end
  if base == nil then return own end
  refuse(('a row of "%s" is in several tables'):format(own.name),
    "write it through a session: s:add(object), s:flush()")
end

---@return boolean  whether it stands for a table whose columns can be listed
function source.is_like(value)
  if getmetatable(value) == Source then return true end
  return type(value) == "table" and getmetatable(rawget(value, "source")) == Source
end

local function copy_of(self, changes)
  local fields = {}
  for _, name in ipairs { "name", "schema", "alias", "columns", "type_of", "only", "sample",
    "statement", "lateral", "aliases", "call", "ordinality", "arrays" } do
    fields[name] = rawget(self, name)
  end
  for name, value in pairs(changes) do fields[name] = value end
  -- Under an alias it is only read.
  if rawget(self, "base") ~= nil then fields.base = false end
  return make(self.kind, fields)
end

---@param alias string
---@return moonpool.sql.Source
function Source:as(alias)
  if type(alias) ~= "string" or alias == "" then
    refuse(("an alias is a name, not %s"):format(text.show(alias)), 'Model:as "m"')
  end
  local made = self.aliased[alias]
  if not made then
    made = copy_of(self, { alias = alias, known = self.known,
      name = self.kind == "table" and self.name or alias })
    self.aliased[alias] = made
  end
  return made
end

---@param names (string | string[])[]  of its columns, in their order; { name, type } for records
---@return moonpool.sql.Source
function Source:renamed(names)
  local list, columns, types = source.alias_columns(names)
  return copy_of(self, { aliases = list, columns = columns,
    type_of = function(name) return types[name] end })
end

---@return moonpool.sql.Source  the same, seeing the tables before it
function Source:as_lateral()
  return copy_of(self, { lateral = true })
end

---@param changes { only: boolean?, sample: table? }
---@return moonpool.sql.Source
function Source:changed(changes)
  return copy_of(self, changes)
end

---@return string?  by what its columns are qualified; joins in brackets have no name
function Source:qualifier()
  if self.kind ~= "joined" then return self.alias or self.name end
end

---Raises `bad_argument` with a suggestion when the columns are known and this is none of them.
---@param name any
---@return string
function Source:check(name)
  if type(name) == "string" and (not self.known or self.known[name]) then return name end
  errors.raise {
    kind = "bad_argument",
    message = ('table "%s" has no column "%s"%s'):format(
      self.name, tostring(name), suggest.phrase(name, self.known or {})),
    hint = self.columns and ("its columns are: " .. table.concat(self.columns, ", "))
      or self.kind == "joined" and "a column of a join is that of its table: p.id"
      or "name a column by a string",
    table = self.name,
  }
end

---@param name string
---@return moonpool.sql.Expression
function Source:column(name)
  local made = self.made[name]
  if not made then
    made = expression.column(self.alias or self.name, self:check(name), self.type_of(name))
    if self.known then self.made[name] = made end
  end
  return made
end

---What programs hold: an object whose fields are the columns; `c` reaches each of them.
---@param own moonpool.sql.Source
---@return table
function source.reference(own)
  local columns = setmetatable({}, {
    __index = function(_, name) return own:column(name) end,
    __newindex = function() error("a table's columns cannot be changed", 2) end,
  })
  local as = function(_, alias) return source.reference(own:as(alias)) end
  return setmetatable({ source = own, c = columns, as = as },
    { __index = columns, __name = "moonpool.Reference" })
end

return source
