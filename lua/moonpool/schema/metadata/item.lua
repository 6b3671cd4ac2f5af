-- What is created on its own: objects, and the pieces of tables that may have to wait for others.
local constraint_ddl = require "moonpool.schema.ddl.constraint"
local ddl = require "moonpool.schema.ddl"
local identifier = require "moonpool.sql.identifier"
local index_ddl = require "moonpool.schema.ddl.index"
local range_type = require "moonpool.schema.range_type"
local sequence_ddl = require "moonpool.schema.ddl.sequence"
local table_ddl = require "moonpool.schema.ddl.table"
local text = require "moonpool.schema.ddl.text"

local item_module = {}

---@class moonpool.schema.MetadataItem
---@field kind string  the object's, or "index", "foreign_key", "ownership"
---@field object table
---@field title string  for messages
---@field identities string[]  names that no other item may have
---@field later table<table, true>?  a table's constraints that have items of their own
---@field create fun(): string[]
---@field drop fun(): string[]

-- Kinds that share their names: PostgreSQL keeps them in one catalogue.
local NAMESPACES = { table = "relation", partition = "relation", view = "relation",
  materialized_view = "relation", sequence = "relation", enum = "type", domain = "type",
  composite = "type", range_type = "type" }

local function nothing()
  return {}
end

local function relation(of, name)
  return ("relation %s.%s"):format(of.schema or "", name)
end

local function parts_of(of)
  if of.kind == "table" then return of:parts() end
  local list = table.move(of.constraints or {}, 1, #(of.constraints or {}), 1, {})
  return table.move(of.indexes or {}, 1, #(of.indexes or {}), #list + 1, list)
end

local KEEPS_INDEX = { primary_key = true, unique = true, exclude = true, index = true }

local OF_TABLES = { trigger = true, policy = true }

-- Triggers and policies are told apart by their table, functions by their arguments.
local function own_identity(of)
  local kind, schema = NAMESPACES[of.kind] or of.kind, of.schema or ""
  if OF_TABLES[of.kind] then return ("%s %s.%s.%s"):format(kind, schema, of.table, of.name) end
  if of.kind == "func" then return ("%s %s.%s(%s)"):format(kind, schema, of.name, of.args) end
  return ("%s %s.%s"):format(kind, schema, of.name)
end

local function identities_of(of)
  if of.kind == "grant" then return {} end
  local list = { own_identity(of) }
  if of.kind == "range_type" then
    local name, schema = range_type.multirange(of)
    list[2] = ("type %s.%s"):format(schema or "", name)
  end
  for _, part in ipairs(parts_of(of)) do
    if KEEPS_INDEX[part.kind] then list[#list + 1] = relation(of, part.name) end
  end
  return list
end

local function title_of(of)
  if of.kind == "grant" then return "a grant on " .. tostring(of.on) end
  local where = OF_TABLES[of.kind] and (' of "%s"'):format(tostring(of.table)) or ""
  return ('the %s "%s"%s'):format(of.kind:gsub("_", " "), of.name, where)
end

local function new(kind, of, title, create, drop)
  return { kind = kind, object = of, title = title, identities = {}, create = create, drop = drop }
end

local function object_item(of)
  local item = new(of.kind, of, title_of(of), function() return ddl.create(of) end,
    function() return ddl.drop(of, { if_exists = true }) end)
  item.identities = identities_of(of)
  return item
end

local function foreign_key_item(of, key)
  local function create() return { constraint_ddl.add(of, key) } end
  local function drop()
    return { ("alter table if exists %s drop constraint if exists %s"):format(text.name(of),
      identifier.quote(key.name)) }
  end
  local item = new("foreign_key", of, ('the foreign key "%s"'):format(key.name), create, drop)
  item.constraint = key
  return item
end

local function index_item(of, index)
  local function create()
    return text.append({ index_ddl.create(of, index) }, index_ddl.comment(of, index))
  end
  local item = new("index", of, ('the index "%s"'):format(index.name), create, nothing)
  item.index = index
  return item
end

-- A table's foreign keys wait when `order` finds that they must; until then they are part of it.
local function add_table(items, of)
  local item = object_item(of)
  item.later = {}
  function item.create()
    return text.append(table_ddl.body(of, item.later), table_ddl.after(of))
  end
  items[#items + 1] = item
  for _, index in ipairs(of.indexes) do items[#items + 1] = index_item(of, index) end
  if of.replica_identity then
    items[#items + 1] = new("replica_identity", of, ('what is replicated of "%s"'):format(of.name),
      function() return table_ddl.last(of) end, nothing)
  end
  for _, inner in ipairs(of.attached) do items[#items + 1] = object_item(inner) end
end

local function add_sequence(items, of)
  items[#items + 1] = object_item(of)
  if not of.owned_by then return end
  items[#items + 1] = new("ownership", of, ('the owner of sequence "%s"'):format(of.name),
    function() return sequence_ddl.own(of) end, nothing)
end

---@param objects table[]
---@return moonpool.schema.MetadataItem[]
function item_module.list(objects)
  local items = {}
  for _, of in ipairs(objects) do
    if of.kind == "table" then add_table(items, of)
    elseif of.kind == "sequence" then add_sequence(items, of)
    else items[#items + 1] = object_item(of)
    end
  end
  return items
end

---@param item moonpool.schema.MetadataItem  a table's
---@param key moonpool.schema.Constraint
---@return moonpool.schema.MetadataItem  the foreign key on its own
function item_module.take_out(item, key)
  item.later[key] = true
  return foreign_key_item(item.object, key)
end

return item_module
