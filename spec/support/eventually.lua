-- eventually.lua - waits until the server says what was expected.
local mp = require "moonpool"

---Ask again until the function's result is true; raises `timeout` after five seconds.
---@async
---@param fn fun(...): any
---@return any  what it was
return function(fn, ...)
  return mp.deadline(5, function(...)
    while true do
      local result = fn(...)
      if result then return result end
      mp.sleep(0.005)
    end
  end, ...)
end
