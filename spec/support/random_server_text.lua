-- random_server_text.lua - random texts of the types whose values are strings.
local primitives = require "spec.support.random_primitives"

local pick, bits, double, repeated = primitives.pick, primitives.bits, primitives.double,
  primitives.repeated
local random = math.random

local texts = {}

local function number() return ("%.17g"):format(random(2) == 1 and random(-99, 99) or double()) end

local function finite()
  local value = double()
  return ("%.17g"):format((value ~= value or value - value ~= 0) and 1.5 or value)
end

function texts.point() return ("(%s,%s)"):format(number(), number()) end
function texts.points(least, most) return repeated(least, most, texts.point, ",") end

function texts.ipv4() return table.concat({ bits(8), bits(8), bits(8), bits(8) }, ".") end

function texts.ipv6()
  local words = {}
  for i = 1, 8 do words[i] = random(2) == 1 and 0 or bits(16) end
  if random(4) == 1 then for i = 1, 5 do words[i] = 0 end words[6] = pick { 0, 0xffff } end
  return ("%x:%x:%x:%x:%x:%x:%x:%x"):format(table.unpack(words))
end

function texts.inet()
  if random(2) == 1 then return texts.ipv4() .. pick { "", "/" .. random(0, 32) } end
  return texts.ipv6() .. pick { "", "/" .. random(0, 128) }
end

function texts.line()
  return ("{%d,%s,%s}"):format(random(1, 9), finite(), finite())
end

function texts.cidr()
  return random(2) == 1 and texts.ipv4() .. "/32" or texts.ipv6() .. "/128"
end

function texts.jsonpath()
  return "$." .. repeated(1, 5, function() return pick { "a", "b[1]" } end, ".")
end

function texts.mac(size)
  return function()
    return repeated(size, size, function() return ("%02x"):format(random(0, 255)) end, ":")
  end
end

function texts.zeros_and_ones(least, most)
  return repeated(least, most, function() return tostring(random(0, 1)) end)
end

local function lexeme()
  local word = repeated(1, 8, function()
    return pick { "a", "b", "é", "''", "\\\\", " ", ":", "z", "😀" }
  end)
  local positions = random(2) == 1 and "" or ":" .. repeated(1, 3, function()
    return random(1, 16383) .. pick { "", "A", "B", "C", "D" }
  end, ",")
  return "'" .. word .. "'" .. positions
end

function texts.tsvector() return repeated(0, 5, lexeme, " ") end

function texts.snapshot()
  local low, open = random(1, 10 ^ 6), {}
  local at = low
  for i = 1, random(0, 5) do
    at = at + random(1, 9)
    open[i] = at
  end
  return ("%d:%d:%s"):format(low, at + 1, table.concat(open, ","))
end

return texts
