-- A composite type as data: its fields, given as columns.
local column = require "moonpool.schema.column"
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"

local composite = {}

-- What a table's column has and a field has not.
local REFUSED = { "default", "identity", "generated", "check", "references", "primary_key",
  "unique", "index" }

local function check_field(what, field)
  if not column.is_column(field) then
    given_module.refuse(what, "a field is no column", 'c.text "street"')
  end
  for _, key in ipairs(REFUSED) do
    if field[key] then
      given_module.refuse(what, ('its field "%s" has %s'):format(field.name, key),
        "fields have a name, a type, a collation and a comment")
    end
  end
end

---@param name string
---@param fields moonpool.schema.Column[]
---@param given { schema: string?, comment: string? }?
---@return moonpool.schema.Object  with `fields`
function composite.new(name, fields, given)
  local what = object.what("composite", name)
  if type(fields) ~= "table" or #fields == 0 then
    given_module.refuse(what, "it has no fields", 'mp.composite("address", { c.text "street" })')
  end
  local self, seen = object.new("composite", name, given, {}), {}
  for _, field in ipairs(fields) do
    check_field(what, field)
    if seen[field.name] then
      given_module.refuse(what, ('the field "%s" stands twice'):format(field.name),
        "remove one of them")
    end
    seen[field.name] = true
  end
  self.fields = table.move(fields, 1, #fields, 1, {})
  return self
end

return composite
