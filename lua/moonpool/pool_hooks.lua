-- pool_hooks.lua - what the library adds to the functions given as `on` before the pool calls them.
local observation = require "moonpool.observation"

local pool_hooks = {}

-- Nobody waits for a connection that comes back: only the log can tell of a failure.
local function told_of_failure(fn)
  return function(conn)
    local ok, err = pcall(fn, conn)
    if ok then return end
    observation.log_of(conn:engine()):write("error",
      "the hook \"checkin\" failed, and its connection is closed: %s", tostring(err))
    error(err, 0)
  end
end

---The engine's flat options, with the functions that the pool is to call.
---@param flat table  changed
---@return table flat
function pool_hooks.install(flat)
  if flat.on_checkin then flat.on_checkin = told_of_failure(flat.on_checkin) end
  return flat
end

return pool_hooks
