-- `model { "users", columns... }`: a table's class; calling it makes an instance.
local column = require "moonpool.schema.column"
local entropy = require "moonpool.orm.entropy"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local generate = require "moonpool.orm.generate"
local options = require "moonpool.options"
local registry = require "moonpool.orm.registry"
local schema_table = require "moonpool.schema.table"
local source_module = require "moonpool.sql.source"
local suggest = require "moonpool.util.suggest"

local model = {}

---@class moonpool.Model
---@field table moonpool.schema.Table
---@field c table<string, moonpool.sql.Expression>  columns, also those whose name is taken here
---@field methods table<string, function>  of its instances
---@field source moonpool.sql.Source
---@field relations table[]
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

local GENERATORS = {
  v4 = function() return generate.v4(entropy.random) end,
  v7 = function() return generate.v7(entropy.random, entropy.time) end,
}

local function initial_value(item)
  if item.generate then return (GENERATORS[item.generate] or item.generate)() end
  if not column.has_plain_default(item) then return nil end
  if type(item.default) ~= "table" then return item.default end
  return setmetatable({}, getmetatable(item.default))
end

local function check_field(self, name)
  if self.table.by_name[name] then return end
  refuse(('table "%s" has no column "%s"%s'):format(
    self.table.name, tostring(name), suggest.phrase(name, self.table.by_name)),
    "its columns are: " .. table.concat(self.table:column_names(), ", "))
end

---A new instance; generated values and plain defaults are in it at once.
local function construct(self, values)
  if type(values) ~= "table" then
    refuse(('an instance of "%s" is made of a table'):format(self.table.name), "Model { name = 1 }")
  end
  local instance = {}
  for name, value in pairs(values) do
    check_field(self, name)
    instance[name] = value
  end
  for _, item in ipairs(self.table.columns) do
    if instance[item.name] == nil then instance[item.name] = initial_value(item) end
  end
  return model.load(self, instance)
end

local function named_options(given)
  local named = {}
  for key, value in pairs(given) do
    if math.type(key) ~= "integer" then named[key] = value end
  end
  return named
end

local function split(given)
  if type(given) ~= "table" or type(given[1]) ~= "string" then
    refuse("a model begins with its table's name", 'mp.model { "users", c.int8("id") }')
  end
  local items, relations = {}, {}
  for at = 2, #given do
    local item = given[at]
    local is_group = type(item) == "table" and item.kind == "group"
    for _, inner in ipairs(is_group and item.items or { item }) do items[#items + 1] = inner end
    if is_group then relations[#relations + 1] = item.relation end
  end
  return items, relations, named_options(given)
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

local function class_of(described, columns)
  return {
    __name = "moonpool.Model",
    __index = columns,
    __call = construct,
    __tostring = function() return ("model(%s)"):format(described.name) end,
  }
end

---Declare a model. Raises `bad_argument`.
---@param given table  the table's name, then columns, indexes, constraints; `schema`, `comment`
---@return moonpool.Model
function model.new(given)
  local items, relations, rest = split(given)
  local name = given[1]
  local read = options.read(ROWS, rest,
    { kind = "bad_argument", what = ('model "%s"'):format(name) })
  local described = schema_table.new(name, items, read)
  report_collisions(described)
  local source = source_of(described)
  local columns, methods = column_reader(source), {}
  local class = class_of(described, columns)
  local self = setmetatable({ table = described, c = columns, methods = methods, source = source,
    relations = relations, renamed_from = read.renamed_from, as = as }, class)
  class.instance = { __index = methods, __name = name, model = self }
  registry.add(read.schema, name, self)
  return self
end

---@return boolean
function model.is_model(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and meta.__name == "moonpool.Model"
end

---@return moonpool.Model?  of an instance
function model.of(instance)
  local meta = getmetatable(instance)
  return type(meta) == "table" and meta.model or nil
end

---A plain row becomes an instance; the table itself is taken over.
function model.load(self, row)
  return setmetatable(row, getmetatable(self).instance)
end

---@return boolean  whether an insert leaves the column to the server
function model.is_server_made(item)
  return item.identity ~= nil or item.generated ~= nil or expression.is_expression(item.default)
end

return model
