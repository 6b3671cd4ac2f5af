-- `"created_at desc nulls last"`, a list of such, or a function, as expressions of an order; pure.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"

local order = {}

local function refuse(text)
  errors.raise { kind = "bad_argument", message = ("%q is no order"):format(tostring(text)),
    hint = '"created_at desc", { "state", "created_at desc nulls last" }' }
end

local DIRECTIONS = { asc = true, desc = true }

-- A column's name may hold spaces, so only the last words can be the direction.
local function split(text)
  local rest, nulls = text:match "^(.-)%s+[nN][uU][lL][lL][sS]%s+(%a+)$"
  rest = rest or text
  local name, direction = rest:match "^(.-)%s+(%a+)$"
  direction = direction and direction:lower()
  if not DIRECTIONS[direction] then name, direction = rest, nil end
  return name, direction, nulls and nulls:lower()
end

local NULLS = { first = "nulls_first", last = "nulls_last" }

local function of_text(text, columns)
  local name, direction, nulls = split(text:match "^%s*(.-)%s*$")
  if name == "" or nulls and not NULLS[nulls] then refuse(text) end
  local term = columns[name]
  if direction == "desc" then term = term:desc() end
  return nulls and term[NULLS[nulls]](term) or term
end

---@param given any  text, an expression, or a list of these
---@param columns table<string, moonpool.sql.Expression>  that the texts name
---@return moonpool.sql.Expression[]
function order.expressions(given, columns)
  if given == nil then return {} end
  if type(given) == "string" or expression.is_expression(given) then given = { given } end
  if type(given) ~= "table" then refuse(given) end
  local list = {}
  for at, item in ipairs(given) do
    if type(item) == "string" then
      list[at] = of_text(item, columns)
    elseif expression.is_expression(item) then
      list[at] = item
    else
      refuse(item)
    end
  end
  return list
end

return order
