-- `session:select(Model)`: the builder's select whose rows are the session's objects; immutable.
local columns = require "moonpool.orm.loading.columns"
local deferred = require "moonpool.orm.loading.deferred"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local joined = require "moonpool.orm.loading.joined"
local level = require "moonpool.orm.loading.level"
local order = require "moonpool.orm.loading.order"
local parts = require "moonpool.orm.parts"
local plan = require "moonpool.orm.loading.plan"
local related_filter = require "moonpool.orm.loading.related_filter"
local scope = require "moonpool.orm.scope"
local select = require "moonpool.sql.select"
local suggest = require "moonpool.util.suggest"

local query = {}

---@class moonpool.orm.Query
---@field session moonpool.orm.LoadingSession
---@field model moonpool.Model
---@field rows moonpool.sql.Select  which rows, without columns
---@field nodes moonpool.orm.LoadNode[]
---@field reach moonpool.orm.Reach
local Query = {}

local function refuse(self, message, hint)
  errors.raise { kind = "bad_argument", table = self.model.table.name, hint = hint,
    message = ('select of "%s": %s'):format(self.model.table.name, message) }
end

local function with(self, changes)
  local copy = {}
  for key, value in next, self do copy[key] = value end
  for key, value in pairs(changes) do copy[key] = value end
  return setmetatable(copy, getmetatable(self))
end

---Adds conditions: `{ state = "live", author = ada }`, or an expression.
---@param given table | moonpool.sql.Expression
---@return moonpool.orm.Query
function Query:where(given)
  return with(self, { rows = self.rows:where(related_filter.read(self.model, given)) })
end

---Adds to the order: `"created_at desc"`, expressions.
---@return moonpool.orm.Query
function Query:order_by(...)
  local given = { ... }
  if type(given[1]) == "table" and not expression.is_expression(given[1]) then given = given[1] end
  local list = order.expressions(given, self.model.c)
  return with(self, { rows = self.rows:order_by(table.unpack(list)) })
end

