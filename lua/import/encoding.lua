-- encoding.lua - makes any bytes text that the server takes: UTF-8 without NUL.
local encoding = {}

local function from_latin1(byte)
  return utf8.char(byte:byte())
end

---Old indexes have names in Latin-1; every byte means something there, so no letter is lost.
---@param text string
---@return string text
---@return string[] problems  what was changed, as sentences
function encoding.repair(text)
  local problems = {}
  if text:find("\0", 1, true) then
    text = text:gsub("%z", "")
    problems[1] = "has NUL bytes, which are left out"
  end
  if not utf8.len(text) then
    text = text:gsub("[\128-\255]", from_latin1)
    problems[#problems + 1] = "is not UTF-8 and is read as Latin-1"
  end
  return text, problems
end

return encoding
