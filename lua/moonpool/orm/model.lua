-- `model { "users", columns... }`: a table's class; calling it makes an instance.
local column = require "moonpool.schema.column"
local construct = require "moonpool.orm.construct"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local instance = require "moonpool.orm.instance"
local options = require "moonpool.options"
local registry = require "moonpool.orm.registry"
local schema_table = require "moonpool.schema.table"
local source_module = require "moonpool.sql.source"

local model = {}

---@class moonpool.Model
---@field table moonpool.schema.Table
---@field c table<string, moonpool.sql.Expression>  columns, also those whose name is taken here
---@field methods table<string, function>  of its instances
---@field source moonpool.sql.Source
---@field relations moonpool.orm.RelationDeclaration[]
---@field renamed_from string?
local OWN_FIELDS = { table = true, c = true, methods = true, source = true, relations = true,
  renamed_from = true, as = true }

local ROWS = {
  { name = "schema", kind = "string" },
  { name = "comment", kind = "string" },
  { name = "renamed_from", kind = "string" },
}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

-- `nil` for a name that is no column would hide a misspelling until the statement runs.
local function column_reader(source)
  return setmetatable({}, {
    __index = function(_, name) return source:column(name) end,
    __newindex = function() error("a model's columns cannot be changed", 2) end,
  })
end

---@param alias string
local function as(self, alias)
  local source = self.source:as(alias)
  local columns = column_reader(source)
  return setmetatable({ source = source, c = columns }, { __index = columns })
end

local function named_options(given)
  local named = {}
  for key, value in pairs(given) do
    if math.type(key) ~= "integer" then named[key] = value end
  end
  return named
end

-- The columns that stand in the list themselves, which relations may use as theirs.
local function columns_in(given)
  local declared = {}
  for at = 2, #given do
    if column.is_column(given[at]) then declared[given[at].name] = given[at] end
  end
  return declared
end

-- A relation or mixin is known in full only with the model it stands in.
local function expand(given, schema)
  local owner = { name = given[1], schema = schema, declared = columns_in(given) }
  local parts = { items = {}, relations = {}, traits = {} }
  for at = 2, #given do
    local item = given[at]
    local is_group = type(item) == "table" and item.kind == "group"
    local items, relation = { item }, nil
    if is_group then items, relation = item.build(owner) end
    table.move(items, 1, #items, #parts.items + 1, parts.items)
    parts.relations[#parts.relations + 1] = relation
    for name, trait in pairs(is_group and item.traits or {}) do parts.traits[name] = trait end
  end
  return parts
end

local function check_name(given)
  if type(given) == "table" and type(given[1]) == "string" then return given[1] end
  refuse("a model begins with its table's name", 'mp.model { "users", c.int8("id") }')
end

local function check_relations(described, relations)
  local seen = {}
  for _, declared in ipairs(relations) do
    if described.by_name[declared.name] or seen[declared.name] then
      refuse(('"%s" of "%s" stands twice'):format(declared.name, described.name),
        "a relation has a name that no column and no other relation has")
    end
    seen[declared.name] = declared
  end
  return seen
end

-- Collisions are allowed, since `c` reaches every column, but never silent.
local function report_collisions(described)
  for _, item in ipairs(described.columns) do
    if OWN_FIELDS[item.name] then
      warn(('moonpool: column "%s" of "%s" is taken by the model: write Model.c.%s'):format(
        item.name, described.name, item.name))
    end
  end
end

local function source_of(described)
  return source_module.new { name = described.name, schema = described.schema,
    columns = described:column_names(),
    type_of = function(name)
      local item = described.by_name[name]
      if item then return column.type_of(item), item.shape end
    end }
end

-- Relations and deferred columns: what an instance may be without.
local function unloaded_fields(described, relations)
  local fields = check_relations(described, relations)
  for _, item in ipairs(described.columns) do
    if item.deferred then fields[item.name] = { kind = "deferred", name = item.name } end
  end
  return fields
end

local function class_of(described, columns, traits)
  return {
    __name = "moonpool.Model",
    __index = columns,
    __call = construct,
    __tostring = function() return ("model(%s)"):format(described.name) end,
    traits = traits,
    subclasses = {},
  }
end

---Declare a model. Raises `bad_argument`.
---@param given table  the table's name, then columns, relations, indexes, constraints; `schema`,
---  `comment`
---@return moonpool.Model
function model.new(given)
  local name = check_name(given)
  local read = options.read(ROWS, named_options(given),
    { kind = "bad_argument", what = ('model "%s"'):format(name) })
  local parts = expand(given, read.schema)
  local described = schema_table.new(name, parts.items, read)
  report_collisions(described)
  local source = source_of(described)
  local columns = column_reader(source)
  local class = class_of(described, columns, parts.traits)
  local self = setmetatable({ table = described, c = columns, methods = instance.methods(),
    source = source, relations = parts.relations, renamed_from = read.renamed_from, as = as },
    class)
  class.root = self
  class.fields = unloaded_fields(described, parts.relations)
  class.transient = instance.transient(self, class.fields)
  class.detached = instance.detached(self, class.fields)
  registry.add(read.schema, name, self)
  return self
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
---@return table  `transient` and `detached` (metatables of instances), `fields` (relations and
---  deferred columns by name), `traits` (what its mixins said)
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
    table.move(model.subclasses(subclass), 1, #model.subclasses(subclass), #list + 1, list)
  end
  return list
end

---A plain row becomes an instance; the table itself is taken over.
function model.load(self, row)
  return setmetatable(row, getmetatable(self).detached)
end

---@return boolean  whether an insert leaves the column to the server
function model.is_server_made(item)
  return item.identity ~= nil or item.generated ~= nil or expression.is_expression(item.default)
end

return model
