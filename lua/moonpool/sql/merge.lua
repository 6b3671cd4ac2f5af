-- `merge(Model):using(source, on):when_matched():update{...}`: a row for each of another table is
-- put in, changed or removed; immutable.
local assignment = require "moonpool.sql.assignment"
local cte = require "moonpool.sql.cte"
local expression = require "moonpool.sql.expression"
local filter = require "moonpool.sql.filter"
local identifier = require "moonpool.sql.identifier"
local logic = require "moonpool.sql.logic"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

node.layout("merge", {}, { "ctes", "source", "origin", "condition", "clauses", "results" }, true)
node.layout("when", { "match", "action", "names", "overridden" },
  { "condition", "assignments", "values" })

---@class moonpool.sql.Merge
local Merge = statement.class("Merge", "merge", { "ctes", "clauses", "results" }, cte.methods)

---What happened to each row (`mp.fn.merge_action()` tells it); from PostgreSQL 17.
Merge.returning = statement.returning

---@param table_like any
---@param on moonpool.sql.Expression | table  an expression, or `{ id = s.id }` of the columns of
---  the table that is written
function Merge:using(table_like, on)
  local given = expression.is_expression(on) and on
    or type(on) == "table" and not expression.is_statement(on) and next(on) ~= nil
    and logic.all(filter.conditions(on, self.source))
  if not given then
    statement.refuse("using of a merge has no condition", "using(s, t.id:eq(s.id))")
  end
  return statement.with(self, "origin", source.of(table_like), "condition", given)
end

for name, match in pairs { when_matched = "matched", when_not_matched = "not matched",
  when_not_matched_by_source = "not matched by source" } do
  Merge[name] = function(self, ...)
    local condition
    for _, given in ipairs { ... } do
      for _, item in ipairs(filter.conditions(given, self.source)) do
        condition = condition and (condition & item) or item
      end
    end
    return statement.with(self, "pending",
      node.new("when", { match = match, condition = condition }))
  end
end

local ACTIONS = { matched = { update = true, delete = true },
  ["not matched"] = { insert = true },
  ["not matched by source"] = { update = true, delete = true } }

local function complete(self, action, fields)
  local pending = self.pending
  if not pending then
    statement.refuse(("%s of a merge does not say when"):format(action),
      ("when_matched():%s(...)"):format(action))
  end
  if action ~= "do nothing" and not ACTIONS[pending.match][action] then
    local hint = pending.match == "not matched" and "insert" or "update, delete"
    statement.refuse(("when %s, a merge cannot %s"):format(pending.match, action),
      hint .. " or do_nothing")
  end
  fields.match, fields.condition, fields.action = pending.match, pending.condition, action
  return statement.with(statement.add(self, "clauses", { node.new("when", fields) }),
    "pending", nil)
end

---@param given table<string, any>
function Merge:update(given)
  local list = assignment.read(given, self.source)
  if #list == 0 then
    statement.refuse("the update of a merge sets nothing", "update { n = s.n }")
  end
  return complete(self, "update", { assignments = list })
end

local INSERT = { { name = "overriding", kind = "choice", values = { "system", "user" },
  doc = "whose values an identity column takes: with system those given here" } }

---@param given table<string, any>?  nothing: a row of defaults
---@param options_given { overriding: "system" | "user" }?
function Merge:insert(given, options_given)
  local read = options.read(INSERT, options_given, { kind = "bad_argument", what = "insert" })
  local names, values = assignment.row(given or {}, self.source)
  return complete(self, "insert", { values = values, overridden = read.overriding,
    names = #names > 0 and identifier.list(names) or nil })
end

function Merge:delete() return complete(self, "delete", {}) end

function Merge:do_nothing() return complete(self, "do nothing", {}) end

---@param table_like any
---@return moonpool.sql.Merge
return function(table_like)
  return statement.on(Merge, source.written(table_like))
end
