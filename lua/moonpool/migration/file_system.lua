-- The file system that migrations use: directories as the core has them, texts by Lua's own io.
local file_system = {}

local function read(path)
  local file, reason = io.open(path, "rb")
  if not file then return nil, reason end
  local text, failure = file:read "a"
  file:close()
  return text, failure
end

local function write(path, text)
  local file, reason = io.open(path, "wb")
  if not file then return nil, reason end
  local written, failure = file:write(text)
  local closed, late_failure = file:close()
  if written and closed then return true end
  return nil, failure or late_failure
end

local function make_directory(system, path)
  local found = system.stat(path)
  if found and found.type == "directory" then return true end
  local parent = path:match "^(.+)/[^/]+$"
  if parent then
    local made, reason = make_directory(system, parent)
    if not made then return nil, reason end
  end
  return system.mkdir(path, 493)
end

---@param system { list: function, stat: function, mkdir: function }  as the core has them
---@return moonpool.migration.FileSystem
function file_system.new(system)
  return {
    list = system.list,
    read = read,
    write = write,
    make_directory = function(path) return make_directory(system, path) end,
  }
end

return file_system
