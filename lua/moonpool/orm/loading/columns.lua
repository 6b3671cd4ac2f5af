-- Which columns a read of a model brings: all but the deferred ones, and those that are asked for.
local columns = {}

---@param model moonpool.Model
---@param wanted table<string, boolean>?  deferred columns that are read all the same
---@return string[]
function columns.names(model, wanted)
  local names = {}
  for _, item in ipairs(model.table.columns) do
    if not item.deferred or wanted and wanted[item.name] then names[#names + 1] = item.name end
  end
  return names
end

---@param names string[]
---@param source moonpool.sql.Source
---@return moonpool.sql.Expression[]
function columns.expressions(names, source)
  local list = {}
  for at, name in ipairs(names) do list[at] = source:column(name) end
  return list
end

---@return (string | false)[]  the names, at their positions in a row that begins with `before`
---  others and ends with `after` others
function columns.placed(names, before, after)
  local placed = {}
  for at = 1, before do placed[at] = false end
  table.move(names, 1, #names, before + 1, placed)
  for _ = 1, after do placed[#placed + 1] = false end
  return placed
end

return columns
