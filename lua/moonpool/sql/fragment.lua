-- Raw SQL with bound parameters: `fragment("lower(?)", x)` is an expression like any other.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"

-- What a question mark inside is no placeholder of; a comment ends at its line.
local SKIPPED = { ["'"] = "^'[^']*'", ['"'] = '^"[^"]*"', ["-"] = "^%-%-[^\n]*" }

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

-- The texts between placeholders; `??` is a question mark.
local function split(sql)
  local texts, current, at = {}, {}, 1
  while at <= #sql do
    local byte = sql:sub(at, at)
    local skipped = SKIPPED[byte] and sql:match(SKIPPED[byte], at)
    if byte == "?" and sql:sub(at + 1, at + 1) ~= "?" then
      texts[#texts + 1], current = table.concat(current), {}
    else
      current[#current + 1] = skipped or byte
    end
    at = at + (skipped and #skipped or sql:sub(at, at + 1) == "??" and 2 or 1)
  end
  texts[#texts + 1] = table.concat(current)
  return texts
end

---@param sql string  from code, never from data; `?` stands for the next argument, `??` for itself
---@param ... any  expressions, or values to bind
---@return moonpool.sql.Expression
return function(sql, ...)
  if type(sql) ~= "string" then
    refuse(("a fragment is a text of SQL, not a %s"):format(type(sql)), 'mp.sql("lower(?)", name)')
  end
  if sql:find("\0", 1, true) then refuse("a fragment has a NUL byte", "remove it") end
  local given, texts = table.pack(...), split(sql)
  if given.n ~= #texts - 1 then
    refuse(("the fragment %q has %d placeholders and %d arguments"):format(sql, #texts - 1,
      given.n),
      "write ?? for a question mark that is no placeholder")
  end
  local arguments = {}
  for index = 1, given.n do arguments[index] = expression.of(given[index]) end
  return expression.fragment(texts, arguments)
end
