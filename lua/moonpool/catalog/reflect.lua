-- `mp.reflect(db, { schema = "app" })`: the objects of a live database, and models of its tables.
local assemble = require "moonpool.catalog.assemble"
local given_module = require "moonpool.schema.given"
local metadata = require "moonpool.schema.metadata"
local models = require "moonpool.catalog.models"
local options = require "moonpool.options"
local qualified = require "moonpool.schema.qualified"
local relationship = require "moonpool.catalog.relationship"
local selection = require "moonpool.catalog.selection"
local snapshot = require "moonpool.catalog.snapshot"

local reflect = {}

---@class moonpool.Reflection
---@field schema string  the first
---@field objects table[]  every object
---@field models table<string, moonpool.Model>  by the table's name, `schema.name` where two have it
---@field relations moonpool.catalog.Relationship[]
---@field unmanaged string[]  what else there is: "aggregate app.total(integer)"
---@field tables table<string, moonpool.schema.Table>  and so on, by name, for each kind:
---  partitions, views, materialized_views, sequences, enums, domains, composites,
---  range_types, extensions, schemas; triggers, policies, funcs and grants are lists
local Reflection = {}
Reflection.__index = Reflection
Reflection.__name = "moonpool.Reflection"

local ROWS = {
  { name = "schema", kind = "any", doc = "a name or a list; else the search path's first" },
  { name = "only", kind = "strings", doc = "tables, views and sequences, with what they need" },
  { name = "except", kind = "strings", doc = "tables, views and sequences to leave out" },
  { name = "qualified", kind = "boolean", default = false,
    doc = "every name with its schema, whatever the search path is" },
}

-- Where the objects of each kind are put, and which are told apart by more than their name.
local GROUPS = { table = "tables", partition = "partitions", view = "views",
  materialized_view = "materialized_views", sequence = "sequences", enum = "enums",
  domain = "domains", composite = "composites", range_type = "range_types",
  extension = "extensions", schema = "schemas" }
local LISTS = { trigger = "triggers", policy = "policies", func = "funcs", grant = "grants" }

-- Where two schemas have a name, both are found by `schema.name`.
local function keys_of(objects)
  local seen, keys = {}, {}
  for _, of in ipairs(objects) do
    if GROUPS[of.kind] then
      local plain = of.kind .. " " .. of.name
      local first = seen[plain]
      if first then keys[first] = qualified.join(first.schema, first.name) end
      seen[plain] = first or of
      keys[of] = first and qualified.join(of.schema, of.name) or of.name
    end
  end
  return keys
end

local function group(self, objects, made)
  for _, name in pairs(GROUPS) do self[name] = {} end
  for _, name in pairs(LISTS) do self[name] = {} end
  local keys = keys_of(objects)
  for _, of in ipairs(objects) do
    if keys[of] then self[GROUPS[of.kind]][keys[of]] = of
    else table.insert(self[LISTS[of.kind]], of)
    end
  end
  self.models = {}
  for of, model in pairs(made) do self.models[keys[of]] = model end
end

-- Extensions are the database's: each schema's snapshot has them.
local function objects_of(found, own)
  local list, extensions = {}, {}
  for _, part in ipairs(found) do
    for _, of in ipairs(assemble(part, own)) do
      local is_again = of.kind == "extension" and extensions[of.name]
      if not is_again then list[#list + 1] = of end
      if of.kind == "extension" then extensions[of.name] = true end
    end
  end
  return list
end

local function unmanaged(found)
  local list = {}
  for _, part in ipairs(found) do
    for _, row in ipairs(part.rows.unmanaged) do
      list[#list + 1] = snapshot.readers.unmanaged.read(row)
    end
  end
  return list
end

-- One schema's name, or a list of them.
local function schemas_of(given)
  if given == nil then return nil end
  local list = type(given) == "table" and given or { given }
  for _, name in ipairs(list) do given_module.check_name("mp.reflect, schema", name) end
  if #list > 0 then return list end
  given_module.refuse("mp.reflect", "schema names none", 'schema = "app"')
end

local function tables_of(objects)
  local list = {}
  for _, of in ipairs(objects) do
    if of.kind == "table" then list[#list + 1] = of end
  end
  return list
end

---Read what a schema holds, or several. Names are written as the search path of `db` sees them: an
---object has a `schema` where its name alone does not lead to it, or where several are read.
---@async
---@param db table  an engine, a connection or a transaction
---@param given { schema: (string | string[])?, only: string[]?, except: string[]?,
---  qualified: boolean? }?
---@return moonpool.Reflection
function reflect.read(db, given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "mp.reflect" })
  local found, own = snapshot.read(db, schemas_of(read.schema), read.qualified)
  local objects = objects_of(found, #found == 1 and own or nil)
  local self = setmetatable({ schema = found[1].schema }, Reflection)
  self.objects = selection(objects, read.only, read.except)
  local tables = tables_of(self.objects)
  self.relations = relationship(tables)
  self.unmanaged = unmanaged(found)
  group(self, self.objects, models(tables, self.relations))
  return self
end

---@return moonpool.schema.Metadata  of all objects, to create them elsewhere
function Reflection:metadata()
  return metadata.new(self.objects)
end

return reflect
