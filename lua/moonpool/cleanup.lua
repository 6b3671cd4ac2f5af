-- cleanup.lua - what leaving a block still asks of the server, and how long it waits for that.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"

local cleanup = {}

-- Who has run out of time must not lose more of it. What is not done by then is left to the
-- runtime, which does it before the connection serves anybody else.
local SECONDS, INTERRUPTED_SECONDS = 5, 0.1

---@param err any  on its way out of the block
---@return boolean  whether the task's time was up, or somebody cancelled it
function cleanup.is_interruption(err)
  return errors.is_error(err, "timeout") or errors.is_error(err, "cancelled")
end

---Call `fn(...)`. A deadline around the block and a cancellation stop it, but those that have
---ended the block already leave it a moment.
---@async
---@param was_interrupted boolean
---@return boolean ok, any ...  as pcall gives them
function cleanup.run(was_interrupted, fn, ...)
  if was_interrupted then
    return pcall(driver.shield, driver.deadline, INTERRUPTED_SECONDS, fn, ...)
  end
  return pcall(driver.deadline, SECONDS, fn, ...)
end

return cleanup
