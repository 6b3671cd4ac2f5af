-- lazy.lua - tables whose fields come from modules that are loaded when a field is first asked for.

local lazy = {}

---Give `target` the fields that `parts` names; an unknown name is nil as ever.
---@generic T: table
---@param target T  without a metatable of its own
---@param parts table<string, { [1]: string, [2]: string? }>  name -> module and field of it; where
---  there is no field, the module itself is the value
---@return T target
function lazy.fields(target, parts)
  -- The core's tables outlive a library that is loaded anew.
  for name in pairs(parts) do target[name] = nil end
  return setmetatable(target, {
    __index = function(_, name)
      local part = parts[name]
      if not part then return nil end
      local value = require(part[1])
      if part[2] then value = value[part[2]] end
      rawset(target, name, value)
      return value
    end,
  })
end

return lazy
