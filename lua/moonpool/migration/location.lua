-- Which line of a migration file is running, or names a field.
local location = {}

---The innermost running line of a file.
---@param file string  its path; the chunk's name is `@` and this
---@return integer?
function location.running_line(file)
  local source = "@" .. file
  local level = 2
  local info = debug.getinfo(level, "Sl")
  while info do
    if info.source == source then return info.currentline end
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
end

---The line of a text at a byte position.
---@param text string
---@param position integer
---@return integer
function location.line_at(text, position)
  local _, newlines = text:sub(1, position - 1):gsub("\n", "")
  return newlines + 1
end

---The line where a field of the record is written, else where the record begins, else the first.
---@param text string
---@param key any
---@return integer
function location.line_of_field(text, key)
  local position
  if type(key) == "string" and key:find("^[%a_][%w_]*$") then
    position = text:find("%f[%w_]" .. key .. "%f[^%w_]%s*=[^=]")
  end
  position = position or text:find("migration%s*[{(]") or 1
  return location.line_at(text, position)
end

---An error value as text, without the position that Lua puts before it.
---@param raised any
---@return string
function location.without_position(raised)
  return (tostring(raised):gsub("^[^\n]-:%d+: ", "", 1))
end

return location
