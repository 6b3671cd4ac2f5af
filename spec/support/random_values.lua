-- random_values.lua - for each type, the values at its edges and a maker of random ones.
--
-- A row of `random_values.ROWS`:
--   type         what the parameter is cast to
--   edges        values that every run includes
--   random       a function that makes a value
--   text         what the server writes for a value; absent where nothing is promised
--   read         the value that the server's text stands for, where it is not the one given: a
--                string in the server's own form, a float4 by its digits
--   written      SQL for that text, of the column v; a cast where it is absent
--   is_table     a table is one value, so that its arrays have one dimension
--   each         true where a batch cannot go as one array (arrays themselves, other delimiters)
local mp = require "moonpool"
local json = require "spec.support.random_json"
local primitives = require "spec.support.random_primitives"
local texts = require "spec.support.random_server_text"
local times = require "spec.support.random_times"

local null, decimal, interval = mp.null, mp.decimal, mp.interval
local date, timestamp, time = mp.date, mp.timestamp, mp.time
local pick, bits, signed = primitives.pick, primitives.bits, primitives.signed
local digits, text, random = primitives.digits, primitives.text, math.random

local random_values = {}

local function single()
  return (string.unpack("f", string.pack("I4", random(0, 0xFFFFFFFF))))
end

local NOT_FINITE = { Infinity = math.huge, ["-Infinity"] = -math.huge, NaN = 0 / 0 }
local function read_float(written) return NOT_FINITE[written] or tonumber(written) + 0.0 end

local function numeric()
  local sign = pick { "", "-" }
  local number = sign .. digits(1, pick { 3, 20, 60 })
  if random(3) > 1 then number = number .. "." .. digits(1, pick { 2, 10, 40 }) end
  return decimal(number)
end

-- Arrays ---------------------------------------------------------------------------------------

local function array_of(make, sizes)
  local size, list = sizes[1], {}
  for i = 1, size do
    if sizes[2] then
      list[i] = array_of(make, { table.unpack(sizes, 2) })
    else
      list[i] = random(6) == 1 and null or make()
    end
  end
  return list
end

local function random_array(make, most)
  local sizes = {}
  for i = 1, pick { 1, 1, most } do sizes[i] = random(1, 4) end
  if random(8) == 1 then return {} end
  local list = array_of(make, sizes)
  if random(8) == 1 then
    list.lower = #sizes == 1 and random(2, 9) or { table.unpack({ -1, 0, 5 }, 1, #sizes) }
  end
  return list
end

