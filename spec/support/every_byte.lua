-- every_byte.lua - a text in which each byte stands once.
local bytes = {}
for at = 0, 255 do bytes[#bytes + 1] = string.char(at) end

return table.concat(bytes)
