-- Random bytes and the time: the core's where it is loaded, the machine's own under stock Lua.
local errors = require "moonpool.errors"

local entropy = {}

local function system()
  local core = package.loaded["moonpool.core"]
  return type(core) == "table" and core.system or nil
end

---@param count integer
---@return string
function entropy.random(count)
  local core = system()
  if core then return core.random(count) end
  local device = io.open("/dev/urandom", "rb")
  local bytes = device and device:read(count)
  if device then device:close() end
  if bytes and #bytes == count then return bytes end
  errors.raise { kind = "bad_argument", message = "there is no source of random bytes",
    hint = "give generate a function" }
end

---@return number  seconds since the epoch
function entropy.time()
  local core = system()
  return core and core.time() or os.time()
end

return entropy
