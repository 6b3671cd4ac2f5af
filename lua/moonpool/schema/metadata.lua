-- A set of declared objects, in an order in which they can be created: create and drop scripts.
local dependency = require "moonpool.schema.metadata.dependency"
local given_module = require "moonpool.schema.given"
local item_module = require "moonpool.schema.metadata.item"
local object = require "moonpool.schema.object"
local order = require "moonpool.schema.metadata.order"
local qualified = require "moonpool.schema.qualified"
local reference_check = require "moonpool.schema.metadata.reference_check"
local schema_table = require "moonpool.schema.table"
local suggest = require "moonpool.util.suggest"

local metadata = {}

---@class moonpool.schema.Metadata
---@field objects (moonpool.schema.Object | moonpool.schema.Table)[]  as they were declared
local Metadata = {}
Metadata.__index = Metadata
Metadata.__name = "moonpool.Metadata"

-- Some models share one table, which is then told of once.
local function collect_table(described, into)
  local whole = described.whole or described
  for _, other in ipairs(into) do
    if other == whole then return end
  end
  into[#into + 1] = whole
  for _, companion in ipairs(whole.companions or {}) do into[#into + 1] = companion end
end

-- A table, an object, a model (which has its table), or a list of any of them.
local function collect(value, into)
  local is_table = type(value) == "table"
  if schema_table.is_table(value) or object.is_object(value) then
    into[#into + 1] = value
  elseif is_table and schema_table.is_table(rawget(value, "table")) then
    collect_table(rawget(value, "table"), into)
  elseif is_table and getmetatable(value) == nil then
    for _, inner in ipairs(value) do collect(inner, into) end
  else
    given_module.refuse("metadata", ("a %s is no schema object"):format(type(value)),
      "give models, and what mp.enum, mp.view and the like make")
  end
end

local function add_type(list, by_name, item)
  local of = item.declares
  if not of or of.kind ~= "enum" then return end
  local name = qualified.join(of.schema, of.name)
  local known = by_name[name]
  if not known then
    by_name[name] = of
    list[#list + 1] = of
  elseif table.concat(known.labels, "\0") ~= table.concat(of.labels, "\0") then
    given_module.refuse("metadata",
      ('the enum "%s" of column "%s" is declared with other labels'):format(name, item.name),
      "declare it once, and give it to c.enum in place of the labels")
  end
end

-- `c.enum("role", { "reader" })` declares its type with it, unless somebody has declared it.
local function add_types(list)
  local by_name = {}
  for _, of in ipairs(list) do
    if of.kind == "enum" then by_name[qualified.join(of.schema, of.name)] = of end
  end
  for at = 1, #list do
    for _, item in ipairs(list[at].kind == "table" and list[at].columns or {}) do
      add_type(list, by_name, item)
    end
  end
end

-- Names of relations (indexes too) are told apart in a schema; so are those of types, and so on.
local function check_names(items)
  local seen = {}
  for _, item in ipairs(items) do
    for _, identity in ipairs(item.identities) do
      local other = seen[identity]
      if other then
        given_module.refuse("metadata", ("%s and %s have the same name"):format(other.title,
          item.title), 'give one of them another: name = "..."')
      end
      seen[identity] = item
    end
  end
end

---@param objects table  models, tables and objects, in any order, in lists or not
---@return moonpool.schema.Metadata
function metadata.new(objects)
  local list = {}
  collect(objects, list)
  add_types(list)
  reference_check.run(list)
  local self = setmetatable({ objects = list }, Metadata)
  local items = item_module.list(list)
  check_names(items)
  self.items = order.sort(items, dependency.find(items))
  return self
end

---@param kind string  "table", "enum", "view", ...
---@param name string  `"mood"` or `"app.mood"`
---@return table?
function Metadata:find(kind, name)
  local schema, own = qualified.split(name)
  for _, item in ipairs(self.objects) do
    if item.kind == kind and item.name == own and item.schema == schema then return item end
  end
end

---Like `find`; raises `bad_argument` with a suggestion.
function Metadata:get(kind, name)
  local found = self:find(kind, name)
  if found then return found end
  local names = {}
  for _, item in ipairs(self.objects) do
    if item.kind == kind then names[#names + 1] = item.name end
  end
  given_module.refuse("metadata", ('there is no %s "%s"%s'):format(kind, name,
    suggest.phrase(name, names)), "declare it, and give it to metadata.new")
end

---@return string[]  in an order in which each finds what it needs
function Metadata:create_statements()
  local statements = {}
  for _, item in ipairs(self.items) do
    local own = item.create()
    table.move(own, 1, #own, #statements + 1, statements)
  end
  return statements
end

---@return string[]  the other way round; what is not there is no error
function Metadata:drop_statements()
  local statements = {}
  for at = #self.items, 1, -1 do
    local own = self.items[at].drop()
    table.move(own, 1, #own, #statements + 1, statements)
  end
  return statements
end

return metadata
