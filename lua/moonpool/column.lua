-- `c.text("name", { null = true })`: the constructors of columns, one for each type.
local errors = require "moonpool.errors"
local lazy = require "moonpool.util.lazy"
local suggest = require "moonpool.util.suggest"
local types = require "moonpool.schema.types"

-- Migrations that have been applied are loaded for their place in the graph, and make no column.
local parts = lazy.fields({}, {
  column = { "moonpool.schema.column" },
  enum = { "moonpool.schema.enum" },
  identifier = { "moonpool.sql.identifier" },
  literal = { "moonpool.sql.literal" },
  object = { "moonpool.schema.object" },
})

local c = {}

for type_name, definition in pairs(types.BY_NAME) do
  c[type_name] = function(name, options)
    return parts.column.new(name, definition.sql, options, definition.rows)
  end
end

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function shaped(shape, declared)
  declared.shape = shape
  return declared
end

local function is_object(value, kind)
  return parts.object.is_object(value) and value.kind == kind
end

-- What the objects know of their values goes into the column, for the check of values.
local KNOWN = { composite = "fields", domain = "domain", enum = "labels", range_type = "subtype" }

local SHAPES = { range_type = "range" }

local function of_object(name, of, options)
  local type_name = parts.identifier.qualified(of.schema, of.name)
  local declared = shaped(SHAPES[of.kind] or of.kind, parts.column.new(name, type_name, options))
  declared.declares = of
  declared[KNOWN[of.kind]] = of.kind == "domain" and of or of[KNOWN[of.kind]]
  return declared
end

---@param constructor string
---@param kind string  of the objects that it takes
local function named(constructor, kind)
  return function(name, type_name, options)
    if is_object(type_name, kind) then return of_object(name, type_name, options) end
    if type(type_name) ~= "string" then
      refuse(("c.%s(%q): the type's name is missing"):format(constructor, tostring(name)),
        ('c.%s("name", "type_name")'):format(constructor))
    end
    return shaped(constructor, parts.column.new(name, types.named(type_name), options))
  end
end

c.range, c.composite = named("range", "range_type"), named("composite", "composite")
c.domain = named("domain", "domain")

local ENUM_ROWS = { { name = "type", kind = "string", doc = "the enum type's name" },
  { name = "labels", kind = "table" } }

---@param name string
---@param labels string | string[] | moonpool.schema.Object  an existing type's name, what mp.enum
---  made, or the labels of one named by `type` (the column's own name when that is left out)
---@param options table?
function c.enum(name, labels, options)
  if is_object(labels, "enum") then return of_object(name, labels, options) end
  if type(labels) == "string" then
    return shaped("enum", parts.column.new(name, types.named(labels), options))
  end
  if type(labels) ~= "table" or #labels == 0 then
    refuse(("c.enum(%q) needs labels or a type's name"):format(tostring(name)),
      'c.enum("role", { "reader" })')
  end
  local of = parts.enum.new((options or {}).type or name, labels)
  local given = { labels = of.labels }
  for key, value in pairs(options or {}) do given[key] = value end
  local type_name = parts.identifier.qualified(of.schema, of.name)
  local declared = parts.column.new(name, type_name, given, ENUM_ROWS)
  declared.declares = of
  return shaped("enum", declared)
end

---@param name string
---@param element string | moonpool.schema.Object  SQL text of a type, or what mp.enum and the like
---  made
function c.array(name, element, options)
  if parts.object.is_object(element) and KNOWN[element.kind] then
    local declared = of_object(name, element, options)
    declared.type, declared.shape = types.array(declared.type), nil
    return declared
  end
  if type(element) ~= "string" then
    refuse(("c.array(%q): the element's type is missing"):format(tostring(name)),
      'c.array("tags", "text")')
  end
  return parts.column.new(name, types.array(element), options)
end

---A jsonb column whose values have fields of their own.
---@param name string
---@param shape table  what mp.embedded gives
---@param options table?  `many = true` for a list of them
function c.embed(name, shape, options)
  local meta = getmetatable(shape)
  if type(meta) ~= "table" or not meta.embed then
    refuse(("c.embed(%q): the shape is missing"):format(tostring(name)),
      'c.embed("address", mp.embedded { c.text "street" })')
  end
  return meta.embed(shape, name, options)
end

---A column of any type, given as SQL text.
function c.column(name, type_sql, options)
  if type(type_sql) ~= "string" then
    refuse(("c.column(%q): the type is missing"):format(tostring(name)), 'c.column("at", "point")')
  end
  parts.literal.quote(type_sql)
  return parts.column.new(name, type_sql, options)
end

return setmetatable(c, {
  __index = function(_, name)
    local near = suggest.phrase(name, c)
    refuse(('there is no column type "%s"%s'):format(tostring(name), near),
      'c.column("name", "any type text") takes every type')
  end,
})
