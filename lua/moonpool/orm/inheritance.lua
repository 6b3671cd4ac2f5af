-- Several classes in one table: a column says which class a row is of.
local errors = require "moonpool.errors"
local schema_table = require "moonpool.schema.table"

local inheritance = {}

local function refuse(what, message, hint)
  errors.raise { kind = "bad_argument", message = what .. ": " .. message, hint = hint }
end

---@param described moonpool.schema.Table
---@param name string?  of the column
function inheritance.check_discriminator(described, name)
  if name == nil or described.by_name[name] then return end
  refuse(('model "%s"'):format(described.name),
    ('its discriminator "%s" is no column'):format(name), ('declare it: c.text "%s"'):format(name))
end

---@param given table  a model's declaration
---@param parent any  its `extends`
---@param is_model fun(value: any): boolean
function inheritance.check(given, parent, is_model)
  if not is_model(parent) then
    refuse("mp.model", ("extends is a model, not a %s"):format(type(parent)),
      'mp.model { extends = Animal, value = "dog" }')
  end
  local what, class = ('model that extends "%s"'):format(parent.table.name), getmetatable(parent)
  if class.is_joined and type(given[1]) ~= "string" then
    refuse(what, "that one has a table of its own", "give this one a name and a table, too")
  end
  if not class.discriminator then
    refuse(what, "that one names no discriminator",
      ('mp.model { "%s", discriminator = "kind", ... }'):format(parent.table.name))
  end
  if given.value == nil then
    refuse(what, ('no value is given for "%s"'):format(class.discriminator), 'value = "dog"')
  end
  if getmetatable(class.root).by_value[given.value] then
    refuse(what, ('the value "%s" is taken'):format(tostring(given.value)), "give another")
  end
end

---Rows of other classes have no value in the class's own columns.
---@param items table[]
---@param parent moonpool.Model
function inheritance.check_items(items, parent)
  for _, item in ipairs(items) do
    local is_open = item.kind ~= "column" or item.null or item.default ~= nil or item.generated
    if not is_open then
      refuse(('column "%s" of a model that extends "%s"'):format(item.name, parent.table.name),
        "rows of the other classes have no value for it", "null = true, or a default")
    end
  end
end

---@param class table  a model's
---@param items table[]
---@return table[]  what the class and those above it declare, then these
function inheritance.lineage(class, items)
  local all = table.move(class.lineage, 1, #class.lineage, 1, {})
  return table.move(items, 1, #items, #all + 1, all)
end

local function become(old, new)
  for key in pairs(old) do if new[key] == nil then rawset(old, key, nil) end end
  for key, value in next, new do rawset(old, key, value) end
end

-- A table is what all of its classes need; those who hold it see it grow. Columns that are read
-- with its rows, and are in other tables, are `borrowed`.
local function grow(model, kind, items, source_of)
  local class = getmetatable(model)
  class[kind] = class[kind] or {}
  table.move(items, 1, #items, #class[kind] + 1, class[kind])
  local all = inheritance.lineage(class, class.below or {})
  table.move(class.borrowed or {}, 1, #(class.borrowed or {}), #all + 1, all)
  local grown = schema_table.new(model.table.name, all, class.options)
  grown.companions = model.table.companions
  become(model.table, grown)
  if class.parent and not class.is_joined then model.table.whole = class.root.table end
  become(model.source, source_of(model))
end

local function enter(model)
  local class = getmetatable(model)
  table.insert(getmetatable(class.parent).subclasses, model)
  getmetatable(class.root).by_value[class.value] = model
end

---The subclass becomes known to all above it, and its columns become their table's.
---@param model moonpool.Model
---@param items table[]  its own
---@param source_of fun(model: moonpool.Model): moonpool.sql.Source
function inheritance.join(model, items, source_of)
  local above = getmetatable(model).parent
  enter(model)
  while above do
    grow(above, "below", items, source_of)
    above = getmetatable(above).parent
  end
  model.table.whole = getmetatable(model).root.table
end

---The same for one with a table of its own, whose columns are read with those of the models above.
---@param borrowed moonpool.schema.Column[]
---@param source_of fun(model: moonpool.Model): moonpool.sql.Source
function inheritance.join_apart(model, borrowed, source_of)
  local above = getmetatable(model).parent
  enter(model)
  while above do
    grow(above, "borrowed", borrowed, source_of)
    above = getmetatable(above).parent
  end
  become(model.source, source_of(model))
end

---@param model moonpool.Model
---@param row table
---@return moonpool.Model  the class of the row, by its discriminator
function inheritance.class_of(model, row)
  local class = getmetatable(model)
  if not class.discriminator then return model end
  return getmetatable(class.root).by_value[rawget(row, class.discriminator)] or model
end

return inheritance
