-- The statement that reads the rows of a relation for many parents at once; pure.
local columns = require "moonpool.orm.loading.columns"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local keys_module = require "moonpool.orm.loading.keys"
local order = require "moonpool.orm.loading.order"
local path = require "moonpool.orm.loading.path"
local scope = require "moonpool.orm.scope"
local select = require "moonpool.sql.select"

local related = {}

---@class moonpool.orm.RelatedRead
---@field statement table  has `sql()`
---@field names (string | false)[]  the target's columns by their positions
---@field link integer  the position of what says whose a row is
---@field is_number boolean  whether that is the key's number, and not the key itself
---@field extra table<string, integer>  positions of columns of the table between

-- Types whose equal values may be written differently: `= any` matches them, Lua would not.
local LOOSE = { citext = true, numeric = true, float4 = true, float8 = true, char = true,
  interval = true, timetz = true }

---@return string type
---@return string? shape
local function type_of(relation, at)
  local target, owner = relation.target, relation.owner
  local source, name = target.source, relation.target_columns[at]
  if relation.through then source, name = relation.through.source, relation.through.from[at] end
  if relation.via then source, name = owner.source, relation.local_columns[at] end
  local found, shape = source.type_of(name)
  if not found then found, shape = owner.source.type_of(relation.local_columns[at]) end
  if found then return found, shape end
  errors.raise { kind = "bad_argument", table = owner.table.name,
    message = ('relation "%s" of "%s": the type of its column "%s" is not known'):format(
      relation.name, owner.table.name, relation.local_columns[at]),
    hint = 'declare it: type = "int8"' }
end

local function is_loose(type_sql, shape)
  return shape == "domain" or LOOSE[type_sql:match "^%a[%w_]*"]
end

local function needs_numbers(node, relation)
  if node.limit or node.strategy == "lateral" or #relation.local_columns > 1 then return true end
  return is_loose(type_of(relation, 1))
end

local function orders_of(node, relation, between)
  local columns_of_target = relation.target.c
  local given = node.order_by or relation.order_by
    or relation.via and relation.via[2].order_by
  if type(given) == "function" then
    given = given(columns_of_target, between and path.reader(between))
  end
  local list = order.expressions(given, columns_of_target)
  local key = relation.target.table.primary_key
  if #list == 0 and node.limit and key then
    return columns.expressions(key.columns, relation.target.source)
  end
  return list
end

local function labelled(list, prefix)
  local labels = {}
  for at, item in ipairs(list) do labels[at] = item:as(prefix .. at) end
  return labels
end

-- All that both forms have in common: the rows, without the keys they are asked for by.
local function rows_of(node, relation, names, reach)
  local target = relation.target
  local statement = select(columns.expressions(names, target.source)):from(target)
  local links, between
  statement, links, between = path.back(statement, relation,
    scope.reach(reach, { with_deleted = node.with_deleted }))
  for _, condition in ipairs(path.conditions(node.where, target, target.source, between)) do
    statement = statement:where(condition)
  end
  return statement:order_by(table.unpack(orders_of(node, relation, between))),
    links, between
end

local function extras_of(relation, between)
  if not between then return {}, {} end
  local names = relation.extra or {}
  return names, columns.expressions(names, between)
end

local function position_of(names, wanted)
  for at, name in ipairs(names) do
    if name == wanted then return at end
  end
end

local function positions(names, before)
  local places = {}
  for at, name in ipairs(names) do places[name] = before + at end
  return places
end

-- `where link = any($1)`: one text and one plan, whatever the number of keys.
local function by_value(node, relation, names, keys, reach)
  local statement, links, between = rows_of(node, relation, names, reach)
  statement = statement:where(links[1]:one_of(keys.arrays[1]))
  local own = not (relation.through or relation.via)
    and position_of(names, relation.target_columns[1])
  if own then
    return { statement = statement, link = own, is_number = false, names = names, extra = {} }
  end
  local extra, extra_columns = extras_of(relation, between)
  return { is_number = false, link = #names + 1, extra = positions(extra, #names + 1),
    statement = statement:columns_added(labelled(links, "_link"))
      :columns_added(labelled(extra_columns, "_extra")),
    names = columns.placed(names, 0, 1 + #extra) }
end

local function types_of(relation)
  local types = {}
  for at in ipairs(relation.local_columns) do types[at] = type_of(relation, at) end
  return types
end

-- The keys as rows, and for each of them its own rows, as many as it may have.
local function by_number(node, relation, names, keys, reach)
  local inner, links, between = rows_of(node, relation, names, reach)
  local extra, extra_columns = extras_of(relation, between)
  inner = inner:where(path.all_equal(links, keys_module.columns(#links)))
    :columns_added(labelled(extra_columns, "_extra"))
  if node.limit then inner = inner:limit(node.limit) end
  return { is_number = true, link = #names + #extra + 1, extra = positions(extra, #names),
    names = columns.placed(names, 0, 1 + #extra),
    statement = select { expression.star "_rows", keys_module.number():as "_link1" }
      :from(keys_module.source(keys, types_of(relation))):lateral(inner, "_rows") }
end

---@param node moonpool.orm.LoadNode
---@param relation moonpool.orm.Relation  one with a target
---@param names string[]  the target's columns to read
---@param keys moonpool.orm.LoadKeys
---@param reach moonpool.orm.Reach
---@return moonpool.orm.RelatedRead
function related.read(node, relation, names, keys, reach)
  local build = needs_numbers(node, relation) and by_number or by_value
  return build(node, relation, names, keys, reach)
end

return related
