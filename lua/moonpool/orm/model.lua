-- `model { "users", columns... }`: a table's class; calling it makes an instance.
local column = require "moonpool.schema.column"
local computed = require "moonpool.orm.computed"
local construct = require "moonpool.orm.construct"
local declaration = require "moonpool.orm.declaration"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local hooks = require "moonpool.orm.hooks"
local inheritance = require "moonpool.orm.inheritance"
local instance = require "moonpool.orm.instance"
local joined_class = require "moonpool.orm.joined_class"
local options = require "moonpool.options"
local parts_module = require "moonpool.orm.parts"
local registry = require "moonpool.orm.registry"
local schema_table = require "moonpool.schema.table"
local table_options = require "moonpool.schema.table_options"
local value_condition = require "moonpool.orm.value_condition"
local value_fields = require "moonpool.orm.value_fields"

local model = {}

---@class moonpool.Model
---@field table moonpool.schema.Table
---@field c table<string, moonpool.sql.Expression>  columns, also those whose name is taken here
---@field methods table<string, function>  of its instances
---@field source moonpool.sql.Source
---@field relations moonpool.orm.RelationDeclaration[]
---@field renamed_from string?
---@field on fun(self, event: string, fn: function): moonpool.Model  see hooks
local OWN_FIELDS = { table = true, c = true, methods = true, source = true, relations = true,
  renamed_from = true, as = true, on = true }

