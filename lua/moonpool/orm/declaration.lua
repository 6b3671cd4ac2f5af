-- A model's list read into its parts: items of the table, relations, traits, computed values; pure.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"

local declaration = {}

---@class moonpool.orm.Parts
---@field items table[]  columns, constraints, indexes, ...
---@field relations moonpool.orm.RelationDeclaration[]
---@field computed table[]
---@field values moonpool.orm.ValueObject[]
---@field traits table<string, any>  what mixins say of the model
---@field finishers (fun(owner: table, items: table[], parts: moonpool.orm.Parts): table[])[]
---@field companions table[]?  tables and other objects that the model's table needs

local CURES = {
  ["function"] = "call it: mp.timestamps()", string = 'a column is c.text "name"',
  ["nil"] = "leave it out, or build the list before",
}

local function refuse(name, at, kind)
  errors.raise { kind = "bad_argument",
    message = ("model %s: item %d of its list is %s"):format(
      type(name) == "string" and '"' .. name .. '"' or "without a name", at,
      kind == "nil" and kind or "a " .. kind),
    hint = CURES[kind] or "columns, relations, mixins, indexes and constraints stand in it" }
end

-- The columns that stand in the list themselves, which relations may use as theirs.
local function columns_in(list)
  local declared = {}
  for _, item in ipairs(list) do
    if column.is_column(item) then declared[item.name] = item end
  end
  return declared
end

local function is_group(item)
  return type(item) == "table" and item.kind == "group"
end

-- A relation or mixin is known in full only with the model it stands in.
local function add_group(parts, group, owner)
  local items, relation, computed, value = group.build(owner)
  table.move(items, 1, #items, #parts.items + 1, parts.items)
  parts.relations[#parts.relations + 1] = relation
  parts.computed[#parts.computed + 1] = computed
  parts.values[#parts.values + 1] = value
  parts.finishers[#parts.finishers + 1] = group.finish
  for name, trait in pairs(group.traits or {}) do parts.traits[name] = trait end
end

local function copied(list)
  return table.move(list, 1, #list, 1, {})
end

local function inherited(parent)
  local parts = { items = {}, relations = {}, computed = {}, values = {}, traits = {},
    finishers = {} }
  if not parent then return parts end
  for _, name in ipairs { "relations", "computed", "values", "finishers" } do
    parts[name] = copied(parent[name])
  end
  for name, trait in pairs(parent.traits) do parts.traits[name] = trait end
  return parts
end

---@param list table[]  what stands behind the table's name
---@param owner { name: string, schema: string? }
---@param parent moonpool.orm.Parts?  of the model that it extends; its items are not repeated
---@param is_apart boolean?  in a table of its own, with which the mixins of that model do nothing
---@return moonpool.orm.Parts
function declaration.read(list, owner, parent, is_apart)
  local parts = inherited(parent)
  if is_apart then parts.finishers = {} end
  local place = { name = owner.name, schema = owner.schema, declared = columns_in(list),
    is_subclass = parent ~= nil }
  for at, item in ipairs(list) do
    if type(item) ~= "table" then refuse(owner.name, at + (parent and 0 or 1), type(item)) end
    if is_group(item) then
      add_group(parts, item, place)
    else
      parts.items[#parts.items + 1] = item
    end
  end
  for _, finish in ipairs(parts.finishers) do parts.items = finish(place, parts.items, parts) end
  return parts
end

---@param given table
---@return table[] list, table options
function declaration.split(given)
  local list, named, last = {}, {}, 0
  for key, value in pairs(given) do
    if math.type(key) == "integer" then
      list[key], last = value, math.max(last, key)
    else
      named[key] = value
    end
  end
  for at = 1, last do
    -- What stands behind a nil would be lost without a word.
    if list[at] == nil then refuse(list[1], at, "nil") end
  end
  return list, named
end

return declaration
