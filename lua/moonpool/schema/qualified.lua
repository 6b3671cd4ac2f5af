-- Names as declarations write them: `users`, `app.users`, and in double quotes where a part has a
-- dot; pure.
local sql_scan = require "moonpool.schema.sql_scan"

local qualified = {}

local function unquoted(part)
  local inner = part:match '^"(.*)"$'
  return inner and (inner:gsub('""', '"')) or part
end

---@param text string
---@return string[]  its parts, without their quotes
function qualified.parts(text)
  local parts, from = {}, 1
  while true do
    local dot = sql_scan.find(text, "%.", from)
    parts[#parts + 1] = unquoted(text:sub(from, dot and dot - 1))
    if not dot then return parts end
    from = dot + 1
  end
end

---@param text string
---@return string? schema
---@return string name
function qualified.split(text)
  local parts = qualified.parts(text)
  if #parts == 1 then return nil, parts[1] end
  return parts[1], table.concat(parts, ".", 2)
end

---@param name string
---@return string  as a part that `split` gives back as it is
function qualified.part(name)
  if not name:find "[.\"'()%[]" then return name end
  return '"' .. name:gsub('"', '""') .. '"'
end

---@param schema string?
---@param name string
---@return string
function qualified.join(schema, name)
  local own = qualified.part(name)
  return schema and (qualified.part(schema) .. "." .. own) or own
end

return qualified
