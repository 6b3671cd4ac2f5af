-- `insert(Model):values(rows)`: one row, or many by one array for each column; immutable.
local conflict = require "moonpool.sql.conflict"
local cte = require "moonpool.sql.cte"
local existing = require "moonpool.sql.existing"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local node = require "moonpool.sql.node"
local rows = require "moonpool.sql.rows"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

node.layout("insert", { "names", "overridden" },
  { "ctes", "source", "unnest", "query", "rows", "conflict", "results", "existing" }, true)

---@class moonpool.sql.Insert
local Insert = statement.class("Insert", "insert", { "ctes", "rows", "results" }, cte.methods,
  conflict.methods)

---Adds what comes back of the rows that were put in; none named: every column.
function Insert:returning(...)
  return conflict.completed(statement.returning(self, ...))
end

local function into(names)
  return #names > 0 and identifier.list(names) or nil
end

-- What the rows were, which only a look at existing rows asks for; no part of the text.
local function noting(made, list, names, types)
  statement.noting(made, "given_rows", list)
  statement.noting(made, "given_names", names)
  return statement.noting(made, "given_types", types or nil)
end

---@param given table  one row by column name, or a list of rows; an absent column takes its default
function Insert:values(given)
  local list = rows.read(given, "values")
  local names = rows.names(list, self.source)
  if #names == 0 and #list > 1 then
    statement.refuse("several rows without any column", "name at least one column")
  end
  local is_many = #list > 1 and rows.are_plain(list, names)
  local types = is_many and rows.element_types(names, self.source.type_of)
  local made = statement.with(self, "names", into(names), "query", nil,
    "unnest", types and rows.unnest(list, names, types) or nil,
    "rows", not types and rows.tuples(list, names) or {})
  return conflict.completed(noting(made, list, names, types))
end

---One row of nothing but defaults.
function Insert:default_values()
  return self:values {}
end

local function names_of(self, query)
  local outputs = query.outputs and query:outputs()
  if outputs then return outputs.names end
  statement.refuse("the select does not tell the names of its columns",
    ('insert(Model):from_select({ "%s" }, query)'):format(
      self.source.columns and self.source.columns[1] or "name"))
end

local QUERIES = { select = true, compound = true, values = true }

---@param names string[] | table  columns, in the order of the select's; left out: as it names them
---@param query table?
function Insert:from_select(names, query)
  if expression.is_statement(names) then names, query = names_of(self, names), names end
  if not expression.is_statement(query) or not QUERIES[query.kind] then
    statement.refuse(("from_select takes a select, not a %s"):format(type(query)),
      'from_select({ "id" }, mp.select { ... })')
  end
  if type(names) ~= "table" then
    statement.refuse("from_select takes the names of columns in a list",
      'from_select({ "id" }, query)')
  end
  for _, name in ipairs(names) do self.source:check(name) end
  local outputs = query:outputs()
  if outputs and #outputs.names ~= #names then
    statement.refuse(("%d columns take a select of %d"):format(#names, #outputs.names),
      "name one column for each that the select gives")
  end
  return conflict.completed(noting(statement.with(self, "names", into(names), "query", query,
    "unnest", nil, "rows", {}), nil, names))
end

---Whether rows are missing of those that were there: such as another transaction put in after this
---statement's snapshot was taken.
---@param answer any  of a terminal method
function Insert:is_short(answer)
  if not self.existing then return false end
  if type(answer) ~= "table" then return answer == nil end
  if #answer == 0 then return next(answer) == nil end
  return #answer < existing.key_count(self)
end

local OVERRIDING = { system = true, user = true }

---Whose values an identity column takes: with "system" those given here instead of the server's.
---@param whose "system" | "user"
function Insert:overriding(whose)
  if not OVERRIDING[whose] then
    statement.refuse(("overriding is system or user, not %s"):format(tostring(whose)),
      'overriding "system"')
  end
  return statement.with(self, "overridden", whose)
end

function Insert:overriding_system_value()
  return self:overriding "system"
end

---@param table_like any
---@return moonpool.sql.Insert
return function(table_like)
  return statement.on(Insert, source.written(table_like))
end
