-- random_json.lua - random JSON documents, and those that every run includes.
local mp = require "moonpool"
local primitives = require "spec.support.random_primitives"

local null, decimal = mp.null, mp.decimal
local pick, text, signed = primitives.pick, primitives.text, primitives.signed
local double, digits, random = primitives.double, primitives.digits, math.random

local json = {}

-- A decimal that is neither an int64 nor what a float says by its digits.
local function long_decimal()
  return decimal(pick { "", "-" } .. random(1, 9) .. digits(25, 40) .. "." .. digits(5, 9) .. "7")
end

local document

local LEAVES = {
  function() return signed(64) end,
  function()
    local value = double()
    return (value ~= value or value - value ~= 0) and 0.5 or value
  end,
  function() return text(12) end,
  function() return pick { true, false, null } end,
  long_decimal,
}

local CONTAINERS = {
  function(depth)
    local list = {}
    for i = 1, random(0, 4) do list[i] = document(depth - 1) end
    return mp.list(list)
  end,
  function(depth)
    local map = {}
    for _ = 1, random(0, 4) do map[text(8)] = document(depth - 1) end
    return mp.map(map)
  end,
}

function document(depth)
  if depth > 0 and random(2) == 1 then return pick(CONTAINERS)(depth) end
  return pick(LEAVES)()
end

function json.document()
  local value
  repeat value = document(4) until value ~= null
  return value
end

local function deep(levels)
  local value = mp.list {}
  for _ = 1, levels do value = { value } end
  return value
end

json.EDGES = {
  mp.map {}, mp.list {}, { a = mp.list {}, b = mp.map {} }, { 2 ^ 53 | 1, -(2 ^ 53 | 1) },
  { math.maxinteger, math.mininteger }, { decimal "9223372036854775808" },
  { decimal "0.1000000000000000000001", 0.1 }, { 1e15, 1e18, 1e22, 1e300, 5e-324, 1.0, -0.0 },
  { null, true, false, { null } }, { [""] = "", ["a\"\\\n\1"] = "é😀\u{2028}" },
  deep(900), "", "text", 5, 1.5, true,
}

return json
