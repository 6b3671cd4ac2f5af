-- What every statement can do: be copied with a change, and show its SQL.
local compiler = require "moonpool.sql.compiler"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local filter = require "moonpool.sql.filter"
local node = require "moonpool.sql.node"
local output = require "moonpool.sql.output"
local shape = require "moonpool.sql.shape"
local source = require "moonpool.sql.source"
local terminal = require "moonpool.sql.terminal"

local statement = {}

local step = shape.step

---Raises `bad_argument`.
function statement.refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local Methods = {}

---@param executor table?  names of schemas are translated as it says
---@return string sql
---@return table params  with `n`
function Methods:sql(executor)
  return compiler.compile(self, terminal.schemas_of(executor))
end

---As a table in `from`, whose columns are those it gives.
---@param alias string
function Methods:as(alias)
  return source.reference(source.derived(self, alias))
end

---What its rows have, or nil where that is not known.
---@return { names: string[], types: table<string, string> }?
function Methods:outputs()
  return output.of(self)
end

---A class of statements. Instances are immutable: each method gives a changed copy.
---@param name string
---@param kind string
---@param lists string[]  the fields that are lists, empty at first
---@param ... table<string, function>  methods
function statement.class(name, kind, lists, ...)
  local class = { __name = "moonpool." .. name, is_statement = true, kind = kind }
  for _, methods in ipairs { Methods, terminal.methods, ... } do
    for key, method in pairs(methods) do class[key] = method end
  end
  local none = setmetatable({}, { __newindex = function() error("shared", 2) end })
  for _, field in ipairs(lists) do class[field] = none end
  class.__index = class
  class.__tostring = function(self) return (compiler.compile(self)) end
  class.__newindex = function() error("a statement cannot be changed; use its methods", 2) end
  return class
end

local function follow(at, value)
  if value == nil then return step(at, shape.ABSENT) end
  if type(value) ~= "table" then return step(at, value) end
  if value.kind then return step(at, value.shape) end
  for _, item in ipairs(value) do at = step(at, item.shape) end
  return step(at, shape.STOP)
end

local function put(copy, name, value)
  copy[name] = value
  copy.shape = follow(step(copy.shape, name), value)
end

---A first statement of a class.
---@param class table
---@param ... any  names of fields, each with its value: a node, a list of nodes, a text or a flag
function statement.new(class, ...)
  local made = { shape = node.root(class.kind), kind = class.kind }
  for at = 1, select("#", ...), 2 do put(made, select(at, ...)) end
  return setmetatable(made, class)
end

local function copy_of(self)
  local copy = {}
  for key, value in next, self do copy[key] = value end
  return copy
end

---@param self table
---@param ... any  names of fields, each with its new value; the text depends on nothing else
---@return table  a copy of the same class with the changes in it
function statement.with(self, ...)
  local copy = copy_of(self)
  for at = 1, select("#", ...), 2 do put(copy, (select(at, ...)), (select(at + 1, ...))) end
  return setmetatable(copy, getmetatable(self))
end

---@return table  a new list: the first, then the second
function statement.append(list, more)
  local joined = table.move(list, 1, #list, 1, {})
  return table.move(more, 1, #more, #joined + 1, joined)
end

---A copy with nodes added to one of its lists.
---@param field string
---@param nodes table[]
function statement.add(self, field, nodes)
  local copy = copy_of(self)
  copy[field] = statement.append(self[field], nodes)
  copy.shape = follow(step(step(copy.shape, "+"), field), nodes)
  return setmetatable(copy, getmetatable(self))
end

---Adds conditions, all of which must hold; for statements with `conditions` and a `source`.
function statement.where(self, ...)
  local conditions, given = {}, table.pack(...)
  for at = 1, math.max(1, given.n) do
    conditions = statement.append(conditions, filter.conditions(given[at], self.source))
  end
  return statement.add(self, "conditions", conditions)
end

---Adds what comes back of the rows; none named: every column.
---@param ... any  names, expressions, or tables of them with names: `{ User.id, total = sum }`
function statement.returning(self, ...)
  local results = output.read({ ... }, self.source)
  if #results == 0 then results[1] = expression.star() end
  return statement.add(self, "results", results)
end

node.layout("assignment", { "name", "names" }, { "value" })

---@param given table<string, any>
---@param origin moonpool.sql.Source
---@return table[]  by name
function statement.assignments(given, origin)
  if type(given) ~= "table" or expression.is_expression(given) then
    statement.refuse("what to set is a table of values by column name", 'set { name = "x" }')
  end
  local list = {}
  for name, value in pairs(given) do
    list[#list + 1] = node.new("assignment", { name = origin:check(name),
      value = expression.operand(value) })
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

return statement
