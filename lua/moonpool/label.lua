-- label.lua - what db:with{label=} calls the work of a coroutine, while that is under way.
local label = {}

local labels = setmetatable({}, { __mode = "k" })

local function restore(thread, before, ...)
  labels[thread] = before
  return ...
end

---The label of what runs now.
---@return string?
function label.current()
  return labels[(coroutine.running())]
end

---Call `fn`, protected, under a label.
---@param name string?  nil: no other one than before
---@param fn function
---@return boolean ok, any ...
function label.call(name, fn, ...)
  local thread = coroutine.running()
  local before = labels[thread]
  labels[thread] = name or before
  return restore(thread, before, pcall(fn, ...))
end

return label
