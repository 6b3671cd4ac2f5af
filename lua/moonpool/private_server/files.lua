-- Small files and trees of the private PostgreSQL's directory.
local files = {}

local LINE_BYTES = 200

---@param path string
---@return string?
function files.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

---Readers see the old text or the new one, never a part.
---@param system table
---@param path string
---@param text string
function files.write(system, path, text)
  local new = path .. ".new"
  local file <close> = assert(io.open(new, "wb"))
  assert(file:write(text))
  assert(file:close())
  system.rename(new, path)
end

---@param system table
---@param path string  need not exist
function files.remove(system, path)
  local found = system.stat(path)
  if not found then return end
  if found.type ~= "directory" then
    system.unlink(path)
    return
  end
  for _, name in ipairs(system.list(path) or {}) do files.remove(system, path .. "/" .. name) end
  system.rmdir(path)
end

---@param path string
---@param from integer  bytes passed over
---@param count integer  of lines at most
---@return string[]
function files.last_lines(path, from, count)
  local file <close> = io.open(path, "rb")
  if not file then return {} end
  local size = file:seek "end"
  if from > size then from = 0 end
  file:seek("set", math.max(from, size - LINE_BYTES * count))
  local lines = {}
  for line in file:lines() do lines[#lines + 1] = line end
  return table.move(lines, math.max(1, #lines - count + 1), #lines, 1, {})
end

return files
