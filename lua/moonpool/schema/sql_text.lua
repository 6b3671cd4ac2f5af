-- Expressions in DDL, where no parameter can stand: raw text, or a fragment without arguments.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"

---@param value any
---@param what string  for the message
---@return string
return function(value, what)
  if type(value) == "string" and value ~= "" and not value:find("\0", 1, true) then return value end
  if expression.is_expression(value) then
    local sql, params = value:sql()
    if params.n == 0 then return sql end
    errors.raise { kind = "bad_argument",
      message = what .. " has bound parameters, and DDL cannot take any",
      hint = "write the values into the text" }
  end
  errors.raise { kind = "bad_argument",
    message = ("%s must be SQL text, not a %s"):format(what, type(value)),
    hint = 'give a string or mp.sql"..."' }
end
