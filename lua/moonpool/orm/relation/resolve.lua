-- A declared relation with its target looked up and every column known; pure.
local errors = require "moonpool.errors"
local foreign_key = require "moonpool.orm.relation.foreign_key"
local registry = require "moonpool.orm.registry"
local singular = require "moonpool.util.singular"
local source_module = require "moonpool.sql.source"
local suggest = require "moonpool.util.suggest"

local function described(record)
  return ('relation "%s" of "%s"'):format(record.name, record.owner.table.name)
end

local function refuse(record, message, hint)
  errors.raise { kind = "bad_argument", message = described(record) .. ": " .. message,
    hint = hint }
end

local function check_widths(record, left, right)
  if #left == #right then return end
  refuse(record, ("%d columns (%s) cannot refer to %d (%s)"):format(#left, table.concat(left, ", "),
    #right, table.concat(right, ", ")), "name as many columns as keys")
end

local function target_of(record, declared)
  return registry.get(declared.schema, declared.table, described(record))
end

local resolvers = {}

local function resolve_polymorphic(record, declared)
  record.type_column, record.targets = declared.type_column, {}
  record.local_columns, record.target_columns = declared.columns, declared.keys
  for _, name in ipairs(declared.polymorphic) do
    local schema, own = name:match "^([^.]+)%.([^.]+)$"
    local target = registry.get(schema or declared.schema, own or name, described(record))
    foreign_key.check(target.table, declared.keys, described(record))
    record.targets[name] = target
  end
end

function resolvers.belongs_to(record, declared)
  if declared.polymorphic then return resolve_polymorphic(record, declared) end
  record.target = target_of(record, declared)
  record.local_columns = declared.columns
  record.target_columns = foreign_key.check(record.target.table, declared.keys, described(record))
end

-- The word for this table in the target's type column: as the target's own relation writes it.
local function type_value_of(record, belongs_to)
  local own = record.owner.table
  for _, name in ipairs(belongs_to.polymorphic) do
    local schema, bare = name:match "^([^.]+)%.([^.]+)$"
    schema = schema or belongs_to.schema
    if (bare or name) == own.name and (schema or "public") == (own.schema or "public") then
      return name
    end
  end
  refuse(record, ('"%s" of "%s" does not lead to "%s"'):format(belongs_to.name,
    record.target.table.name, own.name), "add this table to its list: polymorphic = { ... }")
end

local function resolve_by_type(record, declared, declarations_of)
  local there = declarations_of(record.target)
  local belongs_to = there[declared.polymorphic]
  if not belongs_to or not belongs_to.polymorphic then
    refuse(record, ('"%s" has no polymorphic relation "%s"%s'):format(record.target.table.name,
      declared.polymorphic, suggest.phrase(declared.polymorphic, there)),
      'declare it there: mp.belongs_to("subject", { polymorphic = { ... } })')
  end
  record.type_column, record.type_value = belongs_to.type_column, type_value_of(record, belongs_to)
  record.target_columns, record.local_columns = belongs_to.columns, belongs_to.keys
end

local function check_part(record, model, option, name, lookup)
  local there = lookup.declarations_of(model)
  if there[name] then return name end
  refuse(record, ('its %s "%s" is no relation of "%s"%s'):format(option, name, model.table.name,
    suggest.phrase(name, there)), ("name one that it declares: %s = ..."):format(option))
end

-- By its own name, or by that of one: `has_many("tags", { through = "taggings" })` ends in `tag`.
local function source_name(record, declared, model, lookup)
  local one = singular(declared.source)
  if lookup.declarations_of(model)[one] and not lookup.declarations_of(model)[declared.source] then
    return one
  end
  return check_part(record, model, "source", declared.source, lookup)
end

local function resolve_via(record, declared, lookup)
  local relation_of = lookup.relation_of
  local first = relation_of(record.owner,
    check_part(record, record.owner, "through", declared.through, lookup))
  if not first.target then
    refuse(record, "it cannot go through a polymorphic relation", "name each target's own relation")
  end
  local second = relation_of(first.target, source_name(record, declared, first.target, lookup))
  record.via, record.target, record.local_columns = { first, second }, second.target,
    first.local_columns
  record.target_columns = second.target_columns
  if second.target then return end
  refuse(record, "it cannot end in a polymorphic relation", "name each target's own relation")
end

function resolvers.has_many(record, declared, lookup)
  if declared.through then return resolve_via(record, declared, lookup) end
  record.target = target_of(record, declared)
  if declared.polymorphic then
    return resolve_by_type(record, declared, lookup.declarations_of)
  end
  local owner, what = record.owner.table, described(record)
  local columns, keys =
    foreign_key.find(record.target.table, owner, declared.columns, what, "column")
  record.target_columns = columns
  record.local_columns = declared.keys and foreign_key.check(owner, declared.keys, what) or keys
  check_widths(record, record.target_columns, record.local_columns)
end

resolvers.has_one = resolvers.has_many

-- Where the table between has no model, its columns are what the convention says they are.
local function of_bare_table(given, towards, what)
  return given or { singular(towards.name) .. "_id" }, foreign_key.of_key(towards, what)
end

local function columns_between(record, model, given, towards, option)
  local what = described(record)
  if not model then return of_bare_table(given, towards, what) end
  return foreign_key.find(model.table, towards, given, what, option)
end

-- The types of columns that no model describes are those of what they refer to.
local function bare_source(declared, through, record)
  local types = {}
  for at, name in ipairs(through.from) do
    types[name] = { record.owner, record.local_columns[at] }
  end
  for at, name in ipairs(through.to) do
    types[name] = { record.target, through.target_columns[at] }
  end
  return source_module.new { name = declared.through, schema = declared.through_schema,
    type_of = function(name)
      local known = types[name]
      if known then return known[1].source.type_of(known[2]) end
    end }
end

local function extra_columns(model, through)
  local linking, extra = {}, {}
  for _, list in ipairs { through.from, through.to } do
    for _, name in ipairs(list) do linking[name] = true end
  end
  for _, item in ipairs(model and model.table.columns or {}) do
    if not linking[item.name] and not item.deferred then extra[#extra + 1] = item.name end
  end
  return extra
end

function resolvers.many_to_many(record, declared)
  local what = described(record)
  record.target = target_of(record, declared)
  local owner, target = record.owner.table, record.target.table
  local model = registry.look_up(declared.through_schema, declared.through)
  if owner == target and not (declared.from and declared.to) then
    refuse(record, ('both ends are "%s"'):format(owner.name),
      'say which column is which: from = "...", to = "..."')
  end
  local from, from_keys = columns_between(record, model, declared.from, owner, "from")
  local to, to_keys = columns_between(record, model, declared.to, target, "to")
  local through = { model = model, from = from, to = to }
  record.local_columns = foreign_key.check(owner, declared.key or from_keys, what)
  through.target_columns = foreign_key.check(target, declared.target_key or to_keys, what)
  check_widths(record, from, record.local_columns)
  check_widths(record, to, through.target_columns)
  record.target_columns, record.through = through.target_columns, through
  through.source = model and model.source or bare_source(declared, through, record)
  through.columns = extra_columns(model, through)
  record.extra = declared.extra
  if record.extra and model then foreign_key.check(model.table, record.extra, what) end
end

---@param owner moonpool.Model
---@param declared moonpool.orm.RelationDeclaration
---@param lookup table  `relation_of(model, name)` and `declarations_of(model)`
---@return moonpool.orm.Relation
return function(owner, declared, lookup)
  local record = { name = declared.name, kind = declared.kind, owner = owner,
    is_list = declared.is_list, cascade = declared.cascade, passive = declared.passive or false,
    order_by = declared.order_by, where = declared.where }
  resolvers[declared.kind](record, declared, lookup)
  return record
end
