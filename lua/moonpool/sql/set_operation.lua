-- Set operations: `a:union_all(b)`, with an order and bounds of their own.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local node = require "moonpool.sql.node"

local set_operation = { methods = {} }

node.layout("compound", { "operator", "with_ties" },
  { "ctes", "left", "right", "orders", "row_limit", "row_offset", "fetched" }, true)

local OPERATORS = { union = "union", union_all = "union all", intersect = "intersect",
  intersect_all = "intersect all", except = "except", except_all = "except all" }

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local QUERIES = { select = true, compound = true, values = true }

local function check(name, query)
  if expression.is_statement(query) and QUERIES[query.kind] then return query end
  refuse(("%s takes selects, not a %s"):format(name, type(query)),
    ("query:%s(mp.select { ... })"):format(name))
end

local function check_columns(name, left, right)
  local first, second = left:outputs(), right:outputs()
  if first and second and #first.names ~= #second.names then
    refuse(("%s of %d columns with %d"):format(name, #first.names, #second.names),
      "both selects give the same number of columns")
  end
end

for name, operator in pairs(OPERATORS) do
  set_operation.methods[name] = function(self, ...)
    -- A compound is made of selects, and is a method's answer of them.
    local compound = require "moonpool.sql.compound"
    local made, given = self, table.pack(...)
    if given.n == 0 then refuse(name .. " takes a select", ("query:%s(other)"):format(name)) end
    for at = 1, given.n do
      local right = check(name, given[at])
      check_columns(name, made, right)
      made = compound(made, operator, right)
    end
    return made
  end
end

return set_operation
