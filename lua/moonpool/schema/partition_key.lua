-- By what a table is partitioned: `{ by = "range", "created_at" }`.
local element = require "moonpool.schema.element"
local given_module = require "moonpool.schema.given"
local options = require "moonpool.options"

local partition_key = {}

---@class moonpool.schema.PartitionKey
---@field by "range" | "list" | "hash"
---@field elements moonpool.schema.Element[]

local ROWS = { { name = "by", kind = "choice", values = { "range", "list", "hash" },
  required = true } }

---@param what string
---@param given table?
---@return moonpool.schema.PartitionKey?
function partition_key.read(what, given)
  if given == nil then return nil end
  what = what .. ", partition"
  local list, rest = given_module.split(given)
  local read = options.read(ROWS, rest, { kind = "bad_argument", what = what })
  if #list == 0 then
    given_module.refuse(what, "it names no column", '{ by = "range", "created_at" }')
  end
  if read.by == "list" and #list > 1 then
    given_module.refuse(what, "a list is of one column or expression", 'by = "range" takes several')
  end
  read.elements = {}
  for at, item in ipairs(list) do read.elements[at] = element.read(item, what) end
  return read
end

return partition_key
