-- both_formats.lua - one value through both of the protocol's formats.
local both_formats = {}

-- No binary decoder reads int2vector, so that a row with one travels as text.
local TEXT_COLUMN = ", '1 2'::int2vector as text_column"

---@param db moonpool.Executor
---@param sql_type string
---@param value any
---@return any binary, any text
function both_formats.round_trip(db, sql_type, value)
  local select = ("select $1::%s as v"):format(sql_type)
  return db:one(select, value).v, db:one(select .. TEXT_COLUMN, value).v
end

---What the server makes of an expression, read in both formats.
---@return any binary, any text
function both_formats.read(db, expression)
  local select = ("select %s as v"):format(expression)
  return db:one(select).v, db:one(select .. TEXT_COLUMN).v
end

return both_formats
