-- copy_file.lua - files that COPY reads or writes, with failures as structured errors.
local errors = require "moonpool.errors"

local copy_file = {}

local CHUNK = 64 * 1024

local function raise(action, path, reason)
  errors.raise {
    kind = "system_error",
    message = ("cannot %s %s: %s"):format(action, path, reason or "unknown reason"),
    hint = "check the path and its permissions",
  }
end

---@param path string
---@param mode "rb"|"wb"
---@return file*
function copy_file.open(path, mode)
  local file, problem = io.open(path, mode)
  if not file then raise("open", path, (problem:gsub("^.*: ", ""))) end
  if mode == "wb" then file:setvbuf "full" end
  return file
end

---@return fun(): string?
function copy_file.chunks(file, path)
  return function()
    local bytes, problem = file:read(CHUNK)
    if not bytes and problem then raise("read", path, problem) end
    return bytes
  end
end

function copy_file.write(file, path, bytes)
  local ok, problem = file:write(bytes)
  if not ok then raise("write", path, problem) end
end

-- What a full disk refuses may show only here.
function copy_file.close(file, path)
  local ok, problem = file:close()
  if not ok then raise("write", path, problem) end
end

return copy_file
