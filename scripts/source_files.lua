-- source_files.lua - the files that people write, for the scripts that look at all of them.

local FOLDERS = ".ci bench bindings cmake docs examples host lua migrations runtime scripts spec"

local source_files = {}

---The files under `root`, sorted, relative to it; what is built is not among them.
---@param root string
---@return string[] paths
function source_files.list(root)
  local command = ("cd '%s' && { find %s -type f; find . -maxdepth 1 -type f -printf '%%f\\n'; }"
    .. " 2>/dev/null | LC_ALL=C sort"):format(root, FOLDERS)
  local pipe <close> = assert(io.popen(command))
  local paths = {}
  for path in pipe:lines() do paths[#paths + 1] = path end
  return paths
end

---@param path string
---@return string text
function source_files.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return assert(file:read("a"))
end

return source_files
