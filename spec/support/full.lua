-- full.lua - how much of a promise a spec tries: a part of it, or all with MOONPOOL_SPEC_FULL=1.

local is_full = os.getenv "MOONPOOL_SPEC_FULL" == "1"

---The count or duration to run at.
---@generic T
---@param short T  what each run has time for
---@param promised T  the figure of the promise
---@return T
return function(short, promised)
  if is_full then return promised end
  return short
end
