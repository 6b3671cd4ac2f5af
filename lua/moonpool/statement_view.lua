-- statement_view.lua - an engine, connection or transaction whose statements have a time limit, a
-- name, and schemas in place of others: db:with { timeout = 0.5, label = "feed" }.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local label = require "moonpool.label"
local options = require "moonpool.options"

local statement_view = {}

local OPTIONS = {
  { name = "timeout", kind = "duration",
    doc = "seconds for each statement, its wait for a connection included; false: no limit" },
  { name = "label", kind = "string", doc = "who asks; errors carry it as their label" },
  { name = "schema", kind = "table",
    doc = "built statements that name a schema go to another: { app = \"tenant_7\" }" },
  { name = "tenant", kind = "any", doc = "whose rows are read and written, of models with one" },
}

---@class moonpool.StatementView
local View = {}
View.__name = "moonpool.statement_view"

---The same for one tenant: sessions and repositories on it see the rows of that one, in models that
---say mp.tenant.
---@param target table
---@param id any
---@return moonpool.StatementView
function statement_view.as_tenant(target, id)
  if id == nil then
    errors.raise { kind = "bad_argument", message = "as_tenant names no tenant",
      hint = "db:as_tenant(account.id)" }
  end
  return target:with { tenant = id }
end

-- What a view stands for and its options: a view itself has only methods.
local origins = setmetatable({}, { __mode = "k" })

local function wrap(target, given)
  local view = setmetatable({}, View)
  origins[view] = { target = target, timeout = given.timeout, label = given.label,
    schema = given.schema, tenant = given.tenant }
  return view
end

local function check_schemas(schemas)
  for name, other in pairs(schemas or {}) do
    identifier.quote(name)
    identifier.quote(other)
  end
  return schemas
end

-- Also the schemas that it already replaces, since a view of a view is one.
local function merged(schemas, given)
  local both = {}
  for name, other in pairs(schemas or {}) do both[name] = other end
  for name, other in pairs(check_schemas(given) or {}) do both[name] = other end
  return next(both) and both or nil
end

local function read_options(given)
  return options.read(OPTIONS, given, { kind = "bad_argument", what = "with" })
end

local function finish(origin, ok, ...)
  if ok then return ... end
  local err = ...
  if errors.is_error(err) and err.label == nil then err.label = origin.label end
  error(err, 0)
end

-- Calls `method` of the target within the limit; what it raises carries the label.
local function call(origin, name, ...)
  local target = origin.target
  if origin.timeout then
    return finish(origin, label.call(origin.label, driver.deadline, origin.timeout, target[name],
      target, ...))
  end
  return finish(origin, label.call(origin.label, target[name], target, ...))
end

-- A call of a function that is no method, within the limit.
local function step(origin, fn, ...)
  if origin.timeout then
    return finish(origin, label.call(origin.label, driver.deadline, origin.timeout, fn, ...))
  end
  return finish(origin, label.call(origin.label, fn, ...))
end

-- What a generic `for` takes: the limit is for each wait for rows.
local function bound(origin, iterate, state, control, closer)
  if type(iterate) ~= "function" then return iterate end
  return function(...) return step(origin, iterate, ...) end, state, control, closer
end

local methods = {}

for _, name in ipairs { "query", "one", "get", "value", "column", "tuples", "exec", "many",
  "result", "script", "run_group", "describe", "explain", "notify", "commit", "rollback", "copy_in",
  "prepare", "lock", "listen", "large_object", "prepared", "fetch", "move" } do
  methods[name] = function(self, ...) return call(origins[self], name, ...) end
end

-- What these give is seen through the same options.
for _, name in ipairs { "begin", "connect", "read", "cursor" } do
  methods[name] = function(self, ...)
    local origin = origins[self]
    return wrap(call(origin, name, ...), origin)
  end
end

for _, name in ipairs { "stream", "copy_out", "each" } do
  methods[name] = function(self, ...)
    local origin = origins[self]
    return bound(origin, call(origin, name, ...))
  end
end

---Record statements in `fn(p)` and send them in one round trip.
---@async
function methods:pipeline(fn)
  local origin = origins[self]
  if not origin.schema or type(fn) ~= "function" then return call(origin, "pipeline", fn) end
  return call(origin, "pipeline", function(p)
    p.schema_translation = origin.schema
    return fn(p)
  end)
end

---The limit is for each statement of `fn`, not for the whole transaction.
---@async
function methods:transaction(fn, ...)
  local origin = origins[self]
  local target = origin.target
  -- Its connection is held under the label, and so is asked for what else the function does.
  return finish(origin, label.call(origin.label, target.transaction, target,
    function(tx) return fn(wrap(tx, origin)) end, ...))
end

---A unit of work whose statements go through the view.
function methods:session(given)
  return origins[self].target.session(self, given)
end

---Options that are left out stay as they are.
---@param given { timeout: number|false, label: string, schema: table<string, string> }
function methods:with(given)
  local origin = origins[self]
  local read = read_options(given)
  if read.timeout == nil then read.timeout = origin.timeout end
  return wrap(origin.target, { timeout = read.timeout, label = read.label or origin.label,
    schema = merged(origin.schema, read.schema),
    tenant = read.tenant == nil and origin.tenant or read.tenant })
end

methods.as_tenant = statement_view.as_tenant

-- Everything else is the target's own: pool, close, after_commit, abort ...
function View:__index(name)
  if methods[name] then return methods[name] end
  -- What built statements ask an executor for.
  if name == "schema_translation" then return origins[self].schema end
  -- What those ask for who know engines, connections and transactions.
  if name == "viewed" then return origins[self].target end
  if name == "view_label" then return origins[self].label end
  -- What sessions and repositories ask it for.
  if name == "tenant" then return origins[self].tenant end
  local target = origins[self].target
  local value = target[name]
  if type(value) ~= "function" then return value end
  return function(_, ...) return value(target, ...) end
end

function View:__close(err)
  local target = origins[self].target
  local close = (getmetatable(target) or {}).__close
  if close then return close(target, err) end
  target:close()
end

function View:__tostring()
  local origin = origins[self]
  return ("%s with %s"):format(tostring(origin.target),
    origin.timeout and ("a limit of %g s"):format(origin.timeout) or "no limit")
end

---The method `with` of engines, connections and transactions.
---@param target table
---@param given { timeout: number|false, label: string, schema: table<string, string> }
---@return moonpool.StatementView
function statement_view.of(target, given)
  local read = read_options(given)
  read.schema = merged(nil, read.schema)
  return wrap(target, read)
end

return statement_view
