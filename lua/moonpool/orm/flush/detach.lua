-- What becomes of rows that refer to deleted ones: set free, deleted too, or left to the server.
local compiler = require "moonpool.sql.compiler"
local element_type = require "moonpool.sql.element_type"
local exchange = require "moonpool.orm.flush.exchange"
local identifier = require "moonpool.sql.identifier"
local identity_key = require "moonpool.orm.identity_key"
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"
local parts = require "moonpool.orm.parts"
local related = require "moonpool.orm.flush.related"
local relation = require "moonpool.orm.relation"
local sql = require "moonpool.orm.flush.sql"
local version = require "moonpool.orm.flush.version"

local detach = {}

---@class moonpool.orm.flush.Detach
---@field record moonpool.orm.Relation
---@field owners table[]  deleted objects

local function key_of(row, names)
  local values = {}
  for at, name in ipairs(names) do values[at] = row[name] end
  return identity_key.of(values, #names)
end

-- The session's own objects that refer to deleted ones by these columns.
local function each_child(work, target, columns, keys, owners, fn)
  local by_key = {}
  for _, owner in ipairs(owners) do
    local key = key_of(work.uow:snapshot_of(owner), keys)
    if key ~= nil then by_key[key] = owner end
  end
  local children = {}
  for _, child in pairs(work.uow.identity:of(target)) do
    if model_module.is_a(model_module.of(child), target) then children[#children + 1] = child end
  end
  for _, child in ipairs(children) do
    local snapshot = work.uow:snapshot_of(child)
    local owner = by_key[key_of(snapshot, columns) or by_key]
    if owner then fn(child, owner, snapshot) end
  end
end

local function foreign_key_of(record)
  for _, key in ipairs(order.keys_of(record.target)) do
    local fits = #key.columns == #record.target_columns
    for at, name in ipairs(key.columns) do fits = fits and record.target_columns[at] == name end
    if fits then return key end
  end
end

local function is_nullable(record)
  for _, name in ipairs(record.target_columns) do
    if not record.target.table.by_name[name].null then return false end
  end
  return true
end

local TRUSTED = { cascade = true, ["set null"] = true, ["set default"] = true }

-- Whether rows that no one has read are to be set free by us.
local function must_release(record)
  if record.kind ~= "has_one" and record.kind ~= "has_many" then return false end
  if record.via or record.passive or record.cascade.delete or record.where then return false end
  local key = foreign_key_of(record)
  return is_nullable(record) and not (key and TRUSTED[key.on_delete])
end

local function must_unlink(record)
  return record.kind == "many_to_many" and not record.passive
end

-- Columns of the session's models that refer to the deleted objects' table, by declaration.
local function referring(work, model)
  local list = {}
  for root in pairs(work.uow.identity:models()) do
    for _, key in ipairs(order.keys_of(root)) do
      local target = order.target_of(root, key)
      if target and target == order.root_of(model) then
        list[#list + 1] = { model = root, key = key }
      end
    end
  end
  return list
end

local function is_moved(work, child, columns, snapshot)
  for _, name in ipairs(columns) do
    if rawget(child, name) ~= snapshot[name] then return true end
  end
  local claims = work.claims[child]
  local claim = claims and claims[table.concat(columns, "\0")]
  return claim ~= nil and claim.owner ~= false
end

-- The server deletes them anyway; here they go in the same way as what was deleted by name.
local function take_along(work, model, owners, found)
  for _, one in ipairs(referring(work, model)) do
    if one.key.on_delete == "cascade" then
      each_child(work, one.model, one.key.columns, one.key.target, owners,
        function(child, _, snapshot)
          if not is_moved(work, child, one.key.columns, snapshot) then found(child) end
        end)
    end
  end
end

-- What the session has read is told like any other change.
local function set_free(work, model, owners)
  for _, one in ipairs(referring(work, model)) do
    if one.key.on_delete == "set null" then
      each_child(work, one.model, one.key.columns, one.key.target, owners, function(child)
        related.claim(work, child, { owner = false, columns = one.key.columns,
          keys = one.key.target, record = detach.RELEASE })
      end)
    end
  end
end

-- A claim that no relation of the program's makes.
detach.RELEASE = { kind = "belongs_to", name = "(deleted)", cascade = {},
  owner = { table = { name = "a deleted row" } } }

-- Nothing is set free by a row that stays where it is.
local function is_removed(object)
  return not model_module.class(model_module.of(object)).traits.soft_delete
end

local function grouped_by_model(objects)
  local models, by_model = {}, {}
  for _, object in ipairs(objects) do
    local model = model_module.of(object)
    if not by_model[model] and is_removed(object) then
      by_model[model] = {}
      models[#models + 1] = model
    end
    if by_model[model] then table.insert(by_model[model], object) end
  end
  return models, by_model
end

local function release_children(work, record, owners)
  each_child(work, record.target, record.target_columns, record.local_columns, owners,
    function(child)
      related.claim(work, child, { owner = false, record = record,
        columns = record.target_columns, keys = record.local_columns,
        type_column = record.type_column })
    end)
end

---Decide for all that is deleted, the deleted by cascade among it.
---@param work moonpool.orm.flush.Work
---@param deletes table[]  grows
function detach.read(work, deletes)
  local is_known, at = {}, 1
  for _, object in ipairs(deletes) do is_known[object] = true end
  while at <= #deletes do
    local last = #deletes
    local models, by_model = grouped_by_model(table.move(deletes, at, last, 1, {}))
    for _, model in ipairs(models) do
      take_along(work, model, by_model[model], function(child)
        if not is_known[child] then
          is_known[child] = true
          deletes[#deletes + 1] = child
        end
      end)
    end
    at = last + 1
  end
  local models, by_model = grouped_by_model(deletes)
  for _, model in ipairs(models) do
    set_free(work, model, by_model[model])
    for _, record in ipairs(relation.list(model)) do
      if must_release(record) then release_children(work, record, by_model[model]) end
      if must_release(record) or must_unlink(record) then
        work.detached[#work.detached + 1] = { record = record, owners = by_model[model] }
      end
    end
  end
end

local function parts_of(record)
  if record.through then return record.through.source, record.through.from end
  return parts.having(record.target, record.target_columns).source, record.target_columns
end

-- An update like any other: what moves with one moves, and whoever has read the row is told by its
-- version.
local function add_moving(texts, model)
  local counted = version.counter_of(model)
  if counted then
    counted = identifier.quote(counted)
    texts[#texts + 1] = ("%s = %s + 1"):format(counted, counted)
  end
  for _, item in ipairs(model.table.columns) do
    local text, params = "", { n = 0 }
    if item.on_update ~= nil then text, params = compiler.compile(item.on_update) end
    if text ~= "" and params.n == 0 then
      texts[#texts + 1] = ("%s = %s"):format(identifier.quote(item.name), text)
    end
  end
end

local function assignments(record)
  local texts = {}
  local columns = table.move(record.target_columns, 1, #record.target_columns, 1, {})
  columns[#columns + 1] = record.type_column
  for at, name in ipairs(columns) do texts[at] = identifier.quote(name) .. " = null" end
  add_moving(texts, parts.having(record.target, record.target_columns))
  return table.concat(texts, ", ")
end

local function text_of(record, names, keys, condition)
  if record.through then
    return ("delete from %s where %s"):format(names.name, condition)
  end
  local typed = record.type_column and
    (" and %s = $%d"):format(identifier.quote(record.type_column), #keys + 1) or ""
  return ("update %s set %s where %s%s"):format(names.name, assignments(record), condition, typed)
end

local function statement(step, text, params, objects)
  params.n = #params
  if step.record.type_column then
    params.n = params.n + 1
    params[params.n] = step.record.type_value
  end
  return { sql = text, params = params, step = step, objects = objects }
end

local function key_values(work, step, owner)
  local before, values = work.uow:snapshot_of(owner), {}
  for at, name in ipairs(step.record.local_columns) do values[at] = before[name] end
  return values
end

local function one_by_one(work, step, names, columns)
  local list, conditions = {}, {}
  for at, name in ipairs(columns) do
    conditions[at] = ("%s = $%d"):format(identifier.quote(name), at)
  end
  local text = text_of(step.record, names, columns, table.concat(conditions, " and "))
  for at, owner in ipairs(step.objects) do
    list[at] = statement(step, text, key_values(work, step, owner), { owner })
  end
  return list
end

local function statements(step, work)
  local source, columns = parts_of(step.record)
  local names = sql.names(source, work.schemas)
  local element = #columns == 1 and element_type(source.type_of(columns[1]))
  if not element then return one_by_one(work, step, names, columns) end
  local keys = {}
  for at, owner in ipairs(step.objects) do keys[at] = key_values(work, step, owner)[1] end
  local condition = ("%s = any($1::%s[])"):format(identifier.quote(columns[1]), element)
  return { statement(step, text_of(step.record, names, columns, condition), { keys },
    step.objects) }
end

-- The owners by when they are deleted.
local function by_phase(owners, phases)
  if next(phases) == nil then return { [false] = owners } end
  local groups = {}
  for _, owner in ipairs(owners) do
    local phase = phases[owner] or false
    groups[phase] = groups[phase] or {}
    table.insert(groups[phase], owner)
  end
  return groups
end

---@param phases table<table, integer>  of deleted objects, where it is not left open
---@return moonpool.orm.flush.Step[]  each with its `phase`
function detach.steps(work, phases)
  local list = {}
  for _, one in ipairs(work.detached) do
    local groups = by_phase(one.owners, phases)
    for _, phase in ipairs { exchange.EARLY, exchange.MIDDLE, false } do
      list[#list + 1] = groups[phase] and { kind = "detach", record = one.record,
        model = one.record.owner, objects = groups[phase], phase = phase,
        statements = statements } or nil
    end
  end
  return list
end

return detach
