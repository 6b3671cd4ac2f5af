-- Rows inserted, or written to the ones that have their key already; all of them become objects.
local bulk = require "moonpool.orm.bulk"
local columns = require "moonpool.orm.flush.columns"
local errors = require "moonpool.errors"
local hydrate = require "moonpool.orm.hydrate"
local identity_key = require "moonpool.orm.identity_key"
local insert = require "moonpool.sql.insert"
local loaded_columns = require "moonpool.orm.loading.columns"
local options = require "moonpool.options"
local parts = require "moonpool.orm.parts"
local sync = require "moonpool.orm.sync"
local tenancy = require "moonpool.orm.tenancy"
local value_fields = require "moonpool.orm.value_fields"

local upsert = {}

local ROWS = {
  { name = "key", kind = "any", doc = "a unique column, or a list of them; the primary key" },
  { name = "update", kind = "any",
    doc = "the columns that an existing row takes over; left out: all given ones; false: none" },
}

local function refuse(model, message, hint)
  errors.raise { kind = "bad_argument", table = model.table.name, message = message, hint = hint }
end

local function key_names(model, key)
  local names = type(key) == "string" and { key } or key
    or model.table.primary_key and model.table.primary_key.columns
  if type(names) ~= "table" or #names == 0 then
    refuse(model, "upsert does not know the key of its rows", '{ key = "email" }')
  end
  for _, name in ipairs(names) do model.source:check(name) end
  return names
end

-- The server would refuse to write one row twice, and not say which.
local function check_twins(model, rows, keys)
  local seen = {}
  for at, row in ipairs(rows) do
    local values = {}
    for place, name in ipairs(keys) do values[place] = row[name] end
    local key = identity_key.of(values, #keys)
    if key ~= nil and seen[key] then
      refuse(model, ("rows %d and %d of the upsert have the same key"):format(seen[key], at),
        "give each key once")
    end
    if key ~= nil then seen[key] = at end
  end
end

-- Given columns in some row, without the key.
local function given_names(model, rows, keys)
  local is_key, named, list = {}, {}, {}
  for _, name in ipairs(keys) do is_key[name] = true end
  for _, row in ipairs(rows) do
    for name in pairs(row) do named[name] = true end
  end
  for _, item in ipairs(model.table.columns) do
    if named[item.name] and not is_key[item.name] then list[#list + 1] = item.name end
  end
  return list
end

local function sent_rows(model, rows)
  local list = {}
  for at, row in ipairs(rows) do
    local sent = {}
    for _, one in ipairs(columns.of(model)) do
      local value = rawget(model(row), one.name)
      if value ~= nil then sent[one.name] = columns.sent(model, one, value) end
    end
    list[at] = sent
  end
  return list
end

local function statement_of(model, rows, keys, wanted)
  local statement = insert(model):values(sent_rows(model, rows)):on_conflict(table.unpack(keys))
  local list = wanted == nil and given_names(model, rows, keys) or wanted or {}
  if #list == 0 then return statement:ignore { return_existing = true } end
  local set = table.move(list, 1, #list, 1, {})
  for name, rule in pairs(sync.moving(model)) do set[name] = rule end
  return statement:update(set)
end

-- Known objects are brought up to date; a rollback makes new ones nobody's again.
local function take(session, model, result, names)
  local uow, level = session.uow, session.levels:innermost()
  local list = {}
  for row = 1, #result do
    local values = result:snapshot(row, names)
    local known = uow.identity:find(model, uow.identity.key_of(model, values))
    if known then
      level.journal:note(uow, known)
      hydrate.refresh(session, model, known, result, names, row)
    else
      known = hydrate.row(session, model, result, names, row)
      level.journal:note_new(known)
    end
    list[row] = known
  end
  return list
end

---Insert rows, or write them to those that have their key: at once, in the session's transaction.
---@async
---@param session moonpool.Session
---@param model moonpool.Model
---@param rows table[]
---@param given { key: (string | string[])?, update: (string[] | false)? }?
---@return table[]  the objects, in the order of the rows
function upsert.run(session, model, rows, given)
  bulk.check(session, "upsert", model, rows)
  if parts.are_several(model) then bulk.check_single(model, "upsert", model.table.by_name) end
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "upsert" })
  local keys = key_names(model, read.key)
  tenancy.check_key(model, keys)
  local own = {}
  for at, row in ipairs(rows) do
    own[at] = tenancy.owned(model, value_fields.expand(model, row), session.tenant)
  end
  rows = own
  check_twins(model, rows, keys)
  if #rows == 0 then return {} end
  local names = loaded_columns.names(model)
  local list = loaded_columns.expressions(names, model.source)
  local statement = statement_of(model, rows, keys, read.update):returning(table.unpack(list))
  bulk.begin(session)
  local result = session:read({ { statement = statement } }, true)[1]
  return take(session, model, result, names)
end

return upsert
