-- The models declared in this state by their table, so that relations may name tables.
local registry = {}

-- A model that nobody holds any more is forgotten.
local models = setmetatable({}, { __mode = "v" })

local function key(schema, name)
  return (schema or "") .. "." .. name
end

function registry.add(schema, name, model)
  models[key(schema, name)] = model
end

---@return moonpool.Model?
function registry.find(schema, name)
  return models[key(schema, name)]
end

return registry
