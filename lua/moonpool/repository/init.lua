-- `repository(Model, { order = ... })`: a class whose instances read and write a model's rows.
local columns = require "moonpool.orm.loading.columns"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local history = require "moonpool.repository.history"
local key = require "moonpool.orm.key"
local limits = require "moonpool.repository.limits"
local mapper = require "moonpool.orm.mapper"
local model_module = require "moonpool.orm.model"
local model_scope = require "moonpool.orm.scope"
local options = require "moonpool.options"
local order = require "moonpool.repository.order"
local page = require "moonpool.repository.page"
local removal = require "moonpool.orm.removal"
local select = require "moonpool.sql.select"
local write = require "moonpool.repository.write"

---@class moonpool.Repository
---@field model moonpool.Model
---@field scopes table<string, fun(query: table, model: moonpool.Model, ...): table>
---@field executor table  set by `using`
local Repository = {}
Repository.__index = Repository

local refuse, executor_of, narrowed = limits.refuse, limits.executor_of, limits.narrowed
local kept, filtered = limits.kept, limits.filtered

-- The same repository with something about it changed.
local function variant(self, changes)
  local copy = {}
  for _, name in ipairs { "executor", "applied", "has_deleted", "is_unscoped" } do
    copy[name] = rawget(self, name)
  end
  for name, value in pairs(changes) do copy[name] = value end
  return setmetatable(copy, rawget(self, "bound") or getmetatable(self))
end

local function query(self, filter)
  local source = self.model.source
  local list = columns.expressions(columns.names(self.model), source)
  return filtered(self, kept(self, narrowed(self, select(list):from(self.model))), filter)
end

local function first(self, statement)
  local row = statement:one(executor_of(self))
  return row and mapper.load(self.model, row) or nil
end

local function refuse_missing(self)
  errors.raise { kind = "not_found", table = self.model.table.name,
    message = ('table "%s" has no row with this key (%s)'):format(
      self.model.table.name, key.text(self.model)) }
end

---The same repository on an executor: an engine, a connection or a transaction.
---@param executor table
---@return moonpool.Repository
function Repository:using(executor)
  if type(executor) ~= "table" and type(executor) ~= "userdata" then
    refuse(self, ("a %s is no engine"):format(type(executor)), "give mp.engine() or a transaction")
  end
  return variant(self, { executor = executor })
end

---The same repository with the rows that were deleted softly.
---@return moonpool.Repository
function Repository:with_deleted()
  return variant(self, { has_deleted = true })
end

---The same repository without a standing condition, named: `unscoped "tenant"` sees all tenants.
---@param what "tenant"
---@return moonpool.Repository
function Repository:unscoped(what)
  return variant(self, model_scope.unscoped(what))
end

---The row with this key; raises `not_found`.
---@async
---@param id any  a table of values where the key has several columns
---@return table
function Repository:get(id)
  local row = first(self, query(self, key.filter(self.model, id)))
  return row or refuse_missing(self)
end

-- A forgotten filter, or `{ email = nil }`, would reach every row.
local function refuse_all_rows(self, filter, verb)
  if filter ~= nil and (type(filter) ~= "table" or next(filter)) then return end
  if rawget(self, "applied") then return end
  refuse(self, verb .. " has no condition", "a nil in a filter is no condition; mp.null is NULL")
end

---The only row for which the filter holds, or nil; two raise `multiple_rows`.
---@async
---@param filter table
---@return table?
function Repository:find(filter)
  refuse_all_rows(self, filter, "find")
  return first(self, query(self, filter))
end

local LIST = {
  { name = "limit", kind = "integer", min = 0 },
  { name = "offset", kind = "integer", min = 0 },
  { name = "order", kind = "any", doc = '"created_at desc", or a list of such' },
}

---@async
---@param filter table?
---@param given { limit: integer?, offset: integer?, order: (string | string[])? }?
---@return table[]
function Repository:list(filter, given)
  local read = options.read(LIST, given, { kind = "bad_argument", what = "list" })
  local by = read.order and order.new(read.order, self.model) or self.order
  local statement = query(self, filter)
    :order_by(table.unpack(order.expressions(by, self.model.source)))
  if read.limit then statement = statement:limit(read.limit) end
  if read.offset then statement = statement:offset(read.offset) end
  return mapper.load_all(self.model, statement:all(executor_of(self)))
end

-- The rows that count, without columns of their own. A scope's limit or grouping stays in force
-- because whatever is asked about them is asked from outside.
local function rows_of(self, filter)
  local statement = kept(self, narrowed(self, select { expression.raw "1" }:from(self.model)))
  return filtered(self, statement, filter)
end

---@async
---@param filter table?
---@return integer
function Repository:count(filter)
  return rows_of(self, filter):count():value(executor_of(self))
end

---@async
---@param filter table?
---@return boolean
function Repository:exists(filter)
  local found = expression.exists(rows_of(self, filter))
  return select { found }:value(executor_of(self))
