-- Elements of indexes, exclusions and partition keys as DDL.
local qualified = require "moonpool.schema.qualified"
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local element = {}

local function class_name(name)
  return identifier.qualified(qualified.split(name))
end

---@param item moonpool.schema.Element
---@return string
function element.text(item)
  local subject = item.column and identifier.quote(item.column)
  local parts = { subject or ("(%s)"):format(item.expression) }
  local function add(part) parts[#parts + 1] = part end
  if item.collation then add("collate " .. text.collation(item.collation)) end
  if item.operator_class then add(class_name(item.operator_class)) end
  if item.parameters then add(text.parameters(item.parameters)) end
  if item.order then add(item.order) end
  if item.nulls then add("nulls " .. item.nulls) end
  if item.with then add("with " .. item.with) end
  return table.concat(parts, " ")
end

---@param items moonpool.schema.Element[]
---@return string
function element.list(items)
  local parts = {}
  for at, item in ipairs(items) do parts[at] = element.text(item) end
  return table.concat(parts, ", ")
end

return element
