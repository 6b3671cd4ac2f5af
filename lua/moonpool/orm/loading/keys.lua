-- The keys by which parents ask for related rows: each once, as one array for each column; pure.
local expression = require "moonpool.sql.expression"
local identity_key = require "moonpool.orm.identity_key"

local keys = {}

---@class moonpool.orm.LoadKeys
---@field count integer  different keys
---@field arrays any[][]  for each column the values, one for each key
---@field parents table[][]  for each key the objects that have it
---@field at table<any, integer>  the number of a key, by what identity_key makes of it

---@return any[]? values  nil where one of them is absent
local function values_of(object, names)
  local values = {}
  for at, name in ipairs(names) do
    local value = rawget(object, name)
    if value == nil then return nil end
    values[at] = value
  end
  return values
end

---@return moonpool.orm.LoadKeys
function keys.new(width)
  local arrays = {}
  for at = 1, width do arrays[at] = {} end
  return { count = 0, arrays = arrays, parents = {}, at = {} }
end

local function add_key(self, key, values)
  local number = self.count + 1
  self.count, self.at[key], self.parents[number] = number, number, {}
  for at, value in ipairs(values) do self.arrays[at][number] = value end
  return number
end

local IS_KEY = { string = true, number = true, boolean = true }

---@param object table
---@param names string[]  the columns of its key
---@return any? key  nil where a column is
---@return any[]? values  where they are not the key itself
function keys.of(object, names)
  local only = names[2] == nil and rawget(object, names[1])
  if IS_KEY[type(only)] and only == only and only ~= false then return only end
  local values = values_of(object, names)
  if values then return identity_key.of(values, #names), values end
end

---@param model moonpool.Model
---@param names string[]
---@return (function | false)[]?  what makes of the columns' values what is sent; nil: nothing does
function keys.dumps(model, names)
  local list, is_any = {}, false
  for at, name in ipairs(names) do
    local item = model.table.by_name[name]
    list[at] = item and item.dump or false
    is_any = is_any or list[at] ~= false
  end
  return is_any and list or nil
end

---@param dumps (function | false)[]?
---@return any key
---@return any[]? values
function keys.sent(dumps, key, values)
  if not dumps then return key, values end
  local sent = {}
  for at, value in ipairs(values or { key }) do
    sent[at] = dumps[at] and dumps[at](value) or value
  end
  return identity_key.of(sent, #sent), sent
end

---@param self moonpool.orm.LoadKeys
---@param values any[]?
function keys.add(self, object, key, values)
  local number = self.at[key] or add_key(self, key, values or { key })
  local parents = self.parents[number]
  parents[#parents + 1] = object
end

---The keys as a table `_keys` of a statement: `k1`, `k2`, ..., and `n`, the number of each.
---@param self moonpool.orm.LoadKeys
---@param types string[]  SQL, of each column
---@return table  what `from` and `join` take
function keys.source(self, types)
  local arrays, names = {}, {}
  for at, values in ipairs(self.arrays) do
    arrays[at], names[at] = expression.param(values, types[at] .. "[]"), "k" .. at
  end
  names[#names + 1] = "n"
  return expression.fn.unnest(table.unpack(arrays)):with_ordinality():as("_keys", names)
end

---@param width integer
---@return moonpool.sql.Expression[]  the columns of that table
function keys.columns(width)
  local list = {}
  for at = 1, width do list[at] = expression.column("_keys", "k" .. at) end
  return list
end

---@return moonpool.sql.Expression  the number of a key, an integer
function keys.number()
  return expression.column("_keys", "n", "int8")
end

return keys
