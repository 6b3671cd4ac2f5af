-- Objects of other sessions, detached and new ones, written into this session's own of their rows.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local instance = require "moonpool.orm.instance"
local model_module = require "moonpool.orm.model"
local relation = require "moonpool.orm.relation"
local scan = require "moonpool.orm.flush.scan"
local session_objects = require "moonpool.orm.session_objects"
local tracked = require "moonpool.orm.tracked"
local value = require "moonpool.orm.value"
local value_fields = require "moonpool.orm.value_fields"
local version = require "moonpool.orm.flush.version"

local merge = {}

local function key_of(model, object)
  local primary, key = model.table.primary_key, {}
  for _, name in ipairs(primary and primary.columns or {}) do
    key[name] = value.absent(rawget(object, name))
    if key[name] == nil then return nil end
  end
  return primary and key
end

local function refuse_stale(model, given, own, name)
  errors.raise { kind = "stale_object", table = model.table.name,
    expected_version = given[name], actual_version = own[name],
    message = ('an instance of "%s" is of version %s, its row is at %s'):format(model.table.name,
      tostring(given[name]), tostring(own[name])),
    hint = "read it again, change that one, and merge it" }
end

local function check_version(session, model, given, own)
  local name = version.column_of(model)
  local is_stored = name and session.uow.entries[own] and given[name] ~= nil
  if is_stored and given[name] ~= own[name] then refuse_stale(model, given, own, name) end
end

-- What the given object says of each column, its values before the columns that they consist of;
-- mp.null where a value says so.
local function given_columns(model, given, is_new)
  local columns = {}
  for _, item in ipairs(model.table.columns) do columns[item.name] = rawget(given, item.name) end
  for _, own in ipairs(value_fields.of(model)) do
    local held = rawget(given, own.name)
    if held ~= nil or not is_new then value_fields.spread(model, own, held, columns) end
  end
  return columns
end

-- What is absent in a new object was not given; in one that was read it is NULL.
local function copy_columns(model, given, own)
  local is_new = instance.state(given) == "transient" or instance.state(given) == "pending"
  local columns = given_columns(model, given, is_new)
  for _, item in ipairs(model.table.columns) do
    local held, must_say = columns[item.name], is_new or item.deferred
    if not must_say then held = value.absent(held) end
    local is_given = not must_say or held ~= nil
    if is_given and not column.is_made_anew(item)
      and not value.same(rawget(own, item.name), held) then
      rawset(own, item.name, value.copy(held))
    end
  end
  value_fields.settle(model, own)
end

local run

local function merged_list(session, list, seen)
  local own = {}
  for at, item in ipairs(list) do own[at] = run(session, item, seen) end
  return own
end

-- A list replaces the stored one, which therefore has to be known.
local function copy_relations(session, model, given, own, seen)
  for _, declared in ipairs(model.relations) do
    local held = rawget(given, declared.name)
    local record = type(held) == "table" and relation.of(model, declared.name)
    if record and not record.via then
      if record.is_list then
        if session.uow.entries[own] then session:load({ own }, declared.name) end
        rawset(own, declared.name, merged_list(session, scan.objects_in(held), seen))
      else
        rawset(own, declared.name, run(session, held, seen))
      end
    end
  end
end

local function own_of(session, model, given)
  local key = key_of(model, given)
  local own = key and session:find(model, key)
  if own then return own end
  return session:add(setmetatable({}, model_module.class(model).transient))
end

function run(session, given, seen)
  if seen[given] then return seen[given] end
  local model = session_objects.check_instance(given, "merge")
  if tracked.session_of(given) == session and session:state_of(given) ~= "detached" then
    return given
  end
  local own = own_of(session, model, given)
  seen[given] = own
  check_version(session, model, given, own)
  copy_columns(model, given, own)
  copy_relations(session, model, given, own, seen)
  return own
end

---This session's object of the same row, with the given one's fields; a new one where there is no
---such row. What the given one holds is merged, too. Raises `stale_object` for an older version.
---@async
---@param session moonpool.Session
---@param given table  stays as it is
---@return table
function merge.run(session, given)
  return session:no_autoflush(run, session, given, {})
end

return merge
