-- The order of a result and how much of it: of select, set operations and VALUES.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local options = require "moonpool.options"
local order = require "moonpool.sql.order"
local statement = require "moonpool.sql.statement"
local text = require "moonpool.util.text"

local bounds = { methods = {} }

local methods = bounds.methods

local function count(name, value)
  if math.type(value) == "integer" and value >= 0 then return expression.of(value) end
  if expression.is_expression(value) then return value end
  errors.raise {
    kind = "bad_argument",
    message = ("%s takes an integer >= 0, not %s"):format(name, text.show(value)),
    hint = "leave it out for no bound",
  }
end

---Adds to the order; a string is a column's name, or "name desc nulls last".
function methods.order_by(self, ...)
  return statement.add(self, "orders", order.read(self, { ... }, "order"))
end

---@return table  the same without any order
function methods.unordered(self)
  return statement.with(self, "orders", {})
end

-- NULL stands last in an order and first in its reverse, unless something else is said.
local NULLS = { first = "last", last = "first" }

local function turned(item)
  local is_order = item.kind == "order"
  local operand = is_order and item.operand or item
  local made = is_order and item.direction == "desc" and operand:asc() or operand:desc()
  local nulls = is_order and NULLS[item.nulls]
  return nulls and made["nulls_" .. nulls](made) or made
end

---@return table  the same from its end; where nothing is ordered, that stays so
function methods.reversed(self)
  local orders = {}
  for at, item in ipairs(self.orders) do orders[at] = turned(item) end
  return statement.with(self, "orders", orders)
end

---@return table  all rows: without limit, offset and fetch
function methods.unlimited(self)
  return statement.with(self, "row_limit", nil, "row_offset", nil, "fetched", nil,
    "with_ties", nil)
end

local function refuse_both(self)
  if self.fetched then
    statement.refuse("a select has both limit and fetch", "keep one of them")
  end
end

---@param rows integer | moonpool.sql.Expression
function methods.limit(self, rows)
  refuse_both(self)
  return statement.with(self, "row_limit", count("limit", rows))
end

---@param rows integer | moonpool.sql.Expression
function methods.offset(self, rows)
  return statement.with(self, "row_offset", count("offset", rows))
end

local FETCH = { { name = "with_ties", kind = "boolean", default = false,
  doc = "also the rows that equal the last one in the order" } }

---The same as `limit`, and with `{ with_ties = true }` the rows that equal the last one.
---@param rows integer | moonpool.sql.Expression
---@param given { with_ties: boolean? }?
function methods.fetch(self, rows, given)
  local read = options.read(FETCH, given, { kind = "bad_argument", what = "fetch" })
  if self.row_limit then
    statement.refuse("a select has both limit and fetch", "keep one of them")
  end
  if read.with_ties and #self.orders == 0 then
    statement.refuse("ties are rows that are equal in the order, and there is none",
      "call order_by before fetch")
  end
  return statement.with(self, "fetched", count("fetch", rows), "with_ties",
    read.with_ties or nil)
end

return bounds
