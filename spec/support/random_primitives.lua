-- random_primitives.lua - what random values are made of: choices, bits, bytes, text, numbers.
local random = math.random

local primitives = {}

function primitives.pick(list) return list[random(#list)] end

function primitives.repeated(least, most, make, separator)
  local parts = {}
  for i = 1, random(least, most) do parts[i] = make(i) end
  return table.concat(parts, separator)
end

---An integer of as many bits as chance gives it, so that small ones are as likely as huge ones.
function primitives.bits(count)
  return random(0) >> random(64 - count, 63)
end

function primitives.signed(count)
  local value = primitives.bits(count - 1)
  return random(2) == 1 and value or ~value
end

function primitives.bytes(least, most)
  return primitives.repeated(least, most, function() return string.char(random(0, 255)) end)
end

local ALPHABETS = { { 32, 126 }, { 1, 255 }, { 0x100, 0xD7FF }, { 0x1F300, 0x1F6FF } }

function primitives.text(most)
  return primitives.repeated(0, most or 20, function()
    local alphabet = primitives.pick(ALPHABETS)
    return utf8.char(random(alphabet[1], alphabet[2]))
  end)
end

function primitives.double()
  local choice = random(4)
  if choice == 1 then return random(-1000, 1000) / primitives.pick { 1, 2, 10, 100 } end
  if choice == 2 then return (random() - 0.5) * 10.0 ^ random(-30, 30) end
  if choice == 3 then return random(0, 10 ^ 15 | 0) * 10.0 ^ random(-5, 5) end
  return (string.unpack("d", string.pack("j", random(0))))
end

function primitives.digits(least, most)
  return primitives.repeated(least, most, function() return tostring(random(0, 9)) end)
end

return primitives
