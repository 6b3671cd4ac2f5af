-- Rows that an update or a versioned delete did not find as they were read: which, and why.
local columns = require "moonpool.orm.flush.columns"
local errors = require "moonpool.errors"
local select = require "moonpool.sql.select"
local sql = require "moonpool.orm.flush.sql"
local version = require "moonpool.orm.flush.version"

local stale = {}

---@return boolean  whether the server says that a row has changed or gone
function stale.is_it(err)
  return errors.is_error(err, "22P02") and err.message:find(sql.STALE, 1, true) ~= nil
end

local function dumped(model, name, value)
  local dump = columns.of(model).by_name[name].dump
  return dump and dump(value) or value
end

local function row_of(db, model, keys, before)
  local where, list = {}, {}
  for _, name in ipairs(keys) do where[name] = dumped(model, name, before[name]) end
  for at, name in ipairs(keys) do list[at] = model.source:column(name) end
  local counted = version.column_of(model)
  if counted then list[#list + 1] = model.source:column(counted) end
  return select(list):from(model):where(where):one(db)
end

local function key_text(keys, before)
  local texts = {}
  for at, name in ipairs(keys) do texts[at] = ("%s = %s"):format(name, tostring(before[name])) end
  return table.concat(texts, ", ")
end

-- The value, or a table of values where the key has several columns.
local function key_of(keys, before)
  if #keys == 1 then return before[keys[1]] end
  local values = {}
  for _, name in ipairs(keys) do values[name] = before[name] end
  return values
end

local function complain(model, keys, before, row)
  local name, counted = model.table.name, version.column_of(model)
  local expected, found = before[counted], row and row[counted]
  local what = row and ("is at version %s, not %s"):format(tostring(found), tostring(expected))
    or "is not there any more"
  return errors.new { kind = "stale_object", table = name, key = key_of(keys, before),
    expected_version = expected, actual_version = found,
    message = ('the row of "%s" with %s %s'):format(name, key_text(keys, before), what),
    hint = "refresh the object with s:refresh(object), change it again, and flush" }
end

local function is_stale(model, before, row)
  local counted = version.column_of(model)
  return not row or counted and row[counted] ~= before[counted]
end

---@async
---@param db moonpool.Executor  where the flush has been undone
---@param uow moonpool.orm.UnitOfWork
---@param statement moonpool.orm.flush.Statement  that failed
---@return moonpool.Error?  a `stale_object` for the first row that is not as it was
function stale.find(db, uow, statement)
  local model = statement.step.model
  local keys = model.table.primary_key.columns
  for _, object in ipairs(statement.objects) do
    local before = uow:snapshot_of(object)
    local row = row_of(db, model, keys, before)
    if is_stale(model, before, row) then return complain(model, keys, before, row) end
  end
end

return stale
