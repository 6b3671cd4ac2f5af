-- `mp.reflect(db, { schema = "app" })`: the objects of a live database, and models of its tables.
local assemble = require "moonpool.catalog.assemble"
local metadata = require "moonpool.schema.metadata"
local models = require "moonpool.catalog.models"
local options = require "moonpool.options"
local relationship = require "moonpool.catalog.relationship"
local selection = require "moonpool.catalog.selection"
local snapshot = require "moonpool.catalog.snapshot"

local reflect = {}

---@class moonpool.Reflection
---@field schema string
---@field objects table[]  every object
---@field models table<string, moonpool.Model>  by the table's name
---@field relations moonpool.catalog.Relationship[]
---@field unmanaged string[]  what else there is: "aggregate app.total(integer)"
---@field tables table<string, moonpool.schema.Table>  and so on, by name, for each kind:
---  partitions, views, materialized_views, sequences, enums, domains, composites, extensions,
---  schemas; triggers, policies, funcs and grants are lists
local Reflection = {}
Reflection.__index = Reflection
Reflection.__name = "moonpool.Reflection"

local ROWS = {
  { name = "schema", kind = "string", doc = "the first of the search path when left out" },
  { name = "only", kind = "strings", doc = "tables, views and sequences, with what they need" },
  { name = "except", kind = "strings", doc = "tables, views and sequences to leave out" },
  { name = "qualified", kind = "boolean", default = false,
    doc = "every name with its schema, whatever the search path is" },
}

-- Where the objects of each kind are put, and which are told apart by more than their name.
local GROUPS = { table = "tables", partition = "partitions", view = "views",
  materialized_view = "materialized_views", sequence = "sequences", enum = "enums",
  domain = "domains", composite = "composites", extension = "extensions", schema = "schemas" }
local LISTS = { trigger = "triggers", policy = "policies", func = "funcs", grant = "grants" }

local function group(self, objects)
  for _, name in pairs(GROUPS) do self[name] = {} end
  for _, name in pairs(LISTS) do self[name] = {} end
  for _, of in ipairs(objects) do
    if GROUPS[of.kind] then self[GROUPS[of.kind]][of.name] = of
    else table.insert(self[LISTS[of.kind]], of)
    end
  end
end

local function unmanaged(rows)
  local list = {}
  for at, row in ipairs(rows) do list[at] = snapshot.readers.unmanaged.read(row) end
  return list
end

local function tables_of(objects)
  local list = {}
  for _, of in ipairs(objects) do
    if of.kind == "table" then list[#list + 1] = of end
  end
  return list
end

---Read what a schema holds. Names are written as the search path of `db` sees them: an object has
---a `schema` where its name alone does not lead to it.
---@async
---@param db table  an engine, a connection or a transaction
---@param given { schema: string?, only: string[]?, except: string[]?, qualified: boolean? }?
---@return moonpool.Reflection
function reflect.read(db, given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "mp.reflect" })
  local found = snapshot.read(db, read.schema, read.qualified)
  local objects = selection(assemble(found), read.only, read.except)
  local tables = tables_of(objects)
  local self = setmetatable({ schema = found.schema, objects = objects }, Reflection)
  self.relations = relationship(tables)
  self.models = models(tables, self.relations)
  self.unmanaged = unmanaged(found.rows.unmanaged)
  group(self, objects)
  return self
end

---@return moonpool.schema.Metadata  of all objects, to create them elsewhere
function Reflection:metadata()
  return metadata.new(self.objects)
end

return reflect
