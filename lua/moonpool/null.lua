-- The one value that stands for SQL NULL and JSON null where nil cannot.

-- The C core owns the value (a light userdata, equal to cjson.null), and the driver loads the core
-- before anything here. Without the core (stock Lua, pure modules) a sentinel takes its place; the
-- core is never required from here, so that pure code stays pure.
local core = package.loaded["moonpool.core"]
if type(core) == "table" and core.null ~= nil then return core.null end

return setmetatable({}, {
  __name = "moonpool.null",
  __tostring = function() return "null" end,
  __newindex = function() error("mp.null cannot be changed", 2) end,
})
