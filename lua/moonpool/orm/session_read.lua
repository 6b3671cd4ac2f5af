-- Reading one row by its key, with a lock where it is wanted; rows into objects.
local columns = require "moonpool.orm.flush.columns"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local hydrate = require "moonpool.orm.hydrate"
local key_module = require "moonpool.orm.key"
local key_statement = require "moonpool.orm.key_statement"
local mapper = require "moonpool.orm.mapper"
local model_module = require "moonpool.orm.model"
local options = require "moonpool.options"
local parts = require "moonpool.orm.parts"
local plain_key = require "moonpool.orm.plain_key"
local related_filter = require "moonpool.orm.loading.related_filter"
local scope = require "moonpool.orm.scope"
local select = require "moonpool.sql.select"
local session_loading = require "moonpool.orm.session_loading"

local session_read = {}

local LOCKS = { "update", "no key update", "share", "key share" }

local ROWS = {
  { name = "lock", kind = "choice", values = LOCKS, doc = "lock it until the transaction ends" },
  { name = "nowait", kind = "boolean", default = false, doc = "fail where it is locked" },
  { name = "skip_locked", kind = "boolean", default = false, doc = "nil where it is locked" },
}

-- How far a session without a tenant sees; not to be changed.
local EVERYWHERE = {}

local CONTEXT = { kind = "bad_argument", what = "find" }
-- What is read where nothing is given; not to be changed.
local USUAL = options.read(ROWS, nil, CONTEXT)

local function check_model(model, verb)
  if model_module.is_model(model) then return end
  errors.raise { kind = "bad_argument", message = ("s:%s takes a model, not a %s"):format(verb,
    type(model)), hint = ("s:%s(User, id)"):format(verb) }
end

local function lock_text(read)
  local wait = read.nowait and " nowait" or read.skip_locked and " skip locked" or ""
  return " for " .. read.lock .. wait
end

local function reach_of(session, read)
  if read.reach then return read.reach end
  return session.tenant == nil and EVERYWHERE or { tenant = session.tenant }
end

local function ask(session, read, text, params)
  return session_loading.ask(session, read.lock and text .. lock_text(read) or text, params)
end

-- A new object with a key of its own, which no row has yet.
local function pending(session, model, where)
  if session.uow.new.count == 0 then return nil end
  for _, object in ipairs(session.uow.new:list()) do
    if model_module.of(object) == model then
      local is_it = true
      for name, value in pairs(where) do is_it = is_it and rawget(object, name) == value end
      if is_it then return object end
    end
  end
end

local function known(session, model, where)
  local uow = session.uow
  local key = uow.identity.key_of(model, where)
  local object = uow.identity:find(model, key)
  if object and not scope.sees(object, model, { tenant = session.tenant }) then return nil end
  return object or pending(session, model, where)
end

-- An outer join cannot be locked: where classes have tables of their own, the first one's row is.
local function lock_first(session, model, where, read)
  local text, params = select { expression.raw "1" }:from(parts.of(model)[1]):where(where):sql(
    session.levels:executor())
  ask(session, read, text, params)
  local plain = {}
  for name, value in pairs(read) do plain[name] = value end
  plain.lock = nil
  return plain
end

local function row_statement(session, model, where, read)
  local dumped = columns.of(model).has_dump and mapper.dump(model, where) or where
  return key_statement.of(model, dumped, session.levels:executor(), reach_of(session, read))
end

local function read_row(session, model, where, read)
  if read.lock and parts.are_several(model) then
    read = lock_first(session, model, where, read)
  end
  local text, params, names = row_statement(session, model, where, read)
  return ask(session, read, text, params), names
end

local function locked(session, model, where, read, object)
  if object and not session.is_read_only then session:flush() end
  if not session.levels:is_open() then session:begin() end
  local result, names = read_row(session, model, where, read)
  if #result == 0 then return nil end
  if not object then return hydrate.first(session, model, result, names) end
  hydrate.refresh(session, model, object, result, names)
  return object
end

-- The row may be one whose object is marked as deleted.
local function unless_deleted(session, object)
  if object and session:state_of(object) == "deleted" then return nil end
  return object
end

