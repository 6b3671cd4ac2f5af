-- Where the caller's own Lua is: the first stack frame outside C and outside this library.
local caller = {}

local OWN_SOURCE = debug.getinfo(1, "S").source
local LIBRARY = OWN_SOURCE:match("^(.*)errors[/\\]caller%.lua$") or OWN_SOURCE

local function is_library(source)
  return source:sub(1, #LIBRARY) == LIBRARY or source:sub(1, 10) == "@moonpool/"
end

local function name_of(info)
  if info.what == "main" then return "main chunk" end
  return info.name and ("function " .. info.name)
    or ("function <%s:%d>"):format(info.short_src, info.linedefined)
end

---@param skip integer?  so many of the caller's frames are passed over
---@return { file: string, line: integer, name: string }?
function caller.locate(skip)
  local left = math.type(skip) == "integer" and skip or 0
  for level = 2, math.maxinteger do
    local info = debug.getinfo(level, "nSl")
    if not info then return nil end
    if info.what ~= "C" and info.currentline > 0 and not is_library(info.source) then
      if left <= 0 then
        return { file = info.short_src, line = info.currentline, name = name_of(info) }
      end
      left = left - 1
    end
  end
end

return caller
