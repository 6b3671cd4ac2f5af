-- The exit codes of the command, and which one an error ends it with; pure.
local errors = require "moonpool.errors"

local exit_code = {
  DONE = 0,
  FAILED = 1,
  USAGE = 2,
  CANNOT_CONNECT = 4,
  LOCK_HELD = 5,
}

local BY_KIND = {
  usage = exit_code.USAGE,
  bad_config = exit_code.USAGE,
  bad_argument = exit_code.USAGE,
  connect_failed = exit_code.CANNOT_CONNECT,
  connect_timeout = exit_code.CANNOT_CONNECT,
  auth_failed = exit_code.CANNOT_CONNECT,
  tls_failed = exit_code.CANNOT_CONNECT,
}

---@param err any
---@return integer
function exit_code.of(err)
  if not errors.is_error(err) then return exit_code.FAILED end
  if err.reason == "lock_held" then return exit_code.LOCK_HELD end
  return BY_KIND[err.kind] or exit_code.FAILED
end

return exit_code
