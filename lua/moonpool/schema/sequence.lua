-- A sequence as data.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"
local qualified = require "moonpool.schema.qualified"
local sequence_rows = require "moonpool.schema.sequence_rows"

local sequence = {}

local ROWS = given_module.rows(sequence_rows, {
  { name = "type", kind = "choice", values = { "int2", "int4", "int8" } },
  { name = "owned_by", kind = "string", doc = '"table.column": it goes with that column' },
  { name = "unlogged", kind = "boolean", default = false },
})

---@param name string
---@param given table?  `start`, `increment`, `min`, `max`, `cache`, `cycle`, `type`, `owned_by`
---@return moonpool.schema.Object
function sequence.new(name, given)
  local self = object.new("sequence", name, given, ROWS)
  local what = object.what("sequence", name)
  if self.increment == 0 then
    given_module.refuse(what, "its increment is 0", "use 1, or a negative number to count down")
  end
  if self.min and self.max and self.min >= self.max then
    given_module.refuse(what, "its min is not below its max", "swap them")
  end
  local owner = self.owned_by and qualified.parts(self.owned_by) or { "table", "column" }
  if #owner ~= 2 and #owner ~= 3 then
    given_module.refuse(what, "owned_by is no table and column", '"orders.number"')
  end
  return self
end

return sequence
