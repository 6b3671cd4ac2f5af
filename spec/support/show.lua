-- show.lua - a value as a text in which equal texts mean equal values: 1 and 1.0 differ, as do null
-- and "null".

local function show(value)
  if type(value) ~= "table" then
    return (math.type(value) or type(value)) .. ":" .. tostring(value)
  end
  local parts = {}
  for key, item in pairs(value) do parts[#parts + 1] = show(key) .. "=" .. show(item) end
  table.sort(parts)
  return "{" .. table.concat(parts, ", ") .. "}"
end

return show
