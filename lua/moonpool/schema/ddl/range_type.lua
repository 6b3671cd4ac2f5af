-- Range types as DDL.
local identifier = require "moonpool.sql.identifier"
local qualified = require "moonpool.schema.qualified"
local range_type = require "moonpool.schema.range_type"
local text = require "moonpool.schema.ddl.text"

local range_ddl = {}

local function name_of(given)
  return given and identifier.qualified(qualified.split(given))
end

-- Unlike every other name, the server would look for it in the search path, not beside the type.
local function multirange_name(of)
  if not of.multirange then return nil end
  local own, schema = range_type.multirange(of)
  return identifier.qualified(schema, own)
end

---@return string[]
function range_ddl.create(of)
  local parts = { "subtype = " .. of.subtype }
  local function add(name, value)
    if value then parts[#parts + 1] = ("%s = %s"):format(name, value) end
  end
  add("subtype_opclass", name_of(of.operator_class))
  add("collation", of.collation and text.collation(of.collation))
  add("subtype_diff", name_of(of.subtype_diff))
  add("multirange_type_name", multirange_name(of))
  local name = text.name(of)
  return text.append({ ("create type %s as range (%s)"):format(name, table.concat(parts, ", ")) },
    text.comment("type", name, of.comment))
end

range_ddl.drop = text.dropper "type"

return range_ddl