---What is loaded with the rows, each depth in one round trip: `{ "author", comments = { where =,
---order_by =, limit =, strategy =, with_deleted =, with = { ... } } }`.
---@param given string | table
---@return moonpool.orm.Query
function Query:with(given)
  if given == nil then refuse(self, "with does not say what", ':with { "author", "tags" }') end
  local merged = { table.unpack(self.given) }
  merged[#merged + 1] = given
  return with(self, { given = merged, nodes = plan.merged(self.model, merged) })
end

---Rows that were deleted softly, too.
---@return moonpool.orm.Query
function Query:with_deleted()
  return with(self, { reach = scope.reach(self.reach, { with_deleted = true }) })
end

---Leave a standing condition by its name: `unscoped "tenant"` reads the rows of all tenants.
---@param what "tenant"
---@return moonpool.orm.Query
function Query:unscoped(what)
  return with(self, { reach = scope.reach(self.reach, scope.unscoped(what)) })
end

-- The statement that this one becomes: its columns, joins and standing conditions.
local function compose(self)
  local list, rest = joined.split(self.nodes)
  local wanted = deferred.wanted(self.nodes)
  local names = columns.names(self.model, wanted)
  local source = self.model.source
  local statement = scope.narrow(self.rows, self.model, source, self.reach)
    :columns_added(columns.expressions(names, source))
  local count = 0
  for _, own in ipairs(list) do count = count + #own.names end
  return { statement = joined.add(statement, list, source, self.reach), names = names, list = list,
    rest = rest, wanted = wanted, placed = columns.placed(names, 0, count) }
end

local function raw_sql(self)
  return { sql = function() return self.text, self.params end }
end

-- Raw SQL tells its columns only with its answer.
local function placed_of_result(self, result)
  local placed, found = {}, {}
  for at, name in ipairs(result:names()) do
    local is_column = self.model.table.by_name[name] ~= nil and not found[name]
    placed[at], found[name] = is_column and name or false, true
  end
  local key = self.model.table.primary_key
  for _, name in ipairs(key and key.columns or {}) do
    if not found[name] then
      refuse(self, ('the SQL gives no column "%s", which is of the key'):format(name),
        "select it too: objects are known by their key")
    end
  end
  return placed
end

local function load_rest(self, objects, starts, rest)
  if #rest == 0 and #starts == 0 then return objects end
  table.insert(starts, 1, { model = self.model, objects = joined.present(objects), nodes = rest })
  level.run(self.session, starts, self.reach)
  return objects
end

local function fetch_raw(self)
  local result = self.session:read({ { statement = raw_sql(self) } }, false)[1]
  local objects = self.session:materialize(self.model, result, placed_of_result(self, result))
  return load_rest(self, objects, {}, self.nodes)
end

-- A locked row is as it is now: what was read of it before the lock is no news.
local function read_rows(self, made)
  local session, is_locking = self.session, #self.rows.locks > 0
  if is_locking and parts.are_several(self.model) then
    refuse(self, "its rows are in several tables: a lock is by their key",
      's:get(Model, id, { lock = "update" })')
  end
  if is_locking then session:hold() end
  local result = session:read({ { statement = made.statement } }, false)[1]
  local objects = session:materialize(self.model, result, made.placed)
  if is_locking then session:renew(objects, result, made.placed) end
  return result, objects
end

local function fetch(self)
  if self.text then return fetch_raw(self) end
  local made, session = compose(self), self.session
  local result, objects = read_rows(self, made)
  deferred.fill(session, result, objects, made.placed, made.wanted)
  local starts = joined.take(session, result, objects, made.list, #made.names)
  local rest = {}
  for _, node in ipairs(made.rest) do
    if node.relation then rest[#rest + 1] = node end
  end
  return load_rest(self, objects, starts, rest)
end

---Every row's object, in the order of the rows.
---@async
---@return table[]
function Query:all()
  return fetch(self)
end

---The only row's object, or nil; two raise `multiple_rows`.
---@async
---@return table?
function Query:one()
  local is_bounded = self.text or self.rows.row_limit
  local list = fetch(is_bounded and self or with(self, { rows = self.rows:limit(2) }))
  if #list < 2 then return list[1] end
  errors.raise { kind = "multiple_rows", table = self.model.table.name,
    message = ('one row of "%s" was expected, and there are more'):format(self.model.table.name) }
end

---The only row's object; raises `not_found` or `multiple_rows`.
---@async
---@return table
function Query:get()
  local object = self:one()
  if object then return object end
  errors.raise { kind = "not_found", table = self.model.table.name,
    message = ('no row of "%s" fulfils the condition'):format(self.model.table.name) }
end

---The first row's object, or nil.
---@async
---@return table?
function Query:first()
  if self.text then return fetch(self)[1] end
  return fetch(with(self, { rows = self.rows:limit(1) }))[1]
end

local function narrowed(self)
  if self.text then
    refuse(self, "rows of SQL text are only read as they are", "count in SQL, or use db:value")
  end
  return scope.narrow(self.rows, self.model, self.model.source, self.reach)
end

local function value_of(self, statement)
  local result = self.session:read({ { statement = statement } }, false)[1]
  return result:snapshot(1, { "value" }).value
end

---@async
---@return integer  how many rows there are
function Query:count()
  return value_of(self, narrowed(self):columns_added { expression.raw "1" }:count())
end

---@async
---@return boolean
function Query:exists()
  local rows = narrowed(self):unordered():columns_added { expression.raw "1" }
  return value_of(self, select { expression.exists(rows) })
end

---The value of an expression over the rows, which must be one: `:value(mp.fn.max(Post.likes))`.
---@async
---@param of moonpool.sql.Expression
---@return any
function Query:value(of)
  return value_of(self, narrowed(self):columns_added { of })
end

---The rows one after another, in constant memory; what it gives the session does not keep.
---@async
---@return fun(): table?
function Query:stream()
  if #self.nodes > 0 then
    refuse(self, "relations cannot be loaded along a stream", "leave :with out, or read in pages")
  end
  local statement = self.text and raw_sql(self) or compose(self).statement
  return self.session:stream(self.model, statement)
end

---@return string sql
---@return table params  with `n`
function Query:sql()
  if self.text then return self.text, self.params end
  return compose(self).statement:sql()
end

---Rows of SQL text as objects; its columns are told by their names.
---@param text string
---@param ... any  for its $1, $2, ...; or one table for its :names
---@return moonpool.orm.Query
function Query:from_sql(text, ...)
  if type(text) ~= "string" then
    refuse(self, ("from_sql takes a text, not a %s"):format(type(text)),
      's:select(User):from_sql("select * from users where id = $1", id)')
  end
  return with(self, { text = text, params = table.pack(...) })
end

-- What else the builder's select can do it does for this one, too.
local function forwarded(name)
  return function(self, ...)
    if self.text then
      refuse(self, ("%s does not apply to SQL text"):format(name), "write it into the text")
    end
    return with(self, { rows = self.rows[name](self.rows, ...) })
  end
end

local TERMINAL = { sql = true, all = true, one = true, value = true, column = true, exec = true,
  stream = true, from = true, columns_added = true }

local function known_names(rows)
  local names = {}
  for name in pairs(Query) do names[name] = true end
  for name, value in pairs(getmetatable(rows)) do
    if type(value) == "function" and not name:find "^__" then names[name] = true end
  end
  return names
end

local function method_of(self, name)
  if Query[name] then return Query[name] end
  local rows = rawget(self, "rows")
  if type(rows[name]) == "function" and not TERMINAL[name] then return forwarded(name) end
  if name == "text" or name == "params" then return nil end
  errors.raise { kind = "bad_argument", message = ('a select of a session has no "%s"%s'):format(
    tostring(name), suggest.phrase(name, known_names(rows))),
    hint = "it has where, order_by, limit, with, all, one, first, get, count, ..." }
end

local META = { __name = "moonpool.Query", __index = method_of,
  __tostring = function(self) return (self:sql()) end,
  __newindex = function() error("a select cannot be changed; use its methods", 2) end }

---@param session moonpool.orm.LoadingSession
---@param model moonpool.Model
---@return moonpool.orm.Query
function query.new(session, model)
  return setmetatable({ session = session, model = model, rows = select({}):from(model),
    given = {}, nodes = {}, reach = { tenant = session.tenant } }, META)
end

return query
