-- The one value that stands for SQL NULL and JSON null where nil cannot.

-- The C core owns the value (a light userdata, equal to cjson.null). It is asked for here, since
-- whichever module a program requires first must get the same value as all others. Where there is
-- no core (stock Lua, pure modules) a sentinel takes its place.
local has_core, core = pcall(require, "moonpool.core")
if has_core and core.null ~= nil then return core.null end

return setmetatable({}, {
  __name = "moonpool.null",
  __tostring = function() return "null" end,
  __newindex = function() error("mp.null cannot be changed", 2) end,
})