local function read_object(session, model, where, read)
  local text, params, names = row_statement(session, model, where, read)
  local row = session_loading.ask_one(session, text, params)
  return row and hydrate.own(session, model, row, names)
end

local function by_key(session, model, where, read)
  local object = known(session, model, where)
  if object and (not read.lock or session:state_of(object) ~= "persistent") then
    return unless_deleted(session, object)
  end
  if read.lock then return locked(session, model, where, read, object) end
  return unless_deleted(session, read_object(session, model, where, read))
end

local function is_filter(model, id)
  if type(id) ~= "table" or getmetatable(id) ~= nil then return false end
  local is_key = {}
  local primary = model.table.primary_key
  for _, name in ipairs(primary and primary.columns or {}) do is_key[name] = true end
  for name in pairs(id) do
    if not is_key[name] then return true end
  end
  return false
end

local function refuse_several(model)
  errors.raise { kind = "multiple_rows", table = model.table.name,
    message = ('more than one row of "%s" fits the filter'):format(model.table.name),
    hint = "narrow the filter, or take them all: s:select(Model):where{...}:all()" }
end

-- Which rows a filter fits shows only when they are read.
local function refuse_lock(model)
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('rows of "%s" are in several tables: a lock is by their key'):format(
      model.table.name), hint = 's:get(Model, id, { lock = "update" })' }
end

local function by_filter(session, model, filter, read)
  if read.lock and parts.are_several(model) then refuse_lock(model) end
  session:autoflush_now()
  if read.lock and not session.levels:is_open() then session:begin() end
  local statement, names = key_statement.any(model, related_filter.read(model, filter),
    reach_of(session, read))
  local result = ask(session, read, statement:sql(session.levels:executor()))
  if #result > 1 then refuse_several(model) end
  local object = hydrate.result(session, model, result, names)[1]
  if object and read.lock then hydrate.refresh(session, model, object, result, names) end
  return unless_deleted(session, object)
end

local function read_one(session, model, id, given, verb)
  local plain = given == nil and plain_key.of(model, id)
  if plain then
    local object, is_read = plain_key.find(session, model, plain, id)
    if is_read then return object end
  end
  check_model(model, verb)
  local how = given == nil and USUAL or options.read(ROWS, given, CONTEXT)
  if type(id) == "table" and (expression.is_expression(id) or is_filter(model, id)) then
    return by_filter(session, model, id, how)
  end
  plain_key.learn(model)
  return by_key(session, model, key_module.filter(model, id), how)
end

---The object of the row with this key, or of the only row that a filter fits; nil where none is.
---@async
---@param model moonpool.Model
---@param id any  a value; a table of values where the key has several columns; or a filter
---@param given { lock: string?, nowait: boolean?, skip_locked: boolean? }?
---@return table?
function session_read.find(session, model, id, given)
  return read_one(session, model, id, given, "find")
end

---The same, but raises `not_found`.
---@async
function session_read.get(session, model, id, given)
  local object = read_one(session, model, id, given, "get")
  if object then return object end
  errors.raise { kind = "not_found", table = model.table.name,
    message = ('table "%s" has no row with this key (%s)'):format(model.table.name,
      key_module.text(model)) }
end

---Read the objects' rows again; what was changed in them and not flushed is lost.
---@async
---@param object table
---@return table object
function session_read.refresh(session, object, given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "refresh" })
  read.reach = { with_deleted = true, is_unscoped = true }
  local model = model_module.of(object)
  local entry = model and session.uow.entries[object]
  if not entry then
    errors.raise { kind = "bad_argument", message = "refresh takes an object of this session that "
      .. "has a row", hint = "flush a new one first; s:merge takes others" }
  end
  local before, where = session.uow:snapshot_of(object), {}
  for _, name in ipairs(model.table.primary_key.columns) do where[name] = before[name] end
  if read.lock and not session.levels:is_open() then session:begin() end
  local result, names = read_row(session, model, where, read)
  if #result == 0 then
    errors.raise { kind = "not_found", table = model.table.name,
      message = ('the row of "%s" is not there any more'):format(model.table.name),
      hint = "s:expunge(object) lets it go" }
  end
  hydrate.refresh(session, model, object, result, names)
  return object
end

return session_read
