-- Objects of a flush in groups that one kind of statement writes, and these in their order; pure.
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"
local parts = require "moonpool.orm.parts"
local row_order = require "moonpool.orm.flush.row_order"

local grouping = {}

---Groups of one model and label each, in the order in which their first objects came.
---@param label_of fun(object: table, model: moonpool.Model, at: integer): any
---@param make fun(model: moonpool.Model, label: any, object: table, at: integer):
---  moonpool.orm.flush.Step
function grouping.grouped(objects, label_of, make)
  local list, by_model, meta, model, by_label = {}, {}, nil, nil, nil
  for at = 1, #objects do
    local object = objects[at]
    local own = getmetatable(object)
    if own ~= meta then
      meta, model = own, model_module.of(object)
      by_label = by_model[model] or {}
      by_model[model] = by_label
    end
    local label = label_of(object, model, at)
    local step = by_label[label]
    if not step then
      step = make(model, label, object, at)
      list[#list + 1], by_label[label] = step, step
    end
    step.objects[#step.objects + 1] = object
  end
  return list
end

---@param names string[]
---@return string  another one for other names
function grouping.label(names)
  return #names == 1 and names[1] or table.concat(names, "\0")
end

-- The names that each object has in a part, by object, and these objects. Most follow one of the
-- same kind.
local function having(objects, number, names_of)
  local own, names, meta, all, is_more = {}, {}, nil, nil, false
  for at = 1, #objects do
    local object = objects[at]
    local kind = getmetatable(object)
    if kind ~= meta then
      meta, all = kind, parts.of(model_module.of(object))
      is_more = is_more or #all > number
    end
    local among = all[number] and names_of(object, at)
    if among and #all > 1 then among = parts.among(all[number], among) end
    if among and #among > 0 then own[#own + 1], names[object] = object, among end
  end
  return own, names, is_more
end

-- Many objects share their list of names.
local function labels()
  local known = {}
  return function(names)
    local label = known[names]
    if not label then
      label = grouping.label(names)
      known[names] = label
    end
    return label
  end
end

---Groups whose objects have values for the same columns of one table each; of rows that are in
---several tables, one group for each of these.
---@param objects table[]
---@param names_of fun(object: table, at: integer): string[]
---@param make fun(part: moonpool.orm.Part, names: string[], object: table, number: integer):
---  moonpool.orm.flush.Step
---@param label_of (fun(object: table, at: integer): string)?  what else tells groups apart
---@return moonpool.orm.flush.Step[]
function grouping.by_part(objects, names_of, make, label_of)
  local list, number, is_more, label_by = {}, 0, #objects > 0, labels()
  while is_more do
    number = number + 1
    local own, names
    own, names, is_more = having(objects, number, names_of)
    local steps = grouping.grouped(own, function(object)
      local label = label_by(names[object])
      return label_of and label .. "\0" .. label_of(object) or label
    end, function(model, _, object)
      return make(parts.of(model)[number], names[object], object, number)
    end)
    table.move(steps, 1, #steps, #list + 1, list)
  end
  return list
end

---Stable, so that steps of one place stay in the order of their objects.
function grouping.sorted(list, is_before)
  for at, step in ipairs(list) do step.at = at end
  table.sort(list, function(a, b)
    if is_before(a, b) then return true end
    if is_before(b, a) then return false end
    return a.at < b.at
  end)
  return list
end

---@param ordered moonpool.orm.flush.Order
---@param rows moonpool.orm.flush.Rows
---@return table<table, integer>  how many rows lie under each
function grouping.depths(ordered, rows)
  for _, is_cyclic in pairs(ordered.is_cyclic) do
    if is_cyclic and #rows.objects > 0 then return row_order.depths(ordered, rows) end
  end
  return {}
end

---Rows of tables that do not refer to themselves, on any way, can be sent together.
---@param depths table<table, integer>  from `grouping.depths`
---@return integer
function grouping.depth(ordered, depths, model, object)
  return ordered.is_cyclic[order.root_of(model)] and depths[object] or 0
end

return grouping
