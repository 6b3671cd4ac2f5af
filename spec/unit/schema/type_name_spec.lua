-- Types' names taken apart.
local type_name = require "moonpool.schema.type_name"

local CASES = {
  { "int4", "int4" }, { "INTEGER", "int4" }, { " bigint ", "int8" }, { "boolean", "bool" },
  { "double  precision", "float8" }, { "float(24)", "float4" }, { "float(25)", "float8" },
  { "character varying(20)", "varchar", { 20 } }, { "char(3)", "char", { 3 } },
  { "bpchar", "bpchar" }, { "bit varying(8)", "varbit", { 8 } }, { "decimal(12, 2)", "numeric",
    { 12, 2 } }, { "numeric(3,-2)", "numeric", { 3, -2 } },
  { "timestamp(3) with time zone", "timestamptz", { 3 } },
  { "timestamp without time zone", "timestamp" }, { "time with time zone", "timetz" },
  { "interval day to second(3)", "interval", { 3 } }, { "text[]", "text", {}, 1 },
  { "int4 array", "int4", {}, 1 }, { "varchar(3)[][4]", "varchar", { 3 }, 2 },
  { "pg_catalog.int4", "int4" }, { "app.mood", "app.mood" }, { '"Mood"[]', '"Mood"', {}, 1 },
  { "bigserial", "int8" },
}

describe("a type's name", function()
  for _, case in ipairs(CASES) do
    it("is taken apart: " .. case[1], function()
      assert.same({ base = case[2], modifiers = case[3] or {}, dimensions = case[4] or 0 },
        type_name.read(case[1]))
    end)
  end

  local short = {
    { "integer", "int4" }, { "character varying(20)", "varchar(20)" }, { "text", "text" },
    { "character varying(20)[]", "varchar(20)[]" }, { "numeric(12,2)", "numeric(12,2)" },
    { "timestamp(3) with time zone", "timestamptz(3)" }, { "double precision[]", "float8[]" },
    { "character(3)", "char(3)" }, { "bpchar", "bpchar" }, { "app.mood", "app.mood" },
    { "interval day to second(3)", "interval day to second(3)" }, { '"Integer"', '"Integer"' },
    { "smallint", "int2" },
  }
  for _, case in ipairs(short) do
    it("is shortened: " .. case[1], function()
      assert.equal(case[2], type_name.short(case[1]))
    end)
  end
end)
