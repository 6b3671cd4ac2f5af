-- The columns and the foreign key that a belongs_to brings into its model's table; pure.
local column = require "moonpool.schema.column"
local constraint = require "moonpool.schema.constraint"
local errors = require "moonpool.errors"
local index = require "moonpool.schema.index"
local placement = require "moonpool.orm.relation.placement"
local registry = require "moonpool.orm.registry"

local function refuse(name, message, hint)
  errors.raise { kind = "bad_argument", message = ('mp.belongs_to("%s"): %s'):format(name, message),
    hint = hint }
end

-- The type of the target's key; its model may be declared later than this one.
local function key_type(schema, name, key)
  return function()
    local target = registry.look_up(schema, name)
    local found = target and target.table.by_name[key]
    return found and column.type_of(found)
  end
end

local function own_column(given, name, type_of, extra)
  local own = column.new(name, given.type, { null = given.null, unique = extra.unique,
    index = extra.index, references = extra.references })
  own.resolve_type = type_of
  return own
end

-- What the foreign key does, as it was given.
local function reference(given, target)
  for _, row in ipairs(constraint.REFERENCE_ROWS) do target[row.name] = given[row.name] end
  target.table, target.schema = given.table, given.schema
  return target
end

local function made_column(given, owner, at)
  local name, is_single = given.columns[at], #given.columns == 1
  if owner.declared[name] then return nil end
  return own_column(given, name, key_type(given.schema, given.table, given.keys[at]), {
    index = given.index and is_single, unique = given.unique and is_single,
    references = is_single and reference(given, { column = given.keys[1] }) or nil })
end

-- A column that the list has already may say itself what it refers to.
local function needs_constraint(given, owner, made)
  if #given.columns > 1 then return true end
  return #made == 0 and not owner.declared[given.columns[1]].references
end

local function add_constraints(given, items)
  items[#items + 1] = constraint.foreign_key(reference(given,
    { target = given.keys, table.unpack(given.columns) }))
  if given.index then items[#items + 1] = index.new(given.columns) end
  if given.unique then items[#items + 1] = constraint.unique(given.columns) end
end

-- Columns that the model's own list has are taken as they are; the others are made.
local function foreign_columns(given, owner)
  local items = {}
  for at in ipairs(given.columns) do items[#items + 1] = made_column(given, owner, at) end
  if needs_constraint(given, owner, items) then add_constraints(given, items) end
  return items
end

local function check_widths(given)
  if #given.columns == #given.keys then return end
  refuse(given.name, ("%d columns cannot refer to %d"):format(#given.columns,
    #given.keys), "name as many columns as keys")
end

local function plain_belongs_to(given, owner)
  if not given.table then
    refuse(given.name, 'option "table" is missing', '{ table = "teams" }')
  end
  given.schema, given.table = placement(given, owner)
  given.columns = given.column or { given.name .. "_id" }
  given.keys = given.key or { "id" }
  check_widths(given)
  return foreign_columns(given, owner), given
end

local function first_type(given, owner)
  return function()
    for _, name in ipairs(given.polymorphic) do
      local schema, own = placement({ table = name, schema = given.schema }, owner)
      local found = key_type(schema, own, given.keys[1])()
      if found then return found end
    end
  end
end

-- No foreign key can check where it leads; the type column says which table it is.
local function polymorphic_belongs_to(given, owner)
  if given.table or #given.polymorphic == 0 then
    refuse(given.name, "polymorphic is a list of tables, and takes the place of table",
      '{ polymorphic = { "posts", "users" } }')
  end
  given.columns = given.column or { given.name .. "_id" }
  given.keys, given.type_column = given.key or { "id" }, given.name .. "_type"
  given.schema = given.schema or owner.schema
  check_widths(given)
  local items = { column.new(given.type_column, "text", { null = given.null }) }
  for _, own in ipairs(given.columns) do
    items[#items + 1] = own_column(given, own, first_type(given, owner), {})
  end
  if given.index then
    items[#items + 1] = index.new { given.type_column, table.unpack(given.columns) }
  end
  return items, given
end

---@param given table  the options as read; taken over
---@param owner { name: string, schema: string?, declared: table }  the model it stands in
---@return table[] items  columns and constraints
---@return moonpool.orm.RelationDeclaration
return function(given, owner)
  given.is_list, given.cascade = false, { save = true, delete = false, orphan = false }
  if given.polymorphic then return polymorphic_belongs_to(given, owner) end
  return plain_belongs_to(given, owner)
end