---The row of the arrays of what `row` makes.
function random_values.array(row)
  local edges = { {}, { null }, { null, null } }
  for _, value in ipairs(row.edges) do edges[#edges + 1] = { value, null } end
  return { type = row.type .. "[]", edges = edges, each = true,
    random = function() return random_array(row.random, row.is_table and 1 or 3) end }
end

local function itself(value) return value end

local function blank_for_t(value) return (tostring(value):gsub("T", " ", 1)) end

-- The spec's server is in UTC.
local function instant_text(value)
  return (blank_for_t(value):gsub("Z", "+00", 1))
end

local LONG = ("1234567890"):rep(100)

local int4 = { type = "int4", edges = { 0, -1, 2147483647, -2147483648 }, text = tostring,
  random = function() return signed(32) end }
local int8 = { type = "int8", edges = { 0, math.maxinteger, math.mininteger, 2 ^ 53 | 1 },
  text = tostring, random = function() return signed(64) end }
local float8 = { type = "float8", random = primitives.double, edges = { 0.0, -0.0, 0.1,
  0.1 + 0.2, 1 / 3, 1e15,
  1e308, 5e-324, 2.2250738585072014e-308, math.huge, -math.huge, 0 / 0 } }
local numeric_row = { type = "numeric", random = numeric, text = tostring, edges = {
  decimal "0", decimal "0.000", decimal "-0.00001", decimal(LONG), decimal("-0." .. LONG),
  decimal(LONG .. "." .. LONG), decimal "1e131071", decimal "1e-16383", decimal "NaN",
  decimal "Infinity", decimal "-Infinity", decimal "10000", decimal "0.0001" } }
local text_row = { type = "text", random = text, text = itself,
  edges = { "", "NULL", "null", "{}", '"', "\\", "'", " ", "\n", "a,b", "\u{10FFFF}",
    ("é"):rep(5000) } }
local bytea = { type = "bytea", random = function() return primitives.bytes(0, 40) end,
  edges = { "", "\0", "\\x41", "\\", "\255\254\0", ("\0\255"):rep(5000) } }
local timestamptz = { type = "timestamptz", text = instant_text,
  random = function() return times.instant(true) end,
  edges = { timestamp.infinity, timestamp.minus_infinity, timestamp "4714-11-24T00:00:00Z BC",
    timestamp "294276-12-31T23:59:59.999999Z", timestamp "0001-12-31T23:59:59.999999Z BC",
    timestamp "1999-12-31T23:59:59.999999Z", timestamp "2000-02-29T12:00:00+15:59:59" } }
local date_row = { type = "date", text = tostring,
  random = times.day,
  edges = { date.infinity, date.minus_infinity, date "4714-11-24 BC", date "5874897-12-31",
    date "0001-12-31 BC", date "0001-01-01" } }
local interval_row = { type = "interval", random = times.span, text = tostring, edges = {
  interval {}, interval { microseconds = -1 },
  interval { months = -2147483648, days = 2147483647, microseconds = -(2 ^ 62) | 0 },
  interval { months = 2147483647, days = -2147483648, microseconds = 2 ^ 62 | 0 },
  interval { years = -1, months = 2, days = -3, seconds = 0.5 } } }
local jsonb = { type = "jsonb", is_table = true, random = json.document, edges = json.EDGES }

local function time_text(value) return tostring(value) end

local function offset_text(value)
  return (time_text(value):gsub("Z$", "+00"):gsub("([+-]%d%d):00$", "%1"))
end

random_values.ROWS = {
  { type = "bool", edges = { true, false }, text = tostring,
    random = function() return random(2) == 1 end },
  { type = "int2", edges = { 0, 32767, -32768 }, text = tostring,
    random = function() return signed(16) end },
  int4, int8, float8, numeric_row, text_row, bytea, timestamptz, date_row, interval_row, jsonb,
  { type = "oid", edges = { 0, 4294967295 }, text = tostring,
    random = function() return bits(32) end },
  { type = "float4", random = single, read = read_float, edges = { 0.0, -0.0, 0.1,
    3.4028235e38, 1e-45, 16777216.0, 16777218.0, math.huge, -math.huge, 0 / 0 } },
  { type = "varchar", edges = { "", "é" }, random = text, text = itself },
  { type = "bpchar", edges = { "", "a  ", "é" }, random = text },
  { type = "name", edges = { "", ("x"):rep(63) }, text = itself,
    random = function() return (text(10):sub(1, 63):gsub("[\128-\255]", "x")) end },
  { type = '"char"', edges = { "", "\1", "\\", "\127" }, text = itself,
    random = function() return string.char(random(1, 127)) end },
  { type = "uuid", random = mp.uuid.v4, text = itself, edges = {
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff" } },
  { type = "timestamp", random = function() return times.instant(false) end, text = blank_for_t,
    edges = { timestamp.infinity, timestamp.minus_infinity, timestamp "4714-11-24T00:00:00 BC",
      timestamp "294276-12-31T23:59:59.999999" } },
  { type = "time", random = function() return times.clock() end, text = time_text,
    edges = { time "00:00:00", time "24:00:00", time "23:59:59.999999", time "00:00:00.000001" } },
  { type = "timetz", text = offset_text,
    random = function() return times.clock(random(-57599, 57599)) end,
    edges = { time "00:00:00Z", time "24:00:00+15:59:59", time "24:00:00-15:59:59",
      time "10:00:00+02", time "10:00:00-00:30" } },
  { type = "json", random = json.document, edges = json.EDGES },

  { type = "xid", edges = { "0", "4294967295" }, text = itself,
    random = function() return tostring(bits(32)) end },
  { type = "cid", edges = { "0", "4294967295" }, text = itself,
    random = function() return tostring(bits(32)) end },
  { type = "xid8", edges = { "0", "18446744073709551615" }, text = itself,
    random = function() return ("%u"):format(bits(63)) end },
  { type = "tid", edges = { "(0,0)", "(4294967295,65535)" }, text = itself,
    random = function() return ("(%d,%d)"):format(bits(32), bits(16)) end },
  { type = "pg_lsn", edges = { "0/0", "FFFFFFFF/FFFFFFFF" }, text = itself,
    random = function() return ("%X/%X"):format(bits(32), bits(32)) end },
  { type = "pg_snapshot", edges = { "1:1:", "10:20:10,14,15" }, random = texts.snapshot,
    text = itself },
  { type = "txid_snapshot", edges = { "1:1:", "10:20:10,14,15" }, random = texts.snapshot,
    text = itself },
  { type = "inet", random = texts.inet, read = itself, text = itself,
    written = "format('%s', v)", edges = { "0.0.0.0/0", "255.255.255.255", "::", "::1", "::/0",
      "1::", "::ffff:1.2.3.4", "::1.2.3.4/96", "::1:0:0", "1:0:0:2::", "0:0:1::1", "fe80::1/64",
      "::ffff:0:0", "::2:3" } },
  { type = "cidr", read = itself, text = itself,
    edges = { "0.0.0.0/0", "10.0.0.0/8", "::/0", "::1/128", "2001:db8::/32", "1.2.3.4/32" },
    random = texts.cidr },
  { type = "macaddr", edges = { "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff" }, random = texts.mac(6),
    text = itself },
  { type = "macaddr8", edges = { "00:00:00:00:00:00:00:00" }, random = texts.mac(8),
    text = itself },
  { type = "bit(19)", edges = { ("0"):rep(19), ("1"):rep(19) }, text = itself,
    random = function() return texts.zeros_and_ones(19, 19) end },
  { type = "varbit", edges = { "", "0", "1", ("10"):rep(1000) }, text = itself,
    random = function() return texts.zeros_and_ones(0, 40) end },
  { type = "point", random = texts.point, read = itself, text = itself,
    edges = { "(0,-0)", "(NaN,Infinity)", "(-Infinity,1e-300)", "(0.1,1e15)" } },
  { type = "lseg", read = itself, text = itself, edges = { "[(0,0),(0,0)]" },
    random = function() return "[" .. texts.points(2, 2) .. "]" end },
  { type = "box", read = itself, each = true, text = itself, edges = { "(0,0),(0,0)" },
    random = function() return texts.points(2, 2) end },
  { type = "path", read = itself, text = itself, edges = { "((0,0))", "[(0,0)]" },
    random = function() return pick { "[%s]", "(%s)" }:format(texts.points(1, 5)) end },
  { type = "polygon", read = itself, text = itself, edges = { "((0,0))" },
    random = function() return "(" .. texts.points(1, 5) .. ")" end },
  { type = "circle", read = itself, text = itself, edges = { "<(0,0),0>" },
    random = function() return ("<%s,%s>"):format(texts.point(), random(0, 999) / 10) end },
  { type = "line", read = itself, text = itself, edges = { "{1,0,-0}" },
    random = texts.line },
  { type = "tsvector", read = itself, text = itself,
    edges = { "", "'it''s' 'a\\\\b':1A,2B,3C,4", "'word':16383" },
    random = texts.tsvector },
  { type = "jsonpath", read = itself, text = itself, random = texts.jsonpath,
    edges = { "$", "strict $.a[*] ? (@ > 1)" } },
  { type = "xml", text = itself, edges = { "", "<a/>", "text" },
    random = function() return ("<a b='%d'>%s</a>"):format(bits(16), digits(0, 9)) end },
  { type = "refcursor", edges = { "", "c" }, random = text, text = itself },
}

for _, row in ipairs { int4, int8, float8, numeric_row, text_row, bytea, timestamptz, date_row,
  interval_row, jsonb } do
  table.insert(random_values.ROWS, random_values.array(row))
end

return random_values
