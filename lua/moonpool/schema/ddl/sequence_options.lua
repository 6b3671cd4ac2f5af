-- The options of a sequence as DDL, alone or in an identity column.
local ORDER = {
  { "start", "start with %d" }, { "increment", "increment by %d" }, { "min", "minvalue %d" },
  { "max", "maxvalue %d" }, { "cache", "cache %d" },
}

---@param given table
---@return string[]
return function(given)
  local parts = {}
  for _, row in ipairs(ORDER) do
    if given[row[1]] then parts[#parts + 1] = row[2]:format(given[row[1]]) end
  end
  if given.cycle ~= nil then parts[#parts + 1] = given.cycle and "cycle" or "no cycle" end
  return parts
end
