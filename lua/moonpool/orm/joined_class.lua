-- Classes with tables of their own that share the key of the model they extend: what is declared,
-- and how their rows are read.
local column = require "moonpool.schema.column"
local constraint = require "moonpool.schema.constraint"
local errors = require "moonpool.errors"
local parts = require "moonpool.orm.parts"
local select = require "moonpool.sql.select"
local source_module = require "moonpool.sql.source"

local joined_class = {}

local function refuse(name, message, hint)
  errors.raise { kind = "bad_argument", table = name,
    message = ('model "%s": %s'):format(name, message), hint = hint }
end

---@param name string
---@param parent moonpool.Model
---@param own moonpool.orm.Parts  of the class
function joined_class.check(name, parent, own)
  local above, root = parent.table, getmetatable(parent).root.table
  if not above.primary_key then
    refuse(name, ('"%s" has no key to share'):format(above.name), "declare a primary key there")
  end
  local is_key = {}
  for _, key in ipairs(above.primary_key.columns) do is_key[key] = true end
  for _, item in ipairs(own.items) do
    if item.kind == "column" and not is_key[item.name] and root.by_name[item.name] then
      refuse(name, ('another table of its hierarchy has a column "%s", too'):format(item.name),
        "give it another name: an instance has one field of a name")
    end
  end
  for trait in pairs(own.traits) do
    if getmetatable(parent).traits[trait] == nil then
      refuse(name, ("%s is said of whole rows"):format(trait:gsub("_", " ")),
        ('declare it in "%s", which all of its classes extend'):format(root.name))
    end
  end
end

-- The key's values are made by the first table.
local function key_column(item)
  local copy = {}
  for option, value in pairs(item) do copy[option] = value end
  copy.identity, copy.identity_options, copy.references, copy.comment = nil, nil, nil, nil
  copy.primary_key, copy.unique, copy.index, copy.check = true, false, false, nil
  if not column.has_plain_default(copy) then copy.default = nil end
  return setmetatable(copy, getmetatable(item))
end

local function key_reference(parent)
  local of = parent.table
  local given = table.move(of.primary_key.columns, 1, #of.primary_key.columns, 1, {})
  given.table, given.schema, given.on_delete = of.name, of.schema, "cascade"
  given.target = table.move(given, 1, #given, 1, {})
  local made = constraint.foreign_key(given)
  made.is_inheritance = true
  return made
end

---@param parent moonpool.Model
---@param items table[]  what the class declares
---@return table[]  with the key, and its reference
function joined_class.items(parent, items)
  local declared, all = {}, {}
  for _, item in ipairs(items) do
    if item.kind == "column" then declared[item.name] = true end
  end
  for _, name in ipairs(parent.table.primary_key.columns) do
    if not declared[name] then all[#all + 1] = key_column(parent.table.by_name[name]) end
  end
  table.move(items, 1, #items, #all + 1, all)
  all[#all + 1] = key_reference(parent)
  return all
end

---@param list table[]  items of another table
---@param described moonpool.schema.Table  which has its key already
---@param is_below boolean  of one whose rows only some of these have
---@return moonpool.schema.Column[]  its columns, as they are read with the row
function joined_class.borrowed(list, described, is_below)
  local is_key, copies = {}, {}
  for _, name in ipairs(described.primary_key.columns) do is_key[name] = true end
  for _, item in ipairs(list) do
    if item.kind == "column" and not is_key[item.name] then
      local copy = column.borrowed(item)
      if is_below then copy.null, copy.default, copy.generate = true, nil, nil end
      copies[#copies + 1] = copy
    end
  end
  return copies
end

---@param parent moonpool.Model
---@return moonpool.schema.Column[]  of all tables above one that extends it
function joined_class.above(parent)
  local class = getmetatable(parent)
  local list = table.move(class.borrowed_above or {}, 1, #(class.borrowed_above or {}), 1, {})
  for _, item in ipairs(joined_class.borrowed(class.lineage, parent.table)) do
    list[#list + 1] = item
  end
  return list
end

local function on_key(a, b, names)
  local condition
  for _, name in ipairs(names) do
    local is_same = a:column(name):eq(b:column(name))
    condition = condition and condition & is_same or is_same
  end
  return condition
end

-- The tables of the classes below, each behind the one that it extends.
local function add_below(statement, model, at, names)
  for _, subclass in ipairs(getmetatable(model).subclasses) do
    if getmetatable(subclass).is_joined then
      local list = parts.of(subclass)
      local own, above = list[#list], list[#list - 1]
      statement = statement:left_join(own.source, on_key(own.source, above.source, names))
      at[#at + 1] = own
    end
    statement = add_below(statement, subclass, at, names)
  end
  return statement
end

-- The first of the tables that has the column.
local function column_of(list, name)
  for _, part in ipairs(list) do
    if part.table.by_name[name] then return part.source:column(name) end
  end
end

---@param model moonpool.Model
---@return moonpool.sql.Source  of its rows. Where they are in several tables: a subquery, under the
---  table's name; `base` is what statements write to, false where that is more than one table
function joined_class.source(model)
  local described, list = model.table, parts.of(model)
  if not parts.are_several(model) then return parts.plain_source(described) end
  local names, at = described.primary_key.columns, table.move(list, 1, #list, 1, {})
  local statement, columns = select({}):from(list[1].source), {}
  for number = 2, #list do
    local own, above = list[number].source, list[number - 1].source
    statement = statement:join(own, on_key(own, above, names))
  end
  statement = add_below(statement, model, at, names)
  for place, item in ipairs(described.columns) do columns[place] = column_of(at, item.name) end
  local made = source_module.derived(statement:columns_added(columns), described.name)
  rawset(made, "type_of", function(name)
    local item = described.by_name[name]
    if item then return column.type_of(item), item.shape end
  end)
  rawset(made, "base", #list == 1 and list[1].source or false)
  return made
end

return joined_class
