-- What has to be unique in a model's table, as far as its columns' values tell; pure.
local column = require "moonpool.schema.column"
local expression = require "moonpool.sql.expression"
local identity_key = require "moonpool.orm.identity_key"
local index_predicate = require "moonpool.orm.flush.index_predicate"

local unique_keys = {}

---@class moonpool.orm.flush.UniqueKey
---@field columns string[]
---@field name string  of the constraint or index
---@field deferrable ("deferred" | "immediate" | false)?
---@field is_primary boolean
---@field nulls_not_distinct boolean?
---@field touching string[]  columns whose change may let a row in, or out
---@field holds moonpool.orm.flush.Predicate?  which rows; all where there is none
---@field is_unsure boolean?  which rows is not known here

local known = setmetatable({}, { __mode = "k" })

local function of_constraint(item)
  return { columns = item.columns, name = item.name, deferrable = item.deferrable,
    touching = item.columns, is_primary = item.kind == "primary_key",
    nulls_not_distinct = item.nulls_not_distinct }
end

-- Nil for one that is of expressions: their values are the server's to know.
local function of_index(item, by_name)
  if not item.unique then return nil end
  local columns = {}
  for at, one in ipairs(item.elements) do
    if not one.column then return nil end
    columns[at] = one.column
  end
  local holds, names = nil, {}
  if item.where then holds, names = index_predicate.read(item.where, by_name) end
  return { columns = columns, name = item.name, nulls_not_distinct = item.nulls_not_distinct,
    touching = table.move(columns, 1, #columns, #names + 1, names), holds = holds,
    is_unsure = item.where ~= nil and not holds }
end

local function keys_of(described)
  local list = {}
  local function add(key) list[#list + 1] = key end
  if described.primary_key then add(of_constraint(described.primary_key)) end
  for _, item in ipairs(described.uniques) do add(of_constraint(item)) end
  for _, item in ipairs(described.indexes) do add(of_index(item, described.by_name)) end
  return list
end

---@param described moonpool.schema.Table
---@return moonpool.orm.flush.UniqueKey[]
function unique_keys.of(described)
  local own = known[described.columns]
  if not own then
    own = keys_of(described)
    known[described.columns] = own
  end
  return own
end

-- Case does not count in citext; nil for what is not told by its value.
local function part(item, value)
  if type(value) == "string" then
    return column.type_of(item) == "citext" and value:lower() or value
  end
  if type(value) ~= "table" then return value end
  local meta = getmetatable(value)
  local has_text = not expression.is_expression(value) and meta and meta.__tostring
  return has_text and value or nil
end

---@param described moonpool.schema.Table
---@param key moonpool.orm.flush.UniqueKey
---@param read fun(name: string): any
---@return any  equal for rows that cannot both be there; nil for one that could, and where nobody
---  can tell
function unique_keys.value(described, key, read)
  local values = {}
  if key.holds and not key.holds(read) then return nil end
  for at, name in ipairs(key.columns) do
    values[at] = part(described.by_name[name], read(name))
    if values[at] == nil then return nil end
  end
  return identity_key.of(values, #values)
end

return unique_keys
