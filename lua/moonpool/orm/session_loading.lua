-- What loading asks of a session: reads in one round trip, and fields kept as they are stored.
local columns = require "moonpool.orm.flush.columns"
local hydrate = require "moonpool.orm.hydrate"
local model_module = require "moonpool.orm.model"
local value_module = require "moonpool.orm.value"

local session_loading = {}

---One statement, and nothing flushed before it.
---@async
---@return moonpool.Result
function session_loading.ask(session, sql, params)
  if session.budget then session.budget:spend(sql) end
  local executor = session.levels:executor()
  return executor:result(sql, table.unpack(params, 1, params.n))
end

---The same for a statement that gives one row at most.
---@async
---@return table<string, any>?  its values by the columns' names
function session_loading.ask_one(session, sql, params)
  if session.budget then session.budget:spend(sql) end
  return session.levels:executor():one(sql, table.unpack(params, 1, params.n))
end

---@async
---@param requests { statement: table }[]
---@param is_continued boolean  the reads belong to one that has flushed already
---@return moonpool.Result[]  of each
function session_loading.read(session, requests, is_continued)
  if not is_continued then session:autoflush_now() end
  local executor, texts, params = session.levels:executor(), {}, {}
  if #requests == 0 then return {} end
  if #requests == 1 then
    return { session_loading.ask(session, requests[1].statement:sql(executor)) }
  end
  for at, request in ipairs(requests) do
    texts[at], params[at] = request.statement:sql(executor)
    if session.budget then session.budget:spend(texts[at]) end
  end
  return executor:pipeline(function(p)
    for at, text in ipairs(texts) do p:result(text, table.unpack(params[at], 1, params[at].n)) end
  end)
end

---Begin a transaction where there is none: a lock ends with it.
---@async
function session_loading.hold(session)
  if not session.levels:is_open() then session:begin() end
end

---The objects are as their rows are now, also those that the session had before.
---@param objects (table | false)[]  one for each row
function session_loading.renew(session, objects, result, names)
  for row, object in ipairs(objects) do
    local meta = object and getmetatable(object)
    local is_fresh = object and meta.result == result and session.uow.entries[object] == row
    if object and not is_fresh then
      hydrate.refresh(session, model_module.of(object), object, result, names, row)
    end
  end
end

---@return table?
function session_loading.find_known(session, model, key)
  local object = session.uow.identity:find(model, key)
  return object and model_module.is_a(model_module.of(object), model) and object or nil
end

-- What the program has set in a stored object, without knowing what it held.
local function is_set_unread(uow, object, name)
  local field = model_module.class(model_module.of(object)).fields[name]
  local loaded = uow.loaded[object]
  if not field or field.kind == "belongs_to" or field.is_list == nil then return false end
  return uow.entries[object] ~= nil and not (loaded and loaded[name] ~= nil)
end

---@return boolean  has a value, or is known to be nil
function session_loading.is_loaded(session, object, name)
  local uow = session.uow
  local absent = uow.absent[object]
  if absent and absent[name] then return true end
  return rawget(object, name) ~= nil and not is_set_unread(uow, object, name)
end

local function set_absent(uow, object, name, is_absent)
  local known = uow.absent[object]
  if known then
    known[name] = is_absent or nil
  elseif is_absent then
    uow:own("absent")[object] = { [name] = true }
  end
end

---Give the object a relation as it is stored; nil: known to be nil. What the program has
---set stays: what it is to replace is known now.
function session_loading.keep_loaded(session, object, name, value)
  local uow = session.uow
  if uow.entries[object] then session.levels:note_read(uow, object) end
  local is_kept = rawget(object, name) ~= nil and is_set_unread(uow, object, name)
  if not is_kept then rawset(object, name, value) end
  set_absent(uow, object, name, value == nil and not is_kept)
  local field = model_module.class(model_module.of(object)).fields[name]
  uow:remember(object, name, value, field.is_list)
end

---Give the object a deferred column, which is then no change of it; nil: known to be NULL.
function session_loading.keep_column(session, object, name, value)
  local uow = session.uow
  local one = columns.of(model_module.of(object)).by_name[name]
  if value ~= nil and one and one.load then value = one.load(value) end
  rawset(object, name, value)
  set_absent(uow, object, name, value == nil)
  if not uow.entries[object] or session.is_read_only then return end
  local known = uow:snapshot_of(object)
  known[name] = value_module.copy(value)
  uow.entries[object] = known
end

---@async
---@return fun(): table?  instances that the session does not keep, one row at a time
function session_loading.stream(session, model, statement)
  session:autoflush_now()
  local executor = session.levels:executor()
  local sql, params = statement:sql(executor)
  local next_row, state, first, closing =
    executor:stream(sql, table.unpack(params, 1, params.n))
  local function next_object()
    local row = next_row(state, first)
    if row == nil then return nil end
    for _, one in ipairs(columns.of(model)) do
      if one.load and row[one.name] ~= nil then row[one.name] = one.load(row[one.name]) end
    end
    return model_module.load(model, row)
  end
  return next_object, nil, nil, closing
end

---@return table[]  what came with the object in one result, and itself
function session_loading.siblings_of(_, object)
  return getmetatable(object).siblings or { object }
end

return session_loading
