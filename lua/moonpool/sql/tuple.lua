-- Rows compared with rows: `tuple(a.at, a.id):gt(at, id)`, as keyset pages need it.
local construct = require "moonpool.sql.construct"
local element_type = require "moonpool.sql.element_type"
local node = require "moonpool.sql.node"
local term = require "moonpool.sql.term"

node.layout("unnested", {}, { "arrays" })

---@class moonpool.sql.Tuple
local Tuple = { __name = "moonpool.Tuple" }
Tuple.__index = Tuple

local function refuse_count(self, count)
  term.refuse(("a tuple of %d is compared with %d values"):format(#self.items, count),
    "give one value for each of its parts")
end

local function right_of(self, ...)
  local first = ...
  if getmetatable(first) == Tuple then return construct.row(first.items) end
  if select("#", ...) == 1 and (term.is(first) or term.is_statement(first)) then return first end
  if select("#", ...) ~= #self.items then refuse_count(self, select("#", ...)) end
  return construct.row(table.pack(...))
end

local OPERATORS = { eq = "=", ne = "<>", gt = ">", ge = ">=", lt = "<", le = "<=", gte = ">=",
  lte = "<=", is_distinct_from = "is distinct from",
  is_not_distinct_from = "is not distinct from" }
for name, operator in pairs(OPERATORS) do
  Tuple[name] = function(self, ...)
    return term.binary(operator, construct.row(self.items), right_of(self, ...), "bool")
  end
end

local function check_rows(self, rows)
  if type(rows) ~= "table" or #rows == 0 then
    term.refuse("one_of of a tuple takes a list of lists", "one_of { { 1, 2 }, { 3, 4 } }")
  end
  for _, row in ipairs(rows) do
    if type(row) ~= "table" or #row ~= #self.items then
      refuse_count(self, type(row) == "table" and #row or 1)
    end
  end
end

local function array_of(rows, at, type)
  local values = {}
  for index, row in ipairs(rows) do values[index] = row[at] end
  return term.param(values, type .. "[]")
end

-- One array for each part where the types are known: the text is the same for every length.
local function unnested(self, rows)
  local arrays = {}
  for at, item in ipairs(self.items) do
    local type = element_type(item.type, item.family)
    if not type then return nil end
    arrays[at] = array_of(rows, at, type)
  end
  return term.new("unnested", { arrays = arrays })
end

---One of a list of tuples, or of a select's rows.
---@param rows any[][] | table
function Tuple:one_of(rows)
  local left = construct.row(self.items)
  if term.is_statement(rows) then return term.binary("in", left, rows, "bool") end
  check_rows(self, rows)
  local right = unnested(self, rows)
  if not right then
    right = term.new("tuples", { items = term.list(rows, construct.row) })
  end
  return term.new("binary", { operator = "in", left = left, right = right, type = "bool" })
end

---@param ... any  expressions or values
---@return moonpool.sql.Tuple
return function(...)
  local given = table.pack(...)
  if given.n < 2 then
    term.refuse("a tuple has at least two parts", "mp.tuple(a.created_at, a.id):gt(at, id)")
  end
  return setmetatable({ items = term.list(given, term.operand) }, Tuple)
end
