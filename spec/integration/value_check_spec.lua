-- value_check_spec.lua - what the check of values says, and what the server does with the value.
local c = require "moonpool.column"
local mp = require "moonpool"
local random_types = require "spec.support.random_types"
local random_values = require "spec.support.random_values"
local seed = require "spec.support.seed"
local value_check = require "moonpool.schema.value_check"
local release = require "spec.support.release"

local VALUES = {
  0, 1, -1, 32767, 32768, -32769, 2147483647, 2147483648, math.maxinteger, math.mininteger,
  (1 << 53) + 1, 16777217, 0.5, 1.0, 0.1, 1e10, 1e300, -0.0, 99.99, 123.456, 1e-5,
  0 / 0, math.huge, -math.huge, true, false,
  "", "a", "abc", "abcdef", "1", "0", " 12 ", "1.50", "1e3", "1e", "-", "NaN", "infinity", "yes",
  "t", "101", "1010", "a\0b", "\xff", "é", "ééé", ("x"):rep(64), "ab ",
  "0190163d-8694-739b-aea5-966c26f8ad90", "{0190163d8694739baea5966c26f8ad90}",
  "0190163d-8694-739b-aea5-966c26f8ad9", "low", "{1,2}", "99999999999999999999",
  mp.decimal "1.50", mp.decimal "1", mp.decimal "1e30", mp.decimal "0.001", mp.decimal "NaN",
  mp.decimal "Infinity", mp.timestamp "2026-01-01T00:00:00Z", mp.timestamp "2026-01-01T00:00:00",
  mp.date "2026-01-01", mp.time "10:00", mp.time { hour = 1, min = 0, sec = 0, offset = 0 },
  mp.interval { days = 1 }, mp.json { a = 1 },
  mp.list {}, mp.map {}, { 1, 2 }, { { 1 }, { 2 } }, { "a", "b" }, { "a", mp.null }, { a = 1 },
  { a = "b" }, { a = { "x\0" } }, { 1, [3] = 2 }, { print }, { 1.5 }, { mp.date "2026-01-01" },
  mp.range(1, 3), mp.range(mp.decimal "0.5", 3), mp.range(mp.date "2026-01-01"),
  mp.range(1, 1 << 40), print,
}

local COLUMNS = {
  c.int2 "v", c.int4 "v", c.int8 "v", c.float4 "v", c.float8 "v", c.numeric "v",
  c.numeric("v", { precision = 5, scale = 2 }), c.numeric("v", { precision = 3, scale = 4 }),
  c.numeric("v", { precision = 3 }), c.bool "v", c.text "v", c.varchar("v", { length = 3 }),
  c.char("v", { length = 3 }), c.char "v", c.citext "v", c.column("v", "name"), c.bytea "v",
  c.uuid "v", c.json "v", c.jsonb "v", c.bit("v", { length = 3 }), c.varbit("v", { length = 3 }),
  c.date "v", c.time "v", c.timetz "v", c.timestamp "v", c.timestamptz "v", c.interval "v",
  c.hstore "v", c.array("v", "int4"), c.array("v", "text"), c.array("v", "varchar(2)"),
  c.array("v", "date"), c.enum("v", { "low", "high" }, { type = "check_mood" }),
  c.array("v", "jsonb"), c.range("v", "int4range"), c.range("v", "numrange"),
  c.range("v", "daterange"),
  c.range("v", mp.range_type("check_span", { subtype = "int8" })),
  c.inet "v", c.xml "v", c.column("v", "oid"),
}

-- A refusal is right too where the server would store something else.
local function is_changed_by_server(given, stored)
  return tostring(given) ~= tostring(stored)
end

-- What no one but the server's own parser can judge.
local function is_for_the_server(value)
  return type(value) == "string" or type(value) == "table" and type(value[1]) == "string"
end

local function store(tx, value)
  local ok, result = mp.try(tx.transaction, tx, function(sp)
    return { sp:value("insert into check_t (v) values ($1) returning v", value) }
  end)
  return ok, result
end

local function disagreement(check, stored, value)
  local message = check(value)
  if message and stored and not is_changed_by_server(value, stored[1]) then
    return ("refused %s %s: %s"):format(type(value), tostring(value), message)
  end
  if not message and not stored and not is_for_the_server(value) then
    return ("let through a %s %s"):format(type(value), tostring(value))
  end
end

describe("the check of values", function()
  local db
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 }, settings = { search_path = "check_s, public" } })
    db:script [[create schema check_s; create type check_s.check_mood as enum ('low', 'high');
      create type check_s.check_span as range (subtype = int8);
      create extension if not exists citext schema public;
      create extension if not exists hstore schema public]]
  end)
  teardown(function()
    db:script "set client_min_messages = warning; drop schema check_s cascade"
    db:close()
  end)

  for at, declared in ipairs(COLUMNS) do
    it(("agrees with the server about %s (%d)"):format(declared.type, at), function()
      if declared.type == "numeric(3, 4)" and release(db) < 15 then
        return pending "a scale above the precision needs PostgreSQL 15"
      end
      local check, found = value_check.of(declared), {}
      db:transaction(function(tx)
        tx:script(("create table check_s.check_t (v %s not null)"):format(declared.type))
        for _, value in ipairs(VALUES) do
          found[#found + 1] = disagreement(check, store(tx, value), value)
        end
        tx:abort "the table goes again"
      end)

      assert.same({}, found)
    end)
  end
end)

describe("the check of random values", function()
  setup(function() seed.set "value_check" end)

  for _, row in ipairs(random_values.ROWS) do
    it("lets through what is a " .. row.type, function()
      local check = value_check.of(c.column("v", row.type))
      for _, value in ipairs(row.edges) do assert.is_nil(check(value)) end
      for _ = 1, 300 do assert.is_nil(check(row.random())) end
    end)
  end

  for _, row in ipairs(random_types.ROWS) do
    it("lets through what is a " .. row[1], function()
      local check = value_check.of(c.column("v", row[1]))
      for _ = 1, 100 do assert.is_nil(check(row[2]())) end
    end)
  end
end)
