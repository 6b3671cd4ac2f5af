-- A range type as data: ranges of the values of another type.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"
local qualified = require "moonpool.schema.qualified"

local range_type = {}

local ROWS = {
  { name = "subtype", kind = "string", required = true, doc = "SQL of the type of its values" },
  { name = "operator_class", kind = "string", doc = "how they are ordered, if not as usual" },
  { name = "collation", kind = "any" },
  { name = "subtype_diff", kind = "string",
    doc = "the function that subtracts two of them: float8mi; GiST indexes are better for it" },
  { name = "multirange", kind = "string", doc = "the name of the type of several ranges" },
}

-- The server makes one: span_multirange, and of moodrange moodmultirange.
local MULTIRANGE, MAX_BYTES = "_multirange", 63

-- Whole characters only.
local function clipped(name, bytes)
  if #name <= bytes then return name end
  local stop = bytes + 1
  while name:find("^[\x80-\xbf]", stop) do stop = stop - 1 end
  return name:sub(1, stop - 1)
end

---The multirange type of a range type for which no other name is given.
---@param name string
---@return string
function range_type.multirange_of(name)
  local before, after = name:match "^(.-)range(.*)$"
  if before then return clipped(before .. "multirange" .. after, MAX_BYTES) end
  return clipped(name, MAX_BYTES - #MULTIRANGE) .. MULTIRANGE
end

---@param of moonpool.schema.Object
---@return string name  of its multirange type
---@return string? schema
function range_type.multirange(of)
  if not of.multirange then return range_type.multirange_of(of.name), of.schema end
  local schema, own = qualified.split(of.multirange)
  return own, schema or of.schema
end

---@param name string
---@param given { subtype: string, operator_class: string?, collation: any, subtype_diff: string?,
---  multirange: string?, schema: string?, comment: string? }
---@return moonpool.schema.Object
function range_type.new(name, given)
  local self, what = object.new("range_type", name, given, ROWS), object.what("range_type", name)
  if self.subtype == "" or self.subtype:find("\0", 1, true) then
    given_module.refuse(what, "its subtype is no type",
      'mp.range_type("span", { subtype = "float8" })')
  end
  if self.multirange then
    local schema, own = qualified.split(self.multirange)
    given_module.check_name(what .. ", multirange", own)
    if own == self.name and (schema == nil or schema == self.schema) then
      given_module.refuse(what, "its multirange has its own name", "give it another")
    end
  end
  return self
end

return range_type
