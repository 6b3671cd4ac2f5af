-- A row's identity: a value where the key is one column, a table of values where it is more.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"

local key = {}

local function refuse(model, message, hint)
  local name = model.table.name
  errors.raise { kind = "bad_argument", message = ('table "%s": %s'):format(name, message),
    hint = hint, table = name }
end

local function columns_of(model)
  local primary = model.table.primary_key
  if primary then return primary.columns end
  refuse(model, "it has no primary key", "declare one, or use find and list")
end

local function check_names(model, columns, id)
  local known = {}
  for _, name in ipairs(columns) do known[name] = true end
  for name in pairs(id) do
    if not known[name] then
      refuse(model, ('"%s" is not in the key'):format(tostring(name)),
        "the key is: " .. table.concat(columns, ", "))
    end
  end
end

local function is_plain(id)
  return math.type(id) == "integer" or type(id) == "string"
end

local function by_name(model, columns, id)
  if type(id) == "table" and getmetatable(id) == nil and id ~= null then return id end
  if #columns > 1 then
    refuse(model, "its key has several columns",
      "give a table of: " .. table.concat(columns, ", "))
  end
  return { [columns[1]] = id }
end

---@param model moonpool.Model
---@param id any  a value; or `{ a = 1, b = 2 }` where the key has several columns
---@return table<string, any>  a filter
function key.filter(model, id)
  local columns = columns_of(model)
  if #columns == 1 and is_plain(id) then return { [columns[1]] = id } end
  if model_module.of(id) then
    refuse(model, "an instance is no key", "give its key: " .. columns[1])
  end
  id = by_name(model, columns, id)
  check_names(model, columns, id)
  local filter = {}
  for _, name in ipairs(columns) do
    if id[name] == nil or id[name] == null then
      refuse(model, ('the key has no "%s"'):format(name), "an id is never nil or NULL")
    end
    filter[name] = id[name]
  end
  return filter
end

---@return string  for a message: the columns, never their values
function key.text(model)
  return table.concat(columns_of(model), ", ")
end

return key
