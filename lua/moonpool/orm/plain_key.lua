-- The most frequent read, in the fewest steps: one row by a key of one column, of a model whose
-- rows are all alike. What else there is to look at is left to session_read.
local columns = require "moonpool.orm.flush.columns"
local hydrate = require "moonpool.orm.hydrate"
local key_statement = require "moonpool.orm.key_statement"
local model_module = require "moonpool.orm.model"

local plain_key = {}

---@class moonpool.orm.PlainKey
---@field name string  the column of the key
---@field text string  the statement
---@field names string[]  of the model's columns
---@field of table  the model's columns when this was made
---@field hooks table  of the model, by event

local known = setmetatable({}, { __mode = "k" })

-- Rows of several classes or tenants are told apart by more than their key; what a function makes
-- of a column, or a value of several, is made elsewhere.
local function is_plain(model)
  local class, facts = model_module.class(model), columns.of(model)
  local primary = model.table.primary_key
  return primary and #primary.columns == 1 and class.root == model
    and not (class.discriminator or class.traits.tenant or class.values)
    and not (facts.has_dump or facts.loaders[1])
end

---Work out whether the model's rows can be read so from now on.
---@param model moonpool.Model
function plain_key.learn(model)
  if known[model] and known[model].of == model.table.columns or not is_plain(model) then return end
  local name = model.table.primary_key.columns[1]
  local statement, names = key_statement.any(model, { [name] = 1 }, {})
  local text = statement:sql()
  known[model] = { name = name, text = text, names = names, of = model.table.columns,
    hooks = model_module.class(model).hooks }
end

---@param model any
---@param id any
---@return moonpool.orm.PlainKey?  nil for what is not known to be one, whatever the reason
function plain_key.of(model, id)
  local plain = known[model]
  if not plain or plain.of ~= model.table.columns then return nil end
  if math.type(id) ~= "integer" and type(id) ~= "string" then return nil end
  return plain
end

---@async
---@param session moonpool.Session
---@param model moonpool.Model
---@param plain moonpool.orm.PlainKey
---@param id integer | string
---@return table?
---@return boolean is_read  false: the session may know the object, or its statements are others
function plain_key.find(session, model, plain, id)
  local uow, executor = session.uow, session.levels:executor()
  local objects = uow.identity[model]
  if objects and objects[id] or uow.new.count > 0 then return nil, false end
  -- Never the core's own executors.
  if type(executor) == "table" and executor.schema_translation then return nil, false end
  if session.budget then session.budget:spend(plain.text) end
  local row = executor:one(plain.text, id)
  return row and hydrate.plain(session, model, row, plain), true
end

return plain_key
