-- UUIDs made here, from random bytes and a clock that are handed in; pure.
local generate = {}

local function format(bytes, version)
  local b = { bytes:byte(1, 16) }
  b[7] = (b[7] & 0x0f) | (version << 4)
  b[9] = (b[9] & 0x3f) | 0x80
  return ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x"):format(
    table.unpack(b))
end

---@param random fun(count: integer): string
---@return string
function generate.v4(random)
  return format(random(16), 4)
end

---@param random fun(count: integer): string
---@param time fun(): number  seconds since the epoch
---@return string  sorts by the millisecond it was made in
function generate.v7(random, time)
  local milliseconds = math.floor(time() * 1000)
  return format(string.pack(">I6", milliseconds) .. random(10), 7)
end

return generate
