-- What a model's declaration may hold besides columns: timestamps and belongs_to; pure.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local fragment = require "moonpool.sql.fragment"
local options = require "moonpool.options"
local registry = require "moonpool.orm.registry"

local declaration = {}

---`created_at` and `updated_at`; an update through a repository moves the second.
---@return table  a group of columns
function declaration.timestamps()
  local created = column.new("created_at", "timestamptz", { default = fragment "now()" })
  local updated = column.new("updated_at", "timestamptz", { default = fragment "now()" })
  updated.on_update = fragment "now()"
  return { kind = "group", items = { created, updated } }
end

local BELONGS_TO = {
  { name = "table", kind = "string", required = true, doc = "the table that it belongs to" },
  { name = "schema", kind = "string" },
  { name = "column", kind = "string", doc = "its own column; <name>_id when left out" },
  { name = "key", kind = "string", default = "id", doc = "the target's column" },
  { name = "type", kind = "string", doc = "SQL type, where the target's model is not loaded" },
  { name = "null", kind = "boolean", default = false },
  { name = "index", kind = "boolean", default = false },
  { name = "on_delete", kind = "string" },
}

-- The type of the target's key; its model may be declared later than this one.
local function key_type(read)
  local target = registry.find(read.schema, read.table)
  local key = target and target.table.by_name[read.key]
  return key and column.type_of(key)
end

---Declares the column and its foreign key.
---@param name string
---@param given table
---@return table  a group of one column, and the relation
function declaration.belongs_to(name, given)
  if type(name) ~= "string" then
    errors.raise { kind = "bad_argument", message = "mp.belongs_to has no name",
      hint = 'mp.belongs_to("team", { table = "teams" })' }
  end
  local read = options.read(BELONGS_TO, given,
    { kind = "bad_argument", what = ('belongs_to "%s"'):format(name) })
  local own = column.new(read.column or name .. "_id", read.type, {
    null = read.null, index = read.index,
    references = { table = read.table, schema = read.schema, column = read.key,
      on_delete = read.on_delete },
  })
  own.resolve_type = function() return key_type(read) end
  local relation = { kind = "belongs_to", name = name, table = read.table, schema = read.schema,
    column = own.name, key = read.key }
  return { kind = "group", items = { own }, relation = relation }
end

return declaration
