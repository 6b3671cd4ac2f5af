-- The stack as text, at a tenth of debug.traceback's cost: that looks each function up among all
-- that is loaded, to name it, and thousands of waits may end with an error in one moment.
local LEVELS = 22

local function name_of(info)
  if info.what == "main" then return "in main chunk" end
  if info.name then return ("in %s '%s'"):format(info.namewhat, info.name) end
  if info.what == "C" then return "in ?" end
  return ("in function <%s:%d>"):format(info.short_src, info.linedefined)
end

---@param level integer  1 is the caller
---@return string
local function traceback(level)
  local lines = { "stack traceback:" }
  for at = level + 1, level + LEVELS do
    local info = debug.getinfo(at, "Sln")
    if not info then break end
    local line = info.currentline > 0 and info.currentline .. ":" or ""
    lines[#lines + 1] = ("\t%s:%s %s"):format(info.short_src, line, name_of(info))
  end
  return table.concat(lines, "\n")
end

return traceback
