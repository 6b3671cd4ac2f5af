-- What the row behind an object holds as far as its session knows, and in which fields they differ.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local suggest = require "moonpool.util.suggest"
local value = require "moonpool.orm.value"
local value_fields = require "moonpool.orm.value_fields"

local snapshot = {}

---@param model moonpool.Model
---@param object table
---@return table<string, any>  a copy of its columns
---@return boolean has_null  some of them were given as NULL
function snapshot.take(model, object)
  local taken, has_null, columns = {}, false, model.table.columns
  for at = 1, #columns do
    local name = columns[at].name
    local now = rawget(object, name)
    if now == null then
      has_null = true
    else
      taken[name] = type(now) == "table" and value.copy(now) or now
    end
  end
  return taken, has_null
end

-- The row of a result is the snapshot of what was loaded from it.
local function of_result(object, row)
  local meta = getmetatable(object)
  return meta.result:snapshot(row, meta.names)
end

---@param entry integer | table | true  a row of the object's result, or the snapshot itself; true:
---  nothing is kept, for nothing is written
---@return table<string, any>  not to be changed
function snapshot.of(entry, object)
  if type(entry) == "table" then return entry end
  if entry == true then return snapshot.take(getmetatable(object).model, object) end
  return of_result(object, entry)
end

local function names_of(model)
  local known = {}
  for name in pairs(model.table.by_name) do known[name] = true end
  for name in pairs(model_module.class(model).fields) do known[name] = true end
  return known
end

local function refuse_computed(model, name)
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('"%s" of "%s" is computed: it cannot be set'):format(name, model.table.name),
    hint = "set what it is computed of, and this one to nil" }
end

---Raises `bad_argument` for a field that is neither column nor relation: it would never be stored.
function snapshot.check_names(model, object)
  local class = model_module.class(model)
  -- Rows of one class have the columns of the others, too.
  local columns, fields = class.root.table.by_name, class.fields
  for name in next, object do
    if not columns[name] and not fields[name] then
      if class.computed[name] then refuse_computed(model, name) end
      errors.raise { kind = "bad_argument", table = model.table.name,
        message = ('an instance of "%s" has a field "%s", which is no column or relation%s'):format(
          model.table.name, tostring(name), suggest.phrase(name, names_of(model))),
        hint = "correct its name, set it to nil, or declare the column" }
    end
  end
end

---@return boolean  whether some columns are read only when they are asked for
function snapshot.has_deferred(model)
  for _, field in pairs(model_module.class(model).fields) do
    if field.kind == "deferred" then return true end
  end
  return false
end

-- NULL given for a deferred column that was not loaded is a change; nil there is no news.
local function is_changed(item, now, before)
  if now == null then return before ~= nil or item.deferred end
  return not value.same(now, before)
end

---@param model moonpool.Model
---@param object table
---@param before table  a snapshot
---@return string[]?  columns, in the order of the table; nil where nothing has changed
function snapshot.changes(model, object, before)
  local changed
  for _, item in ipairs(model.table.columns) do
    local name = item.name
    local now, old = rawget(object, name), before[name]
    if not rawequal(now, old) and is_changed(item, now, old) then
      changed = changed or {}
      changed[#changed + 1] = name
    end
  end
  return changed
end

---@param names string[]?  that stand as a row's columns do
---@return string[]?  the same in the order of the table
function snapshot.in_order(model, names)
  if not names or #names == 1 then return names end
  local is_named, list = {}, {}
  for _, name in ipairs(names) do is_named[name] = true end
  for _, item in ipairs(model.table.columns) do
    if is_named[item.name] then list[#list + 1] = item.name end
  end
  return list
end

---The same of what is known of the object; the row of a result compares itself.
---@param entry integer | table | true | nil
---@return string[]?
function snapshot.changed(model, object, entry)
  if math.type(entry) ~= "integer" or snapshot.has_deferred(model) then
    return snapshot.changes(model, object, entry and snapshot.of(entry, object) or {})
  end
  local meta = getmetatable(object)
  return snapshot.in_order(model, meta.result:changes(entry, object, meta.names))
end

---Give the object the fields that the snapshot has.
function snapshot.restore(model, object, before)
  for _, item in ipairs(model.table.columns) do
    local name = item.name
    if not value.same(rawget(object, name), before[name]) then
      rawset(object, name, value.copy(before[name]))
    end
  end
  value_fields.settle(model, object)
end

return snapshot
