-- Base64 in its URL-safe alphabet, without padding (RFC 4648, section 5).
local base64 = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

local VALUES = {}
for at = 1, #ALPHABET do VALUES[ALPHABET:byte(at)] = at - 1 end

local function digit(value)
  return ALPHABET:sub(value + 1, value + 1)
end

---@param bytes string
---@return string
function base64.encode(bytes)
  local parts = {}
  for at = 1, #bytes, 3 do
    local a, b, c = bytes:byte(at, at + 2)
    local word = a << 16 | (b or 0) << 8 | (c or 0)
    parts[#parts + 1] = digit(word >> 18) .. digit(word >> 12 & 63)
      .. (b and digit(word >> 6 & 63) or "") .. (c and digit(word & 63) or "")
  end
  return table.concat(parts)
end

---@param text string
---@return string?  nil when it is no base64; no two texts give the same bytes
function base64.decode(text)
  if #text % 4 == 1 then return nil end
  local parts, word, bits = {}, 0, 0
  for at = 1, #text do
    local value = VALUES[text:byte(at)]
    if not value then return nil end
    word, bits = (word << 6 | value) & 0xffffff, bits + 6
    if bits >= 8 then
      bits = bits - 8
      parts[#parts + 1] = string.char(word >> bits & 0xff)
    end
  end
  local has_rest = word & ((1 << bits) - 1) ~= 0
  return not has_rest and table.concat(parts) or nil
end

return base64
