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
---@param names string[]?  other names of its first columns
function Methods:as(alias, names)
  return source.reference(source.derived(self, alias, { names = names }))
end

---What its rows have, or nil where that is not known.
---@return { names: string[], types: table<string, string> }?
function Methods:outputs()
  return output.of(self)
end

-- A log must not fail at a statement that lacks something yet.
local function shown(self)
  local ok, text = pcall(compiler.compile, self)
  if ok then return text end
  return ("incomplete %s: %s"):format(self.kind, errors.is_error(text) and text.message or text)
end

---A class of statements. Instances are immutable: each method gives a changed copy.
---@param name string
---@param kind string
---@param lists string[]  the fields that are lists, empty at first
---@param ... table<string, function>  methods
function statement.class(name, kind, lists, ...)
  local class = { __name = "moonpool." .. name, is_statement = true, kind = kind, bound = true }
  for _, methods in ipairs { Methods, terminal.methods, ... } do
    for key, method in pairs(methods) do class[key] = method end
  end
  for _, field in ipairs(lists) do class[field] = node.NONE end
  class.__index = class
  class.__tostring = shown
  class.__newindex = function() error("a statement cannot be changed; use its methods", 2) end
  return class
end

local function follow(at, value)
  if value == nil then return step(at, shape.ABSENT) end
  if type(value) ~= "table" then return step(at, value) end
  if value.kind then return step(at, value.shape) end
  for index = 1, #value do
    local key = value[index].shape
    at = at[key] or step(at, key)
  end
  return step(at, shape.STOP)
end

local function put(copy, name, value)
  if value == nil and copy[name] == nil then return end
  copy[name] = value
  copy.shape = follow(step(copy.shape, name), value)
end

local function put_all(copy, name, value, ...)
  put(copy, name, value)
  if select("#", ...) > 0 then return put_all(copy, ...) end
end

---A first statement of a class.
---@param class table
---@param ... any  names of fields, each with its value: a node, a list of nodes, a text or a flag
function statement.new(class, ...)
  local made = { shape = node.root(class.kind), kind = class.kind }
  put_all(made, ...)
  return setmetatable(made, class)
end

---The first statement about a source, which is the same for everybody.
---@param class table
---@param origin moonpool.sql.Source
function statement.on(class, origin)
  local starts = origin.starts
  local made = starts[class.kind]
  if not made then
    made = statement.noting(statement.new(class, "source", origin), "source", origin)
    starts[class.kind] = made
  end
  return made
end

---Keeps in a statement that was just made what its text does not depend on.
---@return table the statement
function statement.noting(made, name, value)
  return rawset(made, name, value)
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
  put_all(copy, ...)
  return setmetatable(copy, getmetatable(self))
end

---@return table  a new list: the first, then the second
function statement.append(list, more)
  local joined = table.move(list, 1, #list, 1, {})
  return table.move(more, 1, #more, #joined + 1, joined)
end

-- Keys of shapes: nodes that are added to a field, where its name alone says that they replace it.
local ADDED = setmetatable({}, { __index = function(known, field)
  known[field] = "+" .. field
  return known[field]
end })

---A copy with nodes added to one of its lists.
---@param field string
---@param nodes table[]
function statement.add(self, field, nodes)
  local copy = copy_of(self)
  copy[field] = statement.append(self[field], nodes)
  copy.shape = follow(step(copy.shape, ADDED[field]), nodes)
  return setmetatable(copy, getmetatable(self))
end

---Adds conditions, all of which must hold; for statements with `conditions` and a `source`.
function statement.where(self, given, ...)
  local made = statement.add(self, "conditions", filter.conditions(given, self.source))
  if select("#", ...) == 0 then return made end
  return statement.where(made, ...)
end

---Adds what comes back of the rows; none named: every column.
---@param ... any  names, expressions, or tables of them with names: `{ User.id, total = sum }`
function statement.returning(self, ...)
  local results = output.read({ ... }, self.source)
  if #results == 0 then results[1] = expression.star() end
  return statement.add(self, "results", results)
end

return statement
