-- A domain as data: a type with a default and checks of its own.
local constraint = require "moonpool.schema.constraint"
local given_module = require "moonpool.schema.given"
local naming = require "moonpool.schema.naming"
local object = require "moonpool.schema.object"

local domain = {}

local ROWS = {
  { name = "null", kind = "boolean", default = true, doc = "whether NULL is one of its values" },
  { name = "default", kind = "any", doc = 'a value, or mp.sql"now()"' },
  { name = "check", kind = "any", doc = "SQL of `value` that must hold, or a list of mp.check" },
  { name = "collation", kind = "any" },
}

-- One text, one mp.check, or a list of either.
local function read_checks(self, given)
  local is_list = type(given) == "table" and getmetatable(given) == nil
  local checks = {}
  for at, item in ipairs(is_list and given or { given }) do
    local check = constraint.is_constraint(item) and item or constraint.check(item)
    checks[at] = constraint.check(check.expression, {
      name = check.name or naming.table_check(self.name, check.expression),
      not_valid = check.not_valid, comment = check.comment })
  end
  return checks
end

---@param name string
---@param type_sql string  SQL of the type that it is made of
---@param given table?  `null`, `default`, `check`, `collation`, `schema`, `comment`
---@return moonpool.schema.Object
function domain.new(name, type_sql, given)
  if type(type_sql) ~= "string" or type_sql == "" or type_sql:find("\0", 1, true) then
    given_module.refuse(object.what("domain", name), "its type is missing",
      [[mp.domain("email", "text", { check = "value like '%@%'" })]])
  end
  local self = object.new("domain", name, given, ROWS)
  self.type, self.checks = type_sql, read_checks(self, self.check)
  self.check = nil
  return self
end

return domain
