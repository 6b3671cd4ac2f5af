-- The tables that a row of a model consists of, each as a model of its own columns: one, or where
-- classes have tables of their own (joined inheritance) one for each of them, the root's first.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local schema_table = require "moonpool.schema.table"
local source_module = require "moonpool.sql.source"

local parts = {}

---@class moonpool.orm.Part  what writing needs of a model
---@field table moonpool.schema.Table
---@field source moonpool.sql.Source

---@param described moonpool.schema.Table
---@return moonpool.sql.Source
function parts.plain_source(described)
  return source_module.new { name = described.name, schema = described.schema,
    columns = described:column_names(),
    type_of = function(name)
      local item = described.by_name[name]
      if item then return column.type_of(item), item.shape, item.subtype end
    end,
    unique_where = function(names) return described:unique_where(names) end }
end

-- What of a model's mixins is in this table: what a class adds to one it extends has none.
local function make(model, class)
  local items = table.move(class.lineage, 1, #class.lineage, 1, {})
  local below = class.below or {}
  table.move(below, 1, #below, #items + 1, items)
  local described = schema_table.new(model.table.name, items, class.options)
  return setmetatable({ table = described, source = parts.plain_source(described) },
    { __name = "moonpool.Part", traits = class.is_joined and {} or class.traits,
      root = class.root, fields = {}, hooks = {}, subclasses = {}, computed = {} })
end

-- Of the model's own table, without what other tables of its hierarchy have.
local function own(model)
  local class = getmetatable(model)
  if not class.borrowed then return model end
  if class.part_of ~= model.table.columns then
    class.part, class.part_of = make(model, class), model.table.columns
    class.all_parts = nil
  end
  return class.part
end

---@param model moonpool.Model
---@return (moonpool.orm.Part | moonpool.Model)[]  not to be changed; the model where all is in one
function parts.of(model)
  local class = getmetatable(model)
  local last = own(model)
  local above = class.is_joined and parts.of(class.parent) or nil
  local known = class.all_parts
  if known and known[#known] == last and known.above == above then return known end
  local list = above and table.move(above, 1, #above, 1, {}) or {}
  list[#list + 1], list.above = last, above
  class.all_parts = list
  return list
end

---@return boolean  whether its rows are in several tables, or those of its classes are
function parts.are_several(model)
  return getmetatable(model).borrowed ~= nil
end

---@param model moonpool.Model
---@param names string[]
---@return moonpool.orm.Part | moonpool.Model  the first that has such a column
function parts.having(model, names)
  local list = parts.of(model)
  for _, part in ipairs(list) do
    if part.table.by_name[names[1]] then return part end
  end
  return list[1]
end

local function add_below(list, model)
  for _, subclass in ipairs(getmetatable(model).subclasses) do
    if getmetatable(subclass).is_joined then list[#list + 1] = own(subclass) end
    add_below(list, subclass)
  end
  return list
end

---@param root moonpool.Model
---@return (moonpool.orm.Part | moonpool.Model)[]  the tables of all its classes, its own first
function parts.of_all(root)
  if not parts.are_several(root) then return parts.of(root) end
  return add_below({ own(root) }, root)
end

---@param part moonpool.orm.Part | moonpool.Model
---@param names string[]
---@return string[]  those that are its own
function parts.among(part, names)
  local list = {}
  for _, name in ipairs(names) do
    if part.table.by_name[name] then list[#list + 1] = name end
  end
  return list
end

-- Columns that rows of the model are read with, and only those of its classes have.
local function below(model)
  local class, list = getmetatable(model), parts.of(model)
  if class.names_below and class.names_below.of == list then return class.names_below end
  local names = { of = list }
  for _, item in ipairs(model.table.columns) do
    local is_own = false
    for _, part in ipairs(list) do is_own = is_own or part.table.by_name[item.name] ~= nil end
    if not is_own then names[#names + 1] = item.name end
  end
  class.names_below = names
  return names
end

---Raises `bad_argument` for a field that only a class below the object's own could store.
---@param model moonpool.Model
---@param object table
function parts.check_fields(model, object)
  if not parts.are_several(model) then return end
  for _, name in ipairs(below(model)) do
    if rawget(object, name) ~= nil then
      errors.raise { kind = "bad_argument", table = model.table.name,
        message = ('a row of "%s" has no "%s": that is of a class which extends it'):format(
          model.table.name, name), hint = "make an instance of that class, or set it to nil" }
    end
  end
end

return parts
