-- An extension as data.
local object = require "moonpool.schema.object"

local extension = {}

local ROWS = {
  { name = "version", kind = "string" },
  { name = "cascade", kind = "boolean", default = false, doc = "with those that it needs" },
}

---@param name string
---@param given { schema: string?, version: string?, cascade: boolean? }?  `schema`: where its
---  objects are put
---@return moonpool.schema.Object
function extension.new(name, given)
  return object.new("extension", name, given, ROWS)
end

return extension
