-- Many rows written at once, without objects: inserted, or changed by their keys.
local actor = require "moonpool.orm.flush.actor"
local assignment = require "moonpool.sql.assignment"
local columns = require "moonpool.orm.flush.columns"
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local options = require "moonpool.options"
local parts = require "moonpool.orm.parts"
local scope = require "moonpool.orm.scope"
local sender = require "moonpool.orm.sender"
local session_guard = require "moonpool.orm.session_guard"
local statement_module = require "moonpool.sql.statement"
local steps = require "moonpool.orm.flush.steps"
local sync = require "moonpool.orm.sync"
local tenancy = require "moonpool.orm.tenancy"
local update = require "moonpool.sql.update"
local value_fields = require "moonpool.orm.value_fields"
local value_module = require "moonpool.orm.value"
local work_module = require "moonpool.orm.flush.work"

local bulk = {}

---Raises `bad_argument` for what is no model, or no list of rows.
function bulk.check(session, verb, model, rows)
  session_guard.check_writable(session)
  if not model_module.is_model(model) then
    errors.raise { kind = "bad_argument", message = ("s:%s takes a model, not a %s"):format(verb,
      type(model)), hint = ("s:%s(User, rows)"):format(verb) }
  end
  local is_list = type(rows) == "table" and (#rows > 0 or next(rows) == nil)
  if not is_list then
    errors.raise { kind = "bad_argument", table = model.table.name,
      message = ("s:%s takes a list of rows"):format(verb),
      hint = "{ { name = 1 }, { name = 2 } }" }
  end
end

---Raises `bad_argument` where rows, or columns that are set, are not all in one table.
---@param set table<string, any>?
function bulk.check_single(model, verb, set)
  local list = parts.of(model)
  local is_single = #list == 1
  for name in pairs(is_single and parts.are_several(model) and set or {}) do
    local is_elsewhere = model.table.by_name[name] and not list[1].table.by_name[name]
    is_single = is_single and not is_elsewhere
  end
  if is_single then return end
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('s:%s: what is written of "%s" is in several tables'):format(verb,
      model.table.name), hint = "change the objects, and flush" }
end

---What was changed before is written before; then the transaction is open.
---@async
function bulk.begin(session)
  if session.autoflush then session:flush() end
  if not session.levels:is_open() then session:begin() end
  return session.levels:innermost().transaction
end

local INSERT = { { name = "returning", kind = "boolean", default = false,
  doc = "give the rows back, as detached instances" } }

local function detached(model, work)
  local list = {}
  for at, object in ipairs(work.inserts) do
    for name, made in pairs(work:made_of(object)) do object[name] = value_module.absent(made) end
    list[at] = model_module.load(model, object)
  end
  return list
end

---Insert rows without making objects of this session; no hooks are called.
---@async
---@param session moonpool.Session
---@param model moonpool.Model
---@param rows table[]  defaults are filled in, as for instances
---@param given { returning: boolean? }?
---@return integer | table[]  how many; the rows with `returning`
function bulk.insert(session, model, rows, given)
  bulk.check(session, "bulk_insert", model, rows)
  local read = options.read(INSERT, given, { kind = "bad_argument", what = "bulk_insert" })
  local work = work_module.new(session.uow)
  for at, row in ipairs(rows) do
    local own = tenancy.owned(model, value_fields.expand(model, row), session.tenant)
    work.inserts[at] = model(own)
  end
  if #rows > 0 then
    local transaction = bulk.begin(session)
    work.schemas = session.levels:executor().schema_translation
    local list = actor.first(session.actor, steps.of(work))
    sender.inside({ work = work, steps = list, session = session }, transaction)
  end
  return read.returning and detached(model, work) or #rows
end

local UPDATE = { { name = "key", kind = "any",
  doc = "a column, or a list of them; the primary key" } }

local function key_names(model, key)
  if type(key) == "string" then return { key } end
  local primary = model.table.primary_key
  return key or primary and primary.columns or {}
end

local function names_of(row)
  local names = {}
  for name in pairs(row) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- Rows that set the same columns go in one statement.
local function grouped(model, rows)
  local list, by_shape = {}, {}
  for _, row in ipairs(rows) do
    local shape = table.concat(names_of(row), "\0")
    local group = by_shape[shape]
    if not group then
      group = {}
      list[#list + 1], by_shape[shape] = group, group
    end
    group[#group + 1] = columns.sent_row(model, row)
  end
  return list
end

---Change rows by their keys, each to values of its own. Objects of the session that are among them
---are changed, too; no hooks are called.
---@async
---@param session moonpool.Session
---@param model moonpool.Model
---@param rows table[]  with their key
---@param given { key: string | string[] }?
---@return integer  rows changed
function bulk.update(session, model, rows, given)
  bulk.check(session, "bulk_update", model, rows)
  for _, row in ipairs(rows) do bulk.check_single(model, "bulk_update", row) end
  local read = options.read(UPDATE, given, { kind = "bad_argument", what = "bulk_update" })
  local executor, count = bulk.begin(session), 0
  local moving = sync.moving(model)
  local own = {}
  for at, row in ipairs(rows) do own[at] = value_fields.expand(model, row) end
  for _, row in ipairs(own) do tenancy.check_update(model, row, session.tenant) end
  for _, group in ipairs(grouped(model, own)) do
    local statement = update(model):from_values(group, { key = key_names(model, read.key) })
    statement = scope.narrow(statement, model, model.source,
      { with_deleted = true, tenant = session.tenant })
    statement = statement_module.add(statement, "assignments",
      assignment.read(moving, model.source))
    local names = sync.written(model, group[1])
    local changed = sync.returning(statement, model, names):all(executor)
    sync.updated(session, model, changed, names)
    count = count + #changed
  end
  return count
end

return bulk
