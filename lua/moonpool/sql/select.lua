-- `select { ... }:from(Model):where{...}`: reads rows; immutable.
local bounds = require "moonpool.sql.bounds"
local cte = require "moonpool.sql.cte"
local expression = require "moonpool.sql.expression"
local filter = require "moonpool.sql.filter"
local identifier = require "moonpool.sql.identifier"
local join = require "moonpool.sql.join"
local lock = require "moonpool.sql.lock"
local node = require "moonpool.sql.node"
local order = require "moonpool.sql.order"
local output = require "moonpool.sql.output"
local set_operation = require "moonpool.sql.set_operation"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"
local whole = require "moonpool.sql.whole"
local window = require "moonpool.sql.window"

node.layout("select", { "is_distinct", "distinct_groups", "with_ties" }, {
  "ctes", "distinct_by", "columns", "sources",
  "joins", "conditions", "groups", "havings", "windows", "orders", "row_limit", "row_offset",
  "fetched", "locks" }, true)

local LISTS = { "ctes", "distinct_by", "columns", "sources", "joins", "conditions", "groups",
  "havings", "windows", "orders", "locks" }

---@class moonpool.sql.Select
local Select = statement.class("Select", "select", LISTS, cte.methods, join.methods, lock.methods,
  bounds.methods, set_operation.methods, whole.methods)

Select.where = statement.where

---@param ... any  models, aliases, tables' names, subqueries or functions under a name
function Select:from(...)
  local given, sources = table.pack(...), {}
  for at = 1, math.max(1, given.n) do sources[at] = source.of(given[at]) end
  local only = #sources == 1 and self.columns or {}
  local columns = #only > 0 and output.resolved(only, sources[1]) or self.columns
  return statement.noting(statement.with(self, "sources", sources, "columns", columns),
    "source", sources[1])
end

---@param columns any[]  the columns to read besides those there are
function Select:columns_added(columns)
  return statement.add(self, "columns", output.read(columns, self.source))
end

---@param columns any[]  what is read in place of the columns there are
function Select:columns_replaced(columns)
  return statement.with(self, "columns", output.read(columns, self.source))
end

---@param ... any  names, expressions, or rollup, cube and grouping sets
function Select:group_by(...)
  return statement.add(self, "groups", order.read(self, { ... }, "group"))
end

---Groups that several grouping sets give are given once.
function Select:group_by_distinct(...)
  return statement.with(self:group_by(...), "distinct_groups", true)
end

---@param ... any  conditions, all of which must hold
function Select:having(...)
  local list = {}
  for _, given in ipairs { ... } do
    list = statement.append(list, filter.conditions(given, self.source))
  end
  if #list == 0 then statement.refuse("having has no condition", "having(mp.fn.count():gt(1))") end
  return statement.add(self, "havings", list)
end

---@return moonpool.sql.Select  without its conditions
function Select:unfiltered()
  return statement.with(self, "conditions", {})
end

---@return moonpool.sql.Select  without its groups and their conditions
function Select:ungrouped()
  return statement.with(self, "groups", {}, "havings", {}, "distinct_groups", nil)
end

---A window that `over` can name.
---@param name string
---@param given table
function Select:window(name, given)
  identifier.quote(name)
  return statement.add(self, "windows", { window.named(name, given) })
end

---Each row once; `distinct_on` looks at some expressions only, and takes the first by the order.
function Select:distinct()
  return statement.with(self, "is_distinct", true)
end
Select.distinct_rows = Select.distinct

---@param ... any  names or expressions
function Select:distinct_on(...)
  local list = order.read(self, { ... }, "distinct_on")
  if #list == 0 then
    statement.refuse("distinct_on names nothing", "distinct_on(u.team_id), or distinct()")
  end
  return statement.add(self, "distinct_by", list)
end

-- Immutable, so that it is made once.
local function all_of(origin)
  local made = origin.starts.select
  if not made then
    local columns = origin.columns and output.read({ origin }) or {}
    made = statement.noting(statement.new(Select, "sources", { origin }, "columns", columns),
      "source", origin)
    origin.starts.select = made
  end
  return made
end

local function check_list(given)
  local is_one = expression.is_expression(given) or expression.is_statement(given)
  if given == nil or type(given) == "table" and not is_one then return end
  statement.refuse(("select takes a list of columns or a model, not %s"):format(
    is_one and "an expression" or "a " .. type(given)), "mp.select { u.id, u.name }")
end

---@param given table  a list of columns and expressions with `name = expression` for named ones,
---  or a model, an alias or a subquery: then all of its columns, from it
---@return moonpool.sql.Select
return function(given)
  check_list(given)
  if source.is_like(given) then return all_of(source.of(given)) end
  return statement.new(Select, "columns", output.read(given or {}))
end
