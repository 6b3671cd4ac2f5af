-- How a session reads: `select`, and `load` for objects that it has. What it asks of the session
-- stands below; apart from that nothing here knows what a session is.
local errors = require "moonpool.errors"
local level = require "moonpool.orm.loading.level"
local model_module = require "moonpool.orm.model"
local plan = require "moonpool.orm.loading.plan"
local query = require "moonpool.orm.loading.query"

local loading = {}

---@class moonpool.orm.LoadingSession  what loading asks of a session
---@field tenant any  who is acting, for models whose rows belong to tenants
---@field read fun(self, requests: { statement: table }[], is_continued: boolean): table[]
---  Sends each `statement:sql()` in one round trip on one connection and gives one result for each,
---  with `#result`, `names`, `column` and `snapshot` as the core's have. Flushes first, unless
---  `is_continued`; counts against `max_statements`.
---@field materialize fun(self, model, result, names: (string | false)[]): (table | false)[]
---  One object of the model for each row, tracked; `false` where the key is NULL. Objects known
---  before are taken as they are. The list without `false` is their batch's `siblings`.
---@field find_known fun(self, model, key: any): table?  by what identity_key.of makes of the key
---@field is_loaded fun(self, object, name: string): boolean  has a value, or is known to be nil
---@field keep_loaded fun(self, object, name: string, value: any)
---  Gives the object a relation as it is stored: the field is set, a list remembered as it was
---  loaded; nil: known to be nil.
---@field keep_column fun(self, object, name: string, value: any)
---  Gives the object a deferred column, which is then no change of it; nil: known to be NULL.
---@field hold fun(self)  begins a transaction where there is none
---@field renew fun(self, objects, result, names)  gives known objects what their rows are now
---@field stream fun(self, model, statement): fun(): table?  detached instances, one row at a time
---@field siblings_of fun(self, object): table[]  what came with it in one result, and itself

---@param session moonpool.orm.LoadingSession
---@param model moonpool.Model
---@return moonpool.orm.Query
function loading.select(session, model)
  if model_module.is_model(model) then return query.new(session, model) end
  local is_instance = type(model) == "table" and model_module.of(model)
  errors.raise { kind = "bad_argument",
    message = ("a session selects a model, not %s"):format(
      is_instance and "an instance" or "a " .. type(model)),
    hint = "s:select(User); for columns and expressions: mp.select { ... }:all(db)" }
end

local function refuse_stranger(session, object)
  local meta = getmetatable(object)
  local model = type(meta) == "table" and meta.model
  if not model then
    errors.raise { kind = "bad_argument",
      message = ("load takes an instance, not a %s"):format(type(object)),
      hint = 's:load(post, "author")' }
  end
  if meta.session == session then return model end
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('an instance of "%s" is not one of this session'):format(model.table.name),
    hint = "load it through its own session, or take it over: s:merge(object)" }
end

-- What came with it, without those that have left the session since.
local function siblings_of(session, object)
  local list = {}
  for _, sibling in ipairs(session:siblings_of(object)) do
    if getmetatable(sibling).session == session then list[#list + 1] = sibling end
  end
  return list
end

-- Lists are of one model, or of classes of one table.
local function objects_of(session, given)
  if model_module.of(given) then
    refuse_stranger(session, given)
    return siblings_of(session, given), { given }
  end
  if type(given) ~= "table" then refuse_stranger(session, given) end
  for _, object in ipairs(given) do refuse_stranger(session, object) end
  return given, given
end

local function is_own(session, given)
  local meta = type(given) == "table" and getmetatable(given)
  return meta and meta.session == session and meta.model ~= nil
end

local function has(session, object, name)
  local field = model_module.class(model_module.of(object)).fields[name]
  return field ~= nil and field.kind ~= "computed" and session:is_loaded(object, name)
end

-- Whether the object has all that is asked for by name alone. Then its siblings are not looked at:
-- a program goes from one to the next and asks each.
local function has_all(session, object, what)
  if type(what) == "string" then return has(session, object, what) end
  if type(what) ~= "table" then return false end
  for key, name in pairs(what) do
    if math.type(key) ~= "integer" or not has(session, object, name) then return false end
  end
  return true
end

---Load relations or deferred columns of an object, and of all that came with it and lack them, in
---one round trip for each depth.
---@async
---@param session moonpool.orm.LoadingSession
---@param given table  an object, or a list of objects
---@param what string | table  as `:with` takes it
---@return any  a single relation's value, else what was given
function loading.load(session, given, what)
  if what == nil then
    errors.raise { kind = "bad_argument", message = "load does not say what",
      hint = 'post:load "author", post:load { "author", "tags" }' }
  end
  if is_own(session, given) and has_all(session, given, what) then
    if type(what) == "string" then return given[what] end
    return given
  end
  local objects, own = objects_of(session, given)
  if #own == 0 then return given end
  local model = model_module.class(model_module.of(own[1])).root
  local nodes = plan.new(model, what)
  level.run(session, { { model = model, objects = objects, nodes = nodes } },
    { tenant = session.tenant })
  if given == own or type(what) ~= "string" then return given end
  return given[nodes[1].name]
end

return loading
