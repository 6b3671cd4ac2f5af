-- Operators by their signs, for those of extensions that have no method: `a:op("<->", b)`.
local name = require "moonpool.sql.text.name"
local term = require "moonpool.sql.term"
local type_family = require "moonpool.sql.type_family"

local infix = { methods = {} }

local function refuse(sign)
  term.refuse(("%s is no operator"):format(type(sign) == "string" and ("%q"):format(sign)
    or "a " .. type(sign)), 'column:op("<->", value), column:op("app.<->", value)')
end

-- Two signs begin a comment.
local function check_sign(sign)
  local is_sign = sign:find "^[-+*/<>=~!@#%%^&|`?]+$" and not sign:find("--", 1, true)
    and not sign:find("/*", 1, true)
  return is_sign and sign or nil
end

local function operator_of(sign)
  if type(sign) ~= "string" then refuse(sign) end
  local schema, own = sign:match "^([%a_][%w_]*)%.(.+)$"
  if not check_sign(own or sign) then refuse(sign) end
  return schema and ("operator(%s)"):format(name.type(sign)) or sign
end

---@param sign string  as SQL has it, with a schema in front where it needs one; from code
---@param value any
---@param type string?  the SQL type that it gives
---@return moonpool.sql.Expression
function infix.methods.op(self, sign, value, type)
  if type ~= nil and _G.type(type) ~= "string" then
    term.refuse("the type that an operator gives is a text", 'a:op("<->", b, "float8")')
  end
  local made = term.binary(operator_of(sign), self, value, type)
  return rawset(made, "family", type_family.of(type))
end

return infix
