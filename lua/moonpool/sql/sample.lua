-- Parts of a table: a random sample of its rows, or only its own rows and not its children's.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local source = require "moonpool.sql.source"

local sample = {}

local OPTIONS = {
  { name = "method", kind = "string", default = "bernoulli",
    doc = "bernoulli: row by row; system: page by page, which is quicker; or an extension's" },
  { name = "seed", kind = "number", doc = "the same sample for the same seed" },
}

-- Of these the amount is a percentage, of others rows or seconds.
local OWN = { bernoulli = true, system = true }

local function table_of(table_like, what)
  local origin = source.of(table_like)
  if origin.kind == "table" then return origin end
  errors.raise { kind = "bad_argument", message = what .. " takes a table, not a subquery",
    hint = "give a model, an alias of one or a table's name" }
end

---@param table_like any
---@param percent number | moonpool.sql.Expression
---@param given { method: string?, seed: number? }?
---@return table  what stands for the sample in `from`
function sample.tablesample(table_like, percent, given)
  local read = options.read(OPTIONS, given, { kind = "bad_argument", what = "tablesample" })
  local origin = table_of(table_like, "tablesample")
  local is_share = OWN[read.method]
  local fits = expression.is_expression(percent) or type(percent) == "number" and percent >= 0
    and (percent <= 100 or not is_share)
  if not fits then
    errors.raise { kind = "bad_argument", hint = "mp.tablesample(Model, 10)",
      message = ("a sample is a percentage from 0 to 100, not %s"):format(tostring(percent)) }
  end
  local own = node.new("sample", { method = identifier.quote(read.method),
    percent = expression.of(percent), seed = read.seed and expression.of(read.seed) })
  return source.reference(origin:changed { sample = own })
end

---@param table_like any
---@return table  the table without those that inherit from it
function sample.only(table_like)
  return source.reference(table_of(table_like, "only"):changed { only = true })
end

---A table that no model describes.
---@param name string  `table` or `schema.table`
---@param columns string[]?  so that others are refused
function sample.table(name, columns)
  local origin = source.of(name)
  if columns ~= nil and type(columns) ~= "table" then
    errors.raise { kind = "bad_argument", hint = 'mp.table("teams", { "id", "name" })',
      message = ("the columns of a table are a list, not a %s"):format(type(columns)) }
  end
  return source.reference(columns and source.new { schema = origin.schema, name = origin.name,
    columns = columns } or origin)
end

return sample