local ROWS = table.move(table_options.ROWS, 1, #table_options.ROWS, 1, {})
table.move({
  { name = "discriminator", kind = "string", doc = "the column that says which class a row is of" },
  { name = "extends", kind = "any", doc = "the model whose table, or key, it shares" },
  { name = "value", kind = "string", doc = "of the discriminator, for rows of this class" },
}, 1, 3, #ROWS + 1, ROWS)

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

-- `nil` for a name that is no column would hide a misspelling until the statement runs.
local function column_reader(source, class)
  local reader
  reader = setmetatable({}, {
    __index = function(_, name)
      local item, field = class.computed[name], class.fields[name]
      if item then return computed.expression(item, reader, source.name) end
      if field and field.kind == "value" then return value_condition(field, reader, source.name) end
      return source:column(name)
    end,
    __newindex = function() error("a model's columns cannot be changed", 2) end,
  })
  return reader
end

---@param alias string
local function as(self, alias)
  local source = self.source:as(alias)
  local columns = column_reader(source, getmetatable(self))
  return setmetatable({ source = source, c = columns }, { __index = columns })
end

local function check_name(list)
  if type(list[1]) == "string" then return list[1] end
  refuse("a model begins with its table's name", 'mp.model { "users", c.int8("id") }')
end

-- Collisions are allowed, since `c` reaches every column, but never silent.
local function report_collisions(described, parts)
  for _, declared in ipairs(parts.relations) do
    if instance.is_common(declared.name) then
      warn(('moonpool: relation "%s" of "%s" is hidden by a method while it is not loaded'):format(
        declared.name, described.name))
    end
  end
  for _, own in ipairs(parts.values) do
    if OWN_FIELDS[own.name] or instance.is_common(own.name) then
      warn(('moonpool: value "%s" of "%s" has the name of a method'):format(own.name,
        described.name))
    end
  end
  for _, item in ipairs(described.columns) do
    if OWN_FIELDS[item.name] then
      warn(('moonpool: column "%s" of "%s" is taken by the model: write Model.c.%s'):format(
        item.name, described.name, item.name))
    elseif instance.is_common(item.name) then
      warn(('moonpool: column "%s" of "%s" hides a method: write mp.%s(object, ...)'):format(
        item.name, described.name, item.name))
    end
  end
end

local function check_twice(described, list, seen)
  for _, declared in ipairs(list) do
    if described.by_name[declared.name] or seen[declared.name] then
      refuse(('"%s" of "%s" stands twice'):format(declared.name, described.name),
        "a relation or computed value has a name that nothing else has")
    end
    seen[declared.name] = declared
  end
  return seen
end

-- Relations, deferred columns and value objects: what an instance holds besides its row's columns.
local function further_fields(described, parts)
  local fields = check_twice(described, parts.relations, {})
  check_twice(described, parts.values, fields)
  for _, item in ipairs(described.columns) do
    if item.deferred then fields[item.name] = { kind = "deferred", name = item.name } end
  end
  return fields
end

local function computed_values(described, fields, list)
  local seen = setmetatable({}, { __index = fields })
  return setmetatable(check_twice(described, list, seen), nil)
end

-- What a model is besides its table; kept out of its fields, which are its columns' names.
local function class_of(described, parts, parent, read)
  local fields = further_fields(described, parts)
  return {
    __name = "moonpool.Model",
    __call = construct,
    __tostring = function() return ("model(%s)"):format(described.name) end,
    traits = parts.traits,
    parts = parts,
    fields = fields,
    computed = computed_values(described, fields, parts.computed),
    values = #parts.values > 0 and parts.values or nil,
    parent = parent,
    subclasses = {},
    by_value = {},
    own_hooks = {},
    discriminator = read.discriminator or parent and getmetatable(parent).discriminator,
    value = read.value,
  }
end

local function methods_of(parent)
  if not parent then return instance.methods() end
  return setmetatable({}, { __index = parent.methods })
end

local function assemble(described, class, read)
  local source = parts_module.plain_source(described)
  local columns = column_reader(source, class)
  class.__index = columns
  local self = setmetatable({ table = described, c = columns, methods = methods_of(class.parent),
    source = source, relations = class.parts.relations, renamed_from = read.renamed_from, as = as,
    on = hooks.on }, class)
  class.root = class.parent and getmetatable(class.parent).root or self
  class.transient, class.detached = instance.transient(self, class), instance.detached(self, class)
  hooks.refresh(self)
  return self
end

local function read_options(named, name)
  return options.read(ROWS, named,
    { kind = "bad_argument", what = ('model "%s"'):format(name) })
end

local function table_part(read)
  local own = {}
  for _, row in ipairs(table_options.ROWS) do own[row.name] = read[row.name] end
  return own
end

local function new_subclass(list, named)
  local parent = named.extends
  inheritance.check(named, parent, model.is_model)
  local above = getmetatable(parent)
  local read = read_options(named, parent.table.name)
  local parts = declaration.read(list, parent.table, above.parts)
  inheritance.check_items(parts.items, parent)
  local lineage = inheritance.lineage(above, parts.items)
  local described = schema_table.new(parent.table.name, lineage, above.options)
  local class = class_of(described, parts, parent, read)
  class.lineage, class.options = lineage, above.options
  local self = assemble(described, class, read)
  inheritance.join(self, parts.items, joined_class.source)
  return self
end

-- A class with a table of its own, which has the key of the model that it extends.
local function new_joined(list, named)
  local name, parent = list[1], named.extends
  inheritance.check(setmetatable({ list[1] }, { __index = named }), parent, model.is_model)
  local above, read = getmetatable(parent), read_options(named, name)
  local parts = declaration.read({ table.unpack(list, 2) }, { name = name, schema = read.schema },
    above.parts, true)
  joined_class.check(name, parent, parts)
  local items, own = joined_class.items(parent, parts.items), table_part(read)
  local borrowed = joined_class.above(parent)
  local described = schema_table.new(name, inheritance.lineage({ lineage = items }, borrowed), own)
  local class = class_of(described, parts, parent, read)
  class.lineage, class.options, class.is_joined = items, own, true
  class.borrowed, class.borrowed_above = borrowed, table.move(borrowed, 1, #borrowed, 1, {})
  local self = assemble(described, class, read)
  local below = joined_class.borrowed(parts.items, described, true)
  inheritance.join_apart(self, below, joined_class.source)
  registry.add(read.schema, name, self)
  return self
end

local function new_table(list, named)
  local name = check_name(list)
  local read = read_options(named, name)
  local parts = declaration.read({ table.unpack(list, 2) }, { name = name, schema = read.schema })
  local own = table_part(read)
  local described = schema_table.new(name, parts.items, own)
  described.companions = parts.companions
  inheritance.check_discriminator(described, read.discriminator)
  report_collisions(described, parts)
  local class = class_of(described, parts, nil, read)
  class.lineage, class.options = parts.items, own
  local self = assemble(described, class, read)
  if read.value then class.by_value[read.value] = self end
  registry.add(read.schema, name, self)
  return self
end

---Declare a model. Raises `bad_argument`.
---@param given table  the table's name, then columns, relations, mixins, indexes, constraints, ...;
---  `schema`, `comment` and the table's other options; `discriminator` where several classes share
---  the table; or `extends` and `value`, without a name, for one of these classes
---@return moonpool.Model
function model.new(given)
  if type(given) ~= "table" then check_name {} end
  local list, named = declaration.split(given)
  if named.extends ~= nil then
    local new = type(list[1]) == "string" and new_joined or new_subclass
    return new(list, named)
  end
  return new_table(list, named)
end

---@return boolean
function model.is_model(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and meta.__name == "moonpool.Model"
end

---@return moonpool.Model?  of an instance
function model.of(object)
  local meta = getmetatable(object)
  return type(meta) == "table" and meta.model or nil
end

---What a model is besides its table.
---@param self moonpool.Model
---@return table  `transient` and `detached` (metatables of instances), `fields` (relations,
---  deferred columns and value objects by name), `values` (value objects, if any), `traits` (what
---  its mixins said), `hooks` (functions by event), `root` (the model of the whole table),
---  `parent`, `discriminator`, `value`
function model.class(self)
  return getmetatable(self)
end

---@return boolean  whether instances of it are instances of the other
function model.is_a(self, other)
  while self and self ~= other do self = getmetatable(self).parent end
  return self == other
end

---@return moonpool.Model[]  every class derived from it, directly or not
function model.subclasses(self)
  local list = {}
  for _, subclass in ipairs(getmetatable(self).subclasses) do
    list[#list + 1] = subclass
    local below = model.subclasses(subclass)
    table.move(below, 1, #below, #list + 1, list)
  end
  return list
end

---The class of a row where several share the table.
---@return moonpool.Model
model.class_of = inheritance.class_of

---A plain row becomes an instance of its class; the table itself is taken over.
function model.load(self, row)
  local own = inheritance.class_of(self, row)
  value_fields.fill(own, row)
  return setmetatable(row, getmetatable(own).detached)
end

---@return boolean  whether an insert leaves the column to the server
function model.is_server_made(item)
  return item.identity ~= nil or column.is_made_anew(item)
    or expression.is_expression(item.default)
end

return model
