-- Tables of the catalogue as models with their relations.
local declare = require "moonpool.orm.relation.declare"
local model = require "moonpool.orm.model"
local registry = require "moonpool.orm.registry"
local table_options = require "moonpool.schema.table_options"

-- Models made here may take each other's place; those that a program declares stay.
local reflected = setmetatable({}, { __mode = "k" })

-- The columns and the foreign key are there already: only the relation is left of it.
local function without_columns(group)
  return { kind = "group", build = function(owner)
    local _, declared = group.build(owner)
    return {}, declared
  end }
end

local OPTIONS = {}

function OPTIONS.belongs_to(found)
  return { table = found.target.name, schema = found.target.schema, column = found.columns,
    key = found.keys, null = true }
end

function OPTIONS.has_many(found)
  return { table = found.target.name, schema = found.target.schema, column = found.columns,
    key = found.keys }
end

OPTIONS.has_one = OPTIONS.has_many

function OPTIONS.many_to_many(found)
  local through = found.through
  local is_beside = through.schema == found.owner.schema
  return { table = found.target.name, schema = found.target.schema,
    through = is_beside and through.name or through.schema .. "." .. through.name,
    from = found.from, to = found.to, key = found.keys, target_key = found.target_keys }
end

local function relation_items(found)
  local group = declare[found.kind](found.name, OPTIONS[found.kind](found))
  return found.kind == "belongs_to" and without_columns(group) or group
end

local function declaration_of(of, relations)
  local given = { of.name }
  local function add(list) table.move(list, 1, #list, #given + 1, given) end
  add(of.columns)
  add(of:constraints())
  add(of.indexes)
  for _, found in ipairs(relations) do
    if found.owner == of then given[#given + 1] = relation_items(found) end
  end
  for _, row in ipairs(table_options.ROWS) do given[row.name] = of[row.name] or nil end
  if of.partition then
    given.partition = table.move(of.partition.elements, 1, #of.partition.elements, 1,
      { by = of.partition.by })
  end
  return given
end

---@param tables moonpool.schema.Table[]
---@param relations moonpool.catalog.Relationship[]
---@return table<moonpool.schema.Table, moonpool.Model>  by the table; one without columns has none
return function(tables, relations)
  local models = {}
  for _, of in ipairs(tables) do
    if #of.columns > 0 then
      local before = registry.find(of.schema, of.name)
      local made = model.new(declaration_of(of, relations))
      models[of], reflected[made] = made, true
      if before and not reflected[before] then registry.add(of.schema, of.name, before) end
    end
  end
  return models
end
