-- What a table has beside its parts: where it is kept, how it is divided, who may see its rows.
local given_module = require "moonpool.schema.given"
local options = require "moonpool.options"
local partition_key = require "moonpool.schema.partition_key"

local table_options = {}

---@type moonpool.OptionRow[]
table_options.ROWS = {
  { name = "schema", kind = "string" },
  { name = "comment", kind = "string" },
  { name = "renamed_from", kind = "string" },
  { name = "partition", kind = "table", doc = '{ by = "range", "created_at" }' },
  { name = "unlogged", kind = "boolean", default = false },
  { name = "inherits", kind = "strings", doc = "tables whose columns it has too" },
  { name = "with", kind = "settings", doc = "storage parameters: { fillfactor = 70 }" },
  { name = "using", kind = "string", doc = "the access method" },
  { name = "tablespace", kind = "string" },
  { name = "replica_identity", kind = "string", doc = '"full", "nothing", or an index\'s name' },
  { name = "row_security", kind = "any", doc = 'true, or "force": for the owner too' },
  { name = "depends_on", kind = "strings", doc = "names of objects that must be there first" },
}

local ROW_SECURITY = { [true] = true, [false] = true, force = true }

-- What is not about the table is its declaration's business: a model has more options.
local function own_part(given)
  local own = {}
  for _, row in ipairs(table_options.ROWS) do own[row.name] = given[row.name] end
  return own
end

---@param what string
---@param given table
---@return table
function table_options.read(what, given)
  local read = options.read(table_options.ROWS, own_part(given),
    { kind = "bad_argument", what = what })
  if read.row_security ~= nil and not ROW_SECURITY[read.row_security] then
    given_module.refuse(what, "row_security is none of its values", 'true, "force" or false')
  end
  read.partition = partition_key.read(what, read.partition)
  if read.partition and (read.inherits or read.unlogged) then
    given_module.refuse(what, "a partitioned table is neither unlogged nor inherits",
      "leave one of them out")
  end
  return read
end

return table_options