end

---@async
---@param values table<string, any>
---@return table  the instance, with what the server filled in
function Repository:create(values)
  return first(self, write.insert(self.model, limits.owned(self, values)))
end

---All rows or none.
---@async
---@param rows table[]
---@return table[]  the instances, in the order given
function Repository:create_many(rows)
  local executor = executor_of(self)
  if type(rows) ~= "table" or #rows == 0 and next(rows) ~= nil then
    refuse(self, "create_many takes a list of rows", "{ { name = 1 }, { name = 2 } }")
  end
  if #rows == 0 then return {} end
  local own = {}
  for at, values in ipairs(rows) do own[at] = limits.owned(self, values) end
  local statements = write.insert_many(self.model, own)
  if #statements == 1 then
    return mapper.load_all(self.model, statements[1]:all(executor))
  end
  return executor:transaction(function(tx)
    local created = {}
    for _, statement in ipairs(statements) do
      local loaded = mapper.load_all(self.model, statement:all(tx))
      table.move(loaded, 1, #loaded, #created + 1, created)
    end
    return created
  end)
end

---Raises `not_found` when there is no such row.
---@async
---@param id any
---@param values table<string, any>
---@return table  the row as it is now
function Repository:update(id, values)
  limits.check_owned(self, values)
  local filter = key.filter(self.model, id)
  local statement = filtered(self, write.update(self.model, values), filter)
  statement = kept(self, narrowed(self, statement))
  return first(self, write.returning_all(statement, self.model)) or refuse_missing(self)
end

---@async
---@param id any
---@return boolean  whether there was such a row
function Repository:delete(id)
  local statement = filtered(self, removal(self.model), key.filter(self.model, id))
  return kept(self, narrowed(self, statement)):exec(executor_of(self)) > 0
end

---Undo a soft delete; raises `not_found` when there is no such row.
---@async
---@param id any
---@return table  the row as it is now
function Repository:restore(id)
  local statement = filtered(self, write.restore(self.model), key.filter(self.model, id))
  statement = write.returning_all(narrowed(self, statement), self.model)
  return first(self, statement) or refuse_missing(self)
end

---The changes of a row whose model declares mp.audit(), the oldest first: `at`, `actor`, `action`,
---`key`, `old` and `new`.
---@async
---@param id any
---@return table[]
function Repository:history(id)
  local statement, of_changes = history(self.model, id)
  return mapper.load_all(of_changes, statement:all(executor_of(self)))
end

---@async
---@param filter table
---@param values table<string, any>
---@return integer  rows changed
function Repository:update_where(filter, values)
  refuse_all_rows(self, filter, "update_where")
  limits.check_owned(self, values)
  local statement = filtered(self, write.update(self.model, values), filter or {})
  return kept(self, narrowed(self, statement)):exec(executor_of(self))
end

---@async
---@param filter table
---@return integer  rows removed
function Repository:delete_where(filter)
  refuse_all_rows(self, filter, "delete_where")
  local statement = filtered(self, removal(self.model), filter or {})
  return kept(self, narrowed(self, statement)):exec(executor_of(self))
end

---A keyset page in the repository's order.
---@async
---@param given { size: integer?, after: string?, before: string?, filter: table? }?
---@return { items: table[], next: string?, prev: string? }
function Repository:page(given)
  local filter, rest = nil, {}
  for name, value in pairs(given or {}) do
    if name == "filter" then filter = value else rest[name] = value end
  end
  local read = page.options(rest)
  local statement = page.statement(query(self, filter), self.model, self.order, read)
  local result = page.result(statement:all(executor_of(self)), self.order, read)
  result.items = mapper.load_all(self.model, result.items)
  return result
end

-- `users:staff()` is the same repository, its statements narrowed by the scope.
local function scope_method(scope)
  return function(self, ...)
    local arguments = table.pack(...)
    local before = rawget(self, "applied") or {}
    local applied = table.move(before, 1, #before, 1, {})
    applied[#applied + 1] = function(statement, model)
      return scope(statement, model, table.unpack(arguments, 1, arguments.n))
    end
    return variant(self, { applied = applied })
  end
end

local function lookup(class)
  return function(_, name)
    local scope = rawget(class, "scopes")[name]
    if scope then return scope_method(scope) end
    return class[name]
  end
end

local ROWS = { { name = "order", kind = "any", doc = '"created_at desc", or a list of such' } }

---@param model moonpool.Model
---@param given { order: (string | string[])? }?
---@return moonpool.Repository  a class; `using(db)` gives one to work with
return function(model, given)
  if not model_module.is_model(model) then
    errors.raise { kind = "bad_argument", message = "a repository is made of a model",
      hint = "mp.repository(Model)" }
  end
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "repository" })
  local class = { model = model, scopes = {}, order = order.new(read.order, model) }
  class.bound = { __index = lookup(class), __name = "moonpool.Repository" }
  return setmetatable(class, Repository)
end
