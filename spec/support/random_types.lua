-- random_types.lua - for types that a database makes, random values of them.
--
-- A row of `random_types.ROWS` has the type's name and a function that makes a value; the types are
-- those of `random_types.SCHEMA`.
local mp = require "moonpool"

local random_types = {}

random_types.SCHEMA = [[
  create schema shapes;
  create type shapes.mood as enum ('', 'sad', 'so "so"', 'a,b', '{c}', '(d)', 'NULL');
  create domain shapes.count as int8 check (value is distinct from -1);
  create domain shapes.counts as int4[];
  create type shapes.leaf as (label text, "a, (b)" numeric, mood shapes.mood, raw bytea);
  create type shapes.branch as (
    id shapes.count, leaves shapes.leaf[], span daterange, flag bool, pause interval);
  create type shapes.tree as (branches shapes.branch[], spans int4multirange, at timestamptz);
  create type shapes.words as range (subtype = text);
  create type shapes.moods as range (subtype = shapes.mood);
]]

local MOODS = { "", "sad", 'so "so"', "a,b", "{c}", "(d)", "NULL" }
local PIECES = {
  "a", "Z", '"', "\\", ",", "(", ")", "{", "}", "[", "]", " ", "'", "NULL", "=>", "é", "\n",
  "empty",
}

local function text()
  local parts = {}
  for i = 1, math.random(0, 6) do parts[i] = PIECES[math.random(#PIECES)] end
  return table.concat(parts)
end

local function bytes()
  local parts = {}
  for i = 1, math.random(0, 6) do parts[i] = string.char(math.random(0, 255)) end
  return table.concat(parts)
end

local function mood() return MOODS[math.random(#MOODS)] end
local function int4() return math.random(-2147483648, 2147483646) end
local function count() return math.random(0) & math.maxinteger end
local function decimal() return mp.decimal(math.random(-1000000000, 1000000000)) / 1000 end
local function instant() return mp.timestamp.from_epoch(math.random(-10000000000, 10000000000)) end

local function day()
  return mp.date { year = math.random(1, 9999), month = math.random(12), day = math.random(28) }
end

local function maybe(make)
  return function()
    if math.random(4) == 1 then return nil end
    return make()
  end
end

local function record(fields)
  return function()
    local value = {}
    for name, make in pairs(fields) do value[name] = maybe(make)() end
    return value
  end
end

local function sequence(make, max)
  return function()
    local list = {}
    for i = 1, math.random(0, max or 4) do list[i] = maybe(make)() or mp.null end
    if #list > 0 and math.random(3) == 1 then list.lower = math.random(-3, 3) end
    if list.lower == 1 then list.lower = nil end
    return list
  end
end

-- Both dimensions are full: there is no other array of two.
local function matrix(make)
  return function()
    local width, rows = math.random(1, 3), {}
    for i = 1, math.random(1, 3) do
      rows[i] = {}
      for j = 1, width do rows[i][j] = make() end
    end
    return rows
  end
end

local KINDS = { "[)", "[]", "(]", "()" }

-- Discrete ranges come back in the canonical form "[)".
local function range(make, kinds)
  return function()
    if math.random(8) == 1 then return mp.range(nil, nil, "empty") end
    local lower, upper = maybe(make)(), maybe(make)()
    if lower ~= nil and upper ~= nil and upper < lower then lower, upper = upper, lower end
    local value = mp.range(lower, upper, kinds[math.random(#kinds)])
    if value.lower == nil and kinds == KINDS then return mp.range(nil, upper, "()") end
    return value
  end
end

local function multirange()
  local list, at = {}, -100
  for i = 1, math.random(0, 4) do
    local lower = at + math.random(1, 50)
    at = lower + math.random(1, 50)
    list[i], at = mp.range(lower, at), at + 1
  end
  return list
end

local PAUSE = 1000000000 -- seconds: servers before 15 cannot print many more

local leaf = record { label = text, ["a, (b)"] = decimal, mood = mood, raw = bytes }
local branch = record {
  id = count, leaves = sequence(leaf), span = range(day, { "[)" }),
  flag = function() return math.random(2) == 1 end,
  pause = function()
    return mp.interval { days = math.random(-99, 99), seconds = math.random(-PAUSE, PAUSE) }
  end,
}
local tree = record { branches = sequence(branch, 3), spans = multirange, at = instant }

-- Enums compare by their place.
local function mood_range()
  local lower, upper = math.random(#MOODS), math.random(#MOODS)
  if upper < lower then lower, upper = upper, lower end
  return mp.range(MOODS[lower], MOODS[upper], KINDS[math.random(#KINDS)])
end

random_types.ROWS = {
  { "shapes.mood", mood }, { "shapes.mood[]", sequence(mood) }, { "shapes.mood[]", matrix(mood) },
  { "shapes.count", count }, { "shapes.count[]", sequence(count) },
  { "shapes.counts", sequence(int4) }, { "shapes.counts[]", sequence(sequence(int4)) },
  { "shapes.leaf", leaf }, { "shapes.leaf[]", sequence(leaf) }, { "shapes.branch", branch },
  { "shapes.tree", tree }, { "shapes.tree[]", sequence(tree, 2) },
  { "int4range", range(int4, { "[)" }) }, { "int8range[]", sequence(range(count, { "[)" })) },
  { "numrange", range(decimal, KINDS) }, { "daterange", range(day, { "[)" }) },
  { "tstzrange", range(instant, KINDS) }, { "tstzrange[]", sequence(range(instant, KINDS)) },
  { "shapes.words", range(text, KINDS) }, { "shapes.words[]", matrix(range(text, KINDS)) },
  { "shapes.moods", mood_range },
  { "int4multirange", multirange }, { "int4multirange[]", sequence(multirange) },
}

return random_types
