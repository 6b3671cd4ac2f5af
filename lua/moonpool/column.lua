-- `c.text("name", { null = true })`: the constructors of columns, one for each type.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local literal = require "moonpool.sql.literal"
local suggest = require "moonpool.util.suggest"
local types = require "moonpool.schema.types"

local c = {}

for type_name, definition in pairs(types.BY_NAME) do
  c[type_name] = function(name, options)
    return column.new(name, definition.sql, options, definition.rows)
  end
end

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function shaped(shape, declared)
  declared.shape = shape
  return declared
end

local function named(constructor)
  return function(name, type_name, options)
    if type(type_name) ~= "string" then
      refuse(("c.%s(%q): the type's name is missing"):format(constructor, tostring(name)),
        ('c.%s("name", "type_name")'):format(constructor))
    end
    return shaped(constructor, column.new(name, types.named(type_name), options))
  end
end

c.range, c.composite, c.domain = named "range", named "composite", named "domain"

local ENUM_ROWS = { { name = "type", kind = "string", doc = "the enum type's name" },
  { name = "labels", kind = "table" } }

---@param name string
---@param labels string | string[]  an existing type's name, or the labels of one named by `type`
---  (the column's own name when that is left out)
---@param options table?
function c.enum(name, labels, options)
  if type(labels) == "string" then
    return shaped("enum", column.new(name, types.named(labels), options))
  end
  if type(labels) ~= "table" or #labels == 0 then
    refuse(("c.enum(%q) needs labels or a type's name"):format(tostring(name)),
      'c.enum("role", { "reader" })')
  end
  local given = { labels = table.move(labels, 1, #labels, 1, {}) }
  for key, value in pairs(options or {}) do given[key] = value end
  local function type_sql(read) return types.named(read.type or name) end
  return shaped("enum", column.new(name, type_sql, given, ENUM_ROWS))
end

---@param name string
---@param element string | string[]  a type's name, or SQL text of one
function c.array(name, element, options)
  if type(element) ~= "string" then
    refuse(("c.array(%q): the element's type is missing"):format(tostring(name)),
      'c.array("tags", "text")')
  end
  return column.new(name, types.array(element), options)
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
  literal.quote(type_sql)
  return column.new(name, type_sql, options)
end

return setmetatable(c, {
  __index = function(_, name)
    local near = suggest.phrase(name, c)
    refuse(('there is no column type "%s"%s'):format(tostring(name), near),
      'c.column("name", "any type text") takes every type')
  end,
})
