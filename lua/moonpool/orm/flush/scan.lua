-- Which relations an object holds or held, by their records; fields that are neither are refused.
local key_order = require "moonpool.orm.flush.key_order"
local model_module = require "moonpool.orm.model"
local relation = require "moonpool.orm.relation"
local snapshot = require "moonpool.orm.snapshot"

local scan = {}

---@param value any
---@return table[]  the objects of a relation's value, be it one or a list
function scan.objects_in(value)
  if type(value) ~= "table" then return {} end
  if model_module.of(value) then return { value } end
  return value
end

-- The relations among its fields; a field that is nothing is refused.
local function names_of(uow, model, object)
  local class = model_module.class(model)
  -- Rows of one class have the columns of the others, too.
  local columns, fields, found = class.root.table.by_name, class.fields, nil
  for name in next, object do
    local field = fields[name]
    if field and field.is_list ~= nil then
      found = found or {}
      found[name] = true
    elseif not field and not columns[name] then
      snapshot.check_names(model, object)
    end
  end
  local loaded = uow.loaded[object]
  if not loaded then return found end
  for name in pairs(loaded) do
    found = found or {}
    found[name] = true
  end
  return found
end

---Raises `bad_argument` for a field that is neither a column nor a relation.
---@param uow moonpool.orm.UnitOfWork
---@param object table
---@return moonpool.orm.Relation[]?  that it holds, or held when it was read; in declared order
function scan.relations(uow, object)
  local model = uow.model_of(object)
  local names = names_of(uow, model, object)
  if not names then return nil end
  local list = {}
  for _, declared in ipairs(model.relations) do
    if names[declared.name] then list[#list + 1] = relation.of(model, declared.name) end
  end
  return list
end

---@class moonpool.orm.flush.Holder
---@field object table
---@field relations moonpool.orm.Relation[]

-- What has more fields than its row, and what had relations when it was read.
local function stored_of(uow, seen)
  local set = {}
  for _, object in ipairs(seen.holding) do set[object] = true end
  for _, object in ipairs(seen.copied) do set[object] = true end
  for object in pairs(uow.loaded) do set[object] = uow.entries[object] and true or nil end
  return set
end

-- The new objects with more than columns, in the order in which they came.
local function holding_among(uow, seen)
  local is_holding, list = {}, {}
  for _, group in ipairs(seen.groups) do
    local known = model_module.class(group.model).root.table.by_name
    list = uow.objects.holding(group.objects, known)
    for _, object in ipairs(list) do is_holding[object] = true end
  end
  if #seen.groups < 2 or next(is_holding) == nil then return list end
  local all = {}
  for _, object in ipairs(seen.new) do
    if is_holding[object] then all[#all + 1] = object end
  end
  return all
end

---@param uow moonpool.orm.UnitOfWork
---@param seen moonpool.orm.Seen
---@return moonpool.orm.flush.Holder[]  new objects in the order they came, then stored ones by key
function scan.holders(uow, seen)
  local list, stored = {}, {}
  local function add(to, object)
    local relations = scan.relations(uow, object)
    if relations then to[#to + 1] = { object = object, relations = relations } end
  end
  for _, object in ipairs(holding_among(uow, seen)) do add(list, object) end
  for object in pairs(stored_of(uow, seen)) do add(stored, object) end
  key_order.sort(uow, stored, function(holder) return holder.object end)
  return table.move(stored, 1, #stored, #list + 1, list)
end

return scan
