-- How names of the catalogue stand in objects: without a schema where the search path finds them.
local qualified = require "moonpool.schema.qualified"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"

local names = {}

---@class moonpool.catalog.Names
---@field own string?  the schema whose objects are named without it
---@field object_schema string?  what the read objects' `schema` is

---@param schema string  whose objects are read
---@param own string?  the schema that the search path makes things in; nil: all names are whole
---@return moonpool.catalog.Names
function names.new(schema, own)
  local self = { own = own }
  self.object_schema = names.schema(self, schema)
  return self
end

---@param self moonpool.catalog.Names
---@param schema string?
---@return string?  nil where it goes without saying
function names.schema(self, schema)
  if schema ~= self.own then return schema end
end

---@param self moonpool.catalog.Names
---@return string  `"app.users"`, or `"users"`
function names.qualified(self, schema, name)
  return qualified.join(names.schema(self, schema), name)
end

---A collation that is a plain name for what pg_catalog has, else SQL.
---@param schema string?
---@param name string?
---@return (string | table)?
function names.collation(schema, name)
  if name == nil or schema == "pg_catalog" then return name end
  return expression.raw(identifier.qualified(schema, name))
end

return names
