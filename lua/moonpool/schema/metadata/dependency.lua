-- What must be there before what: by declaration, by foreign key, by names that stand in SQL.
local range_type = require "moonpool.schema.range_type"
local texts = require "moonpool.schema.metadata.texts"
local qualified = require "moonpool.schema.qualified"

local dependency = {}

---@class moonpool.schema.Edge
---@field to moonpool.schema.MetadataItem  what must be there first
---@field strength "hard" | "key" | "soft"  a key can be added later; a name may mean something else
---@field key moonpool.schema.Constraint?

-- Kinds that others name.
local NAMED = { table = true, partition = true, view = true, materialized_view = true,
  sequence = true, enum = true, domain = true, composite = true, range_type = true, func = true,
  schema = true, extension = true }

local function add_name(by_name, name, item)
  local list = by_name[name] or {}
  by_name[name] = list
  list[#list + 1] = item
end

-- With a range type comes the type of several of them.
local function index_by_name(items)
  local by_name = {}
  for _, item in ipairs(items) do
    if NAMED[item.kind] then add_name(by_name, item.object.name, item) end
    if item.kind == "range_type" then
      add_name(by_name, range_type.multirange(item.object), item)
    end
  end
  return by_name
end

-- An unqualified name may be of any schema: the search path decides.
local function find_all(by_name, name, schema)
  local found = {}
  for _, item in ipairs(by_name[name] or {}) do
    if item.kind ~= "schema" and (schema == nil or item.object.schema == schema) then
      found[#found + 1] = item
    end
  end
  return found
end

local RELATIONS = { table = true, partition = true, view = true, materialized_view = true }

local function find_relation(by_name, name, schema)
  for _, item in ipairs(by_name[name] or {}) do
    if RELATIONS[item.kind] and item.object.schema == schema then return item end
  end
end

local function add(edges, item, to, strength, key)
  if to == nil or to == item then return end
  local list = edges[item]
  list[#list + 1] = { to = to, strength = strength, key = key }
end

local function add_schema(edges, item, by_name)
  local schema = item.object.schema
  for _, other in ipairs(schema and by_name[schema] or {}) do
    if other.kind == "schema" then add(edges, item, other, "hard") end
  end
end

-- The table that an index, a trigger and the like are of, and the one that a partition divides.
local function add_owner(edges, item, by_name)
  local of = item.object
  if item.kind == "index" or item.kind == "replica_identity" then
    add(edges, item, find_relation(by_name, of.name, of.schema), "hard")
  elseif item.kind == "partition" then
    add(edges, item, find_relation(by_name, of.of, of.of_schema), "hard")
  elseif item.kind == "trigger" or item.kind == "policy" then
    add(edges, item, find_relation(by_name, of.table, of.schema), "hard")
  end
end

-- An index may tell which row is meant.
local function add_replica_index(edges, item, items)
  if item.kind ~= "replica_identity" then return end
  for _, other in ipairs(items) do
    if other.object == item.object and other.kind == "index" then
      add(edges, item, other, "hard")
    end
  end
end

local function add_names(edges, item, by_name, names, strength)
  for _, text in ipairs(names or {}) do
    local schema, name = qualified.split(text)
    for _, other in ipairs(find_all(by_name, name, schema)) do add(edges, item, other, strength) end
  end
end

local function add_ownership(edges, item, by_name, items)
  if item.kind ~= "ownership" then return end
  local parts = qualified.parts(item.object.owned_by)
  local schema = #parts == 3 and parts[1] or item.object.schema
  add(edges, item, find_relation(by_name, parts[#parts - 1], schema), "hard")
  for _, other in ipairs(items) do
    if other.kind == "sequence" and other.object == item.object then
      add(edges, item, other, "hard")
    end
  end
end

local function add_grant(edges, item, by_name)
  if item.kind ~= "grant" then return end
  local of = item.object
  for _, other in ipairs(by_name[of.on] or {}) do
    local is_same = other.object.schema == of.schema or other.kind == "schema"
    if is_same then add(edges, item, other, "hard") end
  end
end

local function add_foreign_keys(edges, item, by_name)
  if item.kind ~= "table" then return end
  for _, key in ipairs(item.object.foreign_keys) do
    local target = find_relation(by_name, key.table, key.schema)
      or key.schema == nil and find_relation(by_name, key.table, item.object.schema)
    add(edges, item, target or nil, "key", key)
  end
end

local function add_texts(edges, item, by_name)
  for _, text in ipairs(texts.of(item)) do
    for name, qualifier in texts.names(text) do
      if by_name[name] then
        for _, other in ipairs(find_all(by_name, name, qualifier)) do
          add(edges, item, other, "soft")
        end
      end
    end
  end
end

---@param items moonpool.schema.MetadataItem[]
---@return table<moonpool.schema.MetadataItem, moonpool.schema.Edge[]>
function dependency.find(items)
  local by_name, edges = index_by_name(items), {}
  for _, item in ipairs(items) do
    edges[item] = {}
    add_schema(edges, item, by_name)
    add_owner(edges, item, by_name)
    add_names(edges, item, by_name, item.object.depends_on, "hard")
    add_names(edges, item, by_name, item.object.inherits, "hard")
    add_ownership(edges, item, by_name, items)
    add_replica_index(edges, item, items)
    add_grant(edges, item, by_name)
    add_foreign_keys(edges, item, by_name)
    add_texts(edges, item, by_name)
  end
  return edges
end

return dependency
