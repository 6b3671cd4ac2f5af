-- Two selects and what is made of their rows: a union, an intersection, a difference; immutable.
local cte = require "moonpool.sql.cte"
local bounds = require "moonpool.sql.bounds"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local set_operation = require "moonpool.sql.set_operation"
local statement = require "moonpool.sql.statement"
local suggest = require "moonpool.util.suggest"
local whole = require "moonpool.sql.whole"

---@class moonpool.sql.Compound
local Compound = statement.class("Compound", "compound", { "ctes", "orders" }, cte.methods,
  bounds.methods, set_operation.methods, whole.methods)

local function check_name(self, name)
  local outputs = self:outputs()
  if not outputs then return end
  for _, known in ipairs(outputs.names) do
    if known == name then return end
  end
  errors.raise { kind = "bad_argument",
    message = ('the %s gives no column "%s"%s'):format(self.operator, name,
      suggest.phrase(name, outputs.names)),
    hint = "it gives: " .. table.concat(outputs.names, ", ") }
end

-- Only names of what comes out can be ordered by: a column stands for its name.
local function output_term(self, item)
  if item.kind == "order" then
    local ordered = output_term(self, item.operand)[item.direction](output_term(self, item.operand))
    return item.nulls and ordered["nulls_" .. item.nulls](ordered) or ordered
  end
  if item.kind == "column" or item.kind == "label" then
    check_name(self, item.name)
    return expression.column(nil, item.name)
  end
  return item
end

---Adds to the order: names of columns, or columns of the first select.
function Compound:order_by(...)
  local ordered = bounds.methods.order_by(self, ...)
  local terms = {}
  for at, item in ipairs(ordered.orders) do terms[at] = output_term(self, item) end
  return statement.with(self, "orders", terms)
end

---@param left table
---@param operator string
---@param right table
---@return moonpool.sql.Compound
return function(left, operator, right)
  return statement.new(Compound, "operator", operator, "left", left, "right", right)
end
