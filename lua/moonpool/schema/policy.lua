-- A row security policy as data: which rows a role may see and write.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"
local sql_text = require "moonpool.schema.sql_text"

local policy = {}

local ROWS = {
  { name = "table", kind = "string", doc = "left out inside a table's declaration" },
  { name = "as", kind = "choice", values = { "permissive", "restrictive" },
    default = "permissive" },
  { name = "command", kind = "choice", values = { "all", "select", "insert", "update", "delete" },
    default = "all" },
  { name = "to", kind = "any", default = { "public" }, doc = "a role, or a list of them" },
  { name = "using", kind = "any", doc = "SQL: rows for which it holds are seen" },
  { name = "check", kind = "any", doc = "SQL: rows for which it holds may be written" },
}

---@param name string
---@param given table  `table`, `using`, `check`, `command`, `to`, `as`
---@return moonpool.schema.Object
function policy.new(name, given)
  local what = object.what("policy", name)
  local self = object.new("policy", name, given, ROWS)
  for _, key in ipairs { "using", "check" } do
    if self[key] ~= nil then self[key] = sql_text(self[key], what .. ", " .. key) end
  end
  if self.command == "insert" and self.using then
    given_module.refuse(what, "an insert has no rows to be seen", "use check instead of using")
  end
  if self.check and (self.command == "select" or self.command == "delete") then
    given_module.refuse(what, ("a %s writes no rows"):format(self.command),
      "use using instead of check")
  end
  if type(self.to) == "string" then self.to = { self.to } end
  given_module.check_names(what, self.to)
  return self
end

return policy
