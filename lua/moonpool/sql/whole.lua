-- Questions about all that a query gives: how many rows, whether there is one, the first.
local expression = require "moonpool.sql.expression"
local statement = require "moonpool.sql.statement"

local whole = { methods = {} }

local methods = whole.methods

-- A select over others is made by the module that is made with these methods.
local function select_of(columns)
  return require "moonpool.sql.select"(columns)
end

local function is_shaped(self)
  return self.kind ~= "select" or self.row_limit or self.row_offset or self.fetched
    or self.is_distinct or #self.distinct_by > 0 or #self.groups > 0 or #self.havings > 0
    or #self.locks > 0
end

local function is_aggregate(self)
  for _, column in ipairs(self.columns or {}) do
    local operand = column.kind == "label" and column.operand or column
    if operand.kind ~= "column" and operand.kind ~= "raw" then return true end
  end
  return false
end

-- What is in front stays in front: a statement that writes may stand nowhere else.
local function hoisted(self, build)
  if #self.ctes == 0 then return build(self) end
  local outer = build(statement.with(self, "ctes", {}))
  return statement.with(outer, "ctes", self.ctes)
end

local function counted(self)
  local number = expression.fn.count()
  if not is_shaped(self) and not is_aggregate(self) then
    return statement.with(self:unordered(), "columns", { number })
  end
  return hoisted(self, function(query)
    local rows = expression.fragment({ "(select count(*) from ", " as counted)" },
      { expression.of(query) })
    return select_of { rows }
  end)
end

---How many rows it gives; without an executor the select that tells.
---@async
---@param db table?
---@return integer | moonpool.sql.Select
function methods.count(self, db)
  local query = counted(self)
  return db == nil and query or query:value(db)
end

---Whether it gives a row.
---@async
---@param db table
---@return boolean
function methods.exists(self, db)
  if db == nil then
    statement.refuse("exists takes an engine, connection or transaction",
      "write query:exists(db); as a condition, mp.exists(query)")
  end
  return hoisted(self, function(query)
    return select_of { expression.exists(query) }
  end):value(db)
end

local function at_most_one(bound)
  if not bound then return expression.of(1) end
  if bound.kind == "param" then return expression.of(math.min(1, bound.value)) end
  return expression.fn.least(bound, expression.literal(1))
end

---The first row, or nil.
---@async
---@param db table
---@return table?
function methods.first(self, db)
  return statement.with(self, "row_limit", at_most_one(self.row_limit or self.fetched),
    "fetched", nil, "with_ties", nil):one(db)
end

return whole
