-- The database of `mp.engine()` without a URL; the command says which, a library never does.
local default_database = {}

local choose

---@param fn fun(): string  called when an engine is opened; may wait
function default_database.set(fn)
  choose = fn
end

---@async
---@return string?  nil where nobody has chosen
function default_database.url()
  return choose and choose()
end

return default_database
