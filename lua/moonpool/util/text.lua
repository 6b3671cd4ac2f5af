-- Text made safe for a terminal and short enough for a line.
local text = {}

local function escape(byte)
  return ("\\x%02x"):format(byte:byte())
end

---Control bytes as `\x1b`; newline and tab stay.
---@param value string
---@return string
function text.printable(value)
  local plain = value:gsub("[\0-\8\11-\31\127]", escape)
  return (plain:gsub("\xc2([\x80-\x9f])", escape))
end

---A value as a short text for a message: strings quoted and cut, tables by type.
---@param value any
---@return string
function text.show(value)
  if type(value) == "string" then
    local shown = #value > 40 and text.cut(value, 40) .. "..." or value
    return '"' .. text.printable(shown):gsub("\n", "\\n") .. '"'
  end
  if type(value) == "table" or type(value) == "function" then return "a " .. type(value) end
  return tostring(value)
end

---At most `limit` bytes, never half a UTF-8 character.
---@param value string
---@param limit integer
---@return string
function text.cut(value, limit)
  if #value <= limit then return value end
  local last = limit
  while last > 0 and (value:byte(last + 1) & 0xc0) == 0x80 do last = last - 1 end
  return value:sub(1, last)
end

return text
