-- A schema as data.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"

local schema = {}

local ROWS = { { name = "owner", kind = "string", doc = "a role" } }

---@param name string
---@param given { owner: string?, comment: string? }?
---@return moonpool.schema.Object
function schema.new(name, given)
  local self = object.new("schema", name, given, ROWS)
  if self.schema then
    given_module.refuse(object.what("schema", name), "a schema is in no schema", "leave it out")
  end
  if self.name:find "^pg_" then
    given_module.refuse(object.what("schema", name), "the server keeps names that begin with pg_",
      "choose another name")
  end
  return self
end

return schema
