-- What keeps some columns of a table unique: a constraint, or an index of all rows; pure.
local unique_key = {}

---@param a string[]
---@param b string[]
---@return boolean  whether both name the same, in whatever order
function unique_key.is_same_set(a, b)
  if #a ~= #b then return false end
  local own = {}
  for _, name in ipairs(a) do own[name] = true end
  for _, name in ipairs(b) do
    if not own[name] then return false end
  end
  return true
end

local is_same_set = unique_key.is_same_set

local function is_index_on(index, columns)
  if not index.unique or index.where then return false end
  local names = {}
  for at, element in ipairs(index.elements) do names[at] = element.column or "" end
  return is_same_set(names, columns)
end

---@param of moonpool.schema.Table
---@param columns string[]
---@return (moonpool.schema.Constraint | moonpool.schema.Index)?
function unique_key.find(of, columns)
  for _, item in ipairs(of:constraints()) do
    local is_key = item.kind == "primary_key" or item.kind == "unique"
    if is_key and is_same_set(item.columns, columns) then return item end
  end
  for _, item in ipairs(of.indexes) do
    if is_index_on(item, columns) then return item end
  end
end

return unique_key
