-- The relations that foreign keys say: belongs_to, has_many and has_one from the other side,
-- many_to_many through a table that holds nothing but two keys; pure.
local singular = require "moonpool.util.singular"
local unique_key = require "moonpool.schema.unique_key"

---@class moonpool.catalog.Relationship
---@field kind "belongs_to" | "has_one" | "has_many" | "many_to_many"
---@field name string
---@field owner moonpool.schema.Table
---@field target moonpool.schema.Table
---@field columns string[]  of the side that holds the key
---@field keys string[]  what they refer to
---@field through moonpool.schema.Table?  with `from` and `to`, its columns

-- A name that is neither a column's nor another relation's.
local function free_name(taken, ...)
  local names = { ... }
  for _, name in ipairs(names) do
    if not taken[name] then return name end
  end
  local at = 2
  while taken[names[#names] .. "_" .. at] do at = at + 1 end
  return names[#names] .. "_" .. at
end

local function taken_names(tables)
  local taken = {}
  for _, of in ipairs(tables) do
    taken[of] = {}
    for _, item in ipairs(of.columns) do taken[of][item.name] = true end
  end
  return taken
end

local function add(list, taken, found, ...)
  found.name = free_name(taken[found.owner], ...)
  taken[found.owner][found.name] = true
  list[#list + 1] = found
  return found
end

local function belongs_to_name(key, target)
  local stem = #key.columns == 1 and key.columns[1]:match "^(.+)_id$"
  local noun = singular(target.name)
  return stem or noun, noun, noun .. "_by_" .. table.concat(key.columns, "_and_")
end

local function other_side_names(of, belongs, is_one)
  local noun = is_one and singular(of.name) or of.name
  local long = noun .. "_by_" .. belongs.name
  if belongs.target ~= of then return noun, long end
  if belongs.name == "parent" and not is_one then return "children", long end
  return long
end

local function add_pair(list, taken, of, key, target)
  local belongs = add(list, taken, { kind = "belongs_to", owner = of, target = target,
    columns = key.columns, keys = key.target, key = key }, belongs_to_name(key, target))
  local is_one = unique_key.find(of, key.columns)
  add(list, taken, { kind = is_one and "has_one" or "has_many", owner = target, target = of,
    columns = key.columns, keys = key.target }, other_side_names(of, belongs, is_one))
end

-- Every column is one of two keys to other tables, and no pair stands twice.
local function is_pure_join(of)
  local first, second = table.unpack(of.foreign_keys)
  if #of.foreign_keys ~= 2 then return false end
  local both = table.move(second.columns, 1, #second.columns, #first.columns + 1,
    table.move(first.columns, 1, #first.columns, 1, {}))
  return unique_key.is_same_set(of:column_names(), both)
    and unique_key.find(of, both) ~= nil
end

local function add_many_to_many(list, taken, of, find)
  for at = 1, 2 do
    local from, to = of.foreign_keys[at], of.foreign_keys[3 - at]
    local owner, target = find(from), find(to)
    if owner and target then
      add(list, taken, { kind = "many_to_many", owner = owner, target = target, through = of,
        from = from.columns, to = to.columns, columns = from.columns, keys = from.target,
        target_keys = to.target }, target.name, target.name .. "_through_" .. of.name,
        target.name .. "_by_" .. table.concat(to.columns, "_and_"))
    end
  end
end

---@param tables moonpool.schema.Table[]
---@return moonpool.catalog.Relationship[]
return function(tables)
  local by_name, list, taken = {}, {}, taken_names(tables)
  local function key_of(schema, name) return (schema or "") .. "\0" .. name end
  for _, of in ipairs(tables) do by_name[key_of(of.schema, of.name)] = of end
  local function find(key) return by_name[key_of(key.schema, key.table)] end
  for _, of in ipairs(tables) do
    for _, key in ipairs(of.foreign_keys) do
      local target = find(key)
      if target then add_pair(list, taken, of, key, target) end
    end
  end
  for _, of in ipairs(tables) do
    if is_pure_join(of) then add_many_to_many(list, taken, of, find) end
  end
  return list
end
