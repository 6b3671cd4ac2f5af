-- Where the caller's own Lua is: the first stack frame outside C and outside this library.
local caller = {}

local OWN_SOURCE = debug.getinfo(1, "S").source
local LIBRARY = OWN_SOURCE:match("^(.*)errors[/\\]caller%.lua$") or OWN_SOURCE

---How the sources of this library begin.
caller.library = LIBRARY

local function is_library(source)
  return source:sub(1, #LIBRARY) == LIBRARY or source:sub(1, 10) == "@moonpool/"
end

local function name_of(info)
  if info.what == "main" then return "main chunk" end
  return info.name and ("function " .. info.name)
    or ("function <%s:%d>"):format(info.short_src, info.linedefined)
end

-- The file, the line and the name.
local function find(skip)
  local left = skip
  for level = 2, math.maxinteger do
    local info = debug.getinfo(level, "nSl")
    if not info then return nil end
    if info.what ~= "C" and info.currentline > 0 and not is_library(info.source) then
      if left <= 0 then return info.short_src, info.currentline, name_of(info) end
      left = left - 1
    end
  end
end

---The core has one at a tenth of the cost: thousands of waits may end with an error in one moment.
---@param fn fun(skip: integer, library: string): string?, integer?, string?
function caller.set_find(fn)
  find = fn
end

---@param skip integer?  so many of the caller's frames are passed over
---@return string? file, integer? line, string? name
function caller.find(skip)
  return find(math.type(skip) == "integer" and skip or 0, LIBRARY)
end

---Where the program is in a coroutine that waits.
---@param thread thread
---@return string?  "file:line"
function caller.of(thread)
  for level = 0, math.maxinteger do
    local info = debug.getinfo(thread, level, "Sl")
    if not info then return nil end
    if info.what ~= "C" and info.currentline > 0 and not is_library(info.source) then
      return ("%s:%d"):format(info.short_src, info.currentline)
    end
  end
end

---@param skip integer?
---@return { file: string, line: integer, name: string }?
function caller.locate(skip)
  local file, line, name = caller.find(skip)
  return file and { file = file, line = line, name = name }
end

return caller
