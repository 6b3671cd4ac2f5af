-- What every statement can do: be copied with a change, show its SQL, and run on an executor.
local compiler = require "moonpool.sql.compiler"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local filter = require "moonpool.sql.filter"

local statement = {}

local MAX_PARAMS = 65535

local Methods = {}

---@return string sql
---@return table params  with `n`
function Methods:sql()
  return compiler.compile(self)
end

local function run(self, db, method)
  local sql, params = compiler.compile(self)
  if params.n > MAX_PARAMS then
    errors.raise {
      kind = "bad_argument",
      message = ("the statement has %d parameters"):format(params.n),
      hint = "a statement takes at most 65535: send the rows in smaller batches",
    }
  end
  return db[method](db, sql, table.unpack(params, 1, params.n))
end

---Every row.
---@async
---@param db table  an executor
function Methods:all(db) return run(self, db, "query") end

---The row, or nil; two raise `multiple_rows`.
---@async
function Methods:one(db) return run(self, db, "one") end

---The first column of the only row.
---@async
function Methods:value(db) return run(self, db, "value") end

---The first column of every row.
---@async
function Methods:column(db) return run(self, db, "column") end

---How many rows it touched.
---@async
---@return integer
function Methods:exec(db) return run(self, db, "exec") end

---A class of statements. Instances are immutable: each method gives a changed copy.
---@param name string
function statement.class(name)
  local class = { __name = "moonpool." .. name, is_statement = true }
  for key, method in pairs(Methods) do class[key] = method end
  class.__index = class
  class.__tostring = function(self) return (compiler.compile(self)) end
  class.__newindex = function() error("a statement cannot be changed; use its methods", 2) end
  return class
end

---@param self table
---@param changes table
---@return table  a copy of the same class with the changes in it
function statement.with(self, changes)
  local copy = {}
  for key, value in next, self do copy[key] = value end
  for key, value in pairs(changes) do copy[key] = value end
  return setmetatable(copy, getmetatable(self))
end

---@return table  a new list: the first, then the second
function statement.append(list, more)
  local joined = table.move(list, 1, #list, 1, {})
  return table.move(more, 1, #more, #joined + 1, joined)
end

---Adds conditions, all of which must hold; for statements with `conditions` and a `source`.
function statement.where(self, given)
  local conditions = filter.conditions(given, self.source)
  return statement.with(self, { conditions = statement.append(self.conditions, conditions) })
end

---Adds the rows' columns that come back; none named: every column.
function statement.returning(self, ...)
  local results = {}
  for index, item in ipairs { ... } do
    results[index] = type(item) == "string" and self.source:column(item) or expression.of(item)
  end
  if #results == 0 then results[1] = expression.raw "*" end
  return statement.with(self, { results = statement.append(self.results, results) })
end

---@param given table<string, any>
---@param source moonpool.sql.Source
---@return { name: string, value: table }[]  by name
function statement.assignments(given, source)
  local list = {}
  for name, value in pairs(given) do
    list[#list + 1] = { name = source:check(name), value = expression.of(value) }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

return statement
