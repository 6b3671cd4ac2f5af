-- `{ "fillfactor=70", "autovacuum_enabled=false" }` of the catalogue as a table by name; pure.

-- What reads back as the same number is one.
local function value_of(text)
  local number = tonumber(text)
  return number and tostring(number) == text and number or text
end

---@param list string[]?
---@return table<string, any>?  nil where there is none
return function(list)
  if not list or #list == 0 then return nil end
  local settings = {}
  for _, item in ipairs(list) do
    local name, value = item:match "^(.-)=(.*)$"
    settings[name] = value_of(value)
  end
  return settings
end
