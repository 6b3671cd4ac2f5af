-- Rows changed or deleted by a condition, and what that means for the session's objects.
local bulk = require "moonpool.orm.bulk"
local columns = require "moonpool.orm.flush.columns"
local errors = require "moonpool.errors"
local evaluate = require "moonpool.orm.evaluate"
local expression = require "moonpool.sql.expression"
local options = require "moonpool.options"
local related_filter = require "moonpool.orm.loading.related_filter"
local removal = require "moonpool.orm.removal"
local scope = require "moonpool.orm.scope"
local sync = require "moonpool.orm.sync"
local tenancy = require "moonpool.orm.tenancy"
local update = require "moonpool.sql.update"
local value_fields = require "moonpool.orm.value_fields"
local version = require "moonpool.orm.flush.version"

local where = {}

local ROWS = { { name = "sync", kind = "any", default = "fetch",
  doc = '"fetch" (the server says which rows), "evaluate" (looked at here), false' } }

local SYNCS = { fetch = true, evaluate = true, [false] = true }

local function refuse(model, message, hint)
  errors.raise { kind = "bad_argument", table = model.table.name, message = message, hint = hint }
end

local function read_options(model, verb, given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = verb })
  if not SYNCS[read.sync] then
    refuse(model, ("%s: sync cannot be %s"):format(verb, tostring(read.sync)),
      '"fetch", "evaluate" or false')
  end
  return read
end

-- A forgotten condition, or `{ email = nil }`, would reach every row.
local function check(session, verb, model, filter)
  bulk.check(session, verb, model, {})
  local is_empty = filter == nil or type(filter) == "table" and next(filter) == nil
  if is_empty then
    refuse(model, verb .. " has no condition",
      "a nil in a filter is no condition; for all rows say so: mp.sql'true'")
  end
end

local function narrowed(session, statement, model, filter)
  local reach = { tenant = session.tenant }
  return scope.narrow(statement, model, model.source, reach)
    :where(related_filter.read(model, filter))
end

-- Who wrote a row last is for the server to say.
local function check_evaluable(model)
  if version.column_of(model) == version.counter_of(model) then return end
  refuse(model, "its rows have another xmin afterwards, which cannot be evaluated here",
    'sync = "fetch"')
end

local function check_plain(model, set)
  for name, value in pairs(set) do
    if expression.is_expression(value) then
      refuse(model, ('"%s" is set to SQL, which cannot be evaluated here'):format(name),
        'sync = "fetch"')
    end
  end
end

-- The rows of the session's objects that the condition holds for, with their new values.
local function evaluated(session, model, filter, set)
  if next(set) ~= nil then check_evaluable(model) end
  check_plain(model, set)
  local rows, counted = {}, version.counter_of(model)
  for at, object in ipairs(evaluate.matching(session, model, filter)) do
    local row = {}
    for _, name in ipairs(model.table.primary_key.columns) do row[name] = rawget(object, name) end
    for name, value in pairs(set) do row[name] = value end
    if counted then row[counted] = version.next(session.uow:snapshot_of(object)[counted]) end
    rows[at] = row
  end
  return rows
end

-- When a row was changed is the server's to say: `updated_at` stays as it was.
local function names_evaluated(model, set)
  local names = {}
  for name in pairs(set) do names[name] = true end
  local counted = version.counter_of(model)
  if counted then names[counted] = true end
  return names
end

---Set columns of all rows for which the condition holds; `updated_at` and versions move.
---@async
---@param session moonpool.Session
---@param model moonpool.Model
---@param filter table | moonpool.sql.Expression
---@param given table<string, any>  values, mp.null or SQL
---@param options_given { sync: "fetch" | "evaluate" | false }?
---@return integer  rows changed
function where.update(session, model, filter, given, options_given)
  check(session, "update_where", model, filter)
  local read = read_options(model, "update_where", options_given)
  given = value_fields.expand(model, given)
  bulk.check_single(model, "update_where", given)
  tenancy.check_update(model, given, session.tenant)
  local executor, set = bulk.begin(session), columns.sent_row(model, given)
  local moved = sync.moving(model)
  for name, value in pairs(set) do moved[name] = value end
  local statement = narrowed(session, update(model):set(moved), model, filter)
  if read.sync ~= "fetch" then
    local rows = read.sync and evaluated(session, model, filter, set)
    local count = statement:exec(executor)
    if rows then sync.updated(session, model, rows, names_evaluated(model, set)) end
    return count
  end
  local names = sync.written(model, set)
  local rows = sync.returning(statement, model, names):all(executor)
  sync.updated(session, model, rows, names)
  return #rows
end

local function keys_of(model)
  local list = {}
  for at, name in ipairs(model.table.primary_key.columns) do
    list[at] = model.source:column(name)
  end
  return table.unpack(list)
end

---Delete all rows for which the condition holds; what they lead to is the server's to decide.
---@async
---@return integer  rows deleted
function where.delete(session, model, filter, options_given)
  check(session, "delete_where", model, filter)
  bulk.check_single(model, "delete_where")
  local read = read_options(model, "delete_where", options_given)
  local executor = bulk.begin(session)
  local statement = narrowed(session, removal(model), model, filter)
  if read.sync ~= "fetch" then
    local rows = read.sync and evaluated(session, model, filter, {})
    local count = statement:exec(executor)
    if rows then sync.deleted(session, model, rows) end
    return count
  end
  local rows = statement:returning(keys_of(model)):all(executor)
  sync.deleted(session, model, rows)
  return #rows
end

return where
