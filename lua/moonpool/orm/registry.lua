-- The models declared in this state by their table, so that relations may name tables.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model_module"
local suggest = require "moonpool.util.suggest"

local registry = {}

-- They are held: who names a table must find its model, also where nobody else keeps it.
local models = {}

local function key(schema, name)
  return (schema and schema ~= "public") and schema .. "." .. name or name
end

function registry.add(schema, name, model)
  models[key(schema, name)] = model
end

---@param schema string?  `public` and none are the same one
---@return moonpool.Model?
function registry.find(schema, name)
  return models[key(schema, name)]
end

---The same, but the module that declares the model is loaded where it has not been yet.
---@return moonpool.Model?
function registry.look_up(schema, name)
  local found = registry.find(schema, name)
  if found or not model_module.load(name) then return found end
  return registry.find(schema, name)
end

---The model of a table that something named; raises `bad_argument` where there is none.
---@param schema string?
---@param name string
---@param what string  who names it: `relation "author" of "posts"`
---@return moonpool.Model
function registry.get(schema, name, what)
  local found = registry.look_up(schema, name)
  if found then return found end
  local wanted = key(schema, name)
  errors.raise { kind = "bad_argument",
    message = ('%s: no model is declared for the table "%s"%s'):format(what, wanted,
      suggest.phrase(wanted, models)),
    hint = "require the module that declares it, or correct the table's name (and schema)" }
end

return registry
