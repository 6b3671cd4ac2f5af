-- roundtrip_types_spec.lua - random values of types that a database makes, there and back.
local both = require "spec.support.both_formats"
local fewer = require "spec.support.fewer"
local mp = require "moonpool"
local random_types = require "spec.support.random_types"
local seed = require "spec.support.seed"

local ROUNDS = fewer(60, 6)

describe("random values of a database's own types", function()
  local db

  setup(function()
    seed.set "roundtrip_types"
    db = mp.engine(nil, { pool = { max = 2 } })
    db:script(random_types.SCHEMA)
  end)

  teardown(function()
    db:script "drop schema shapes cascade"
    db:close()
  end)

  for _, row in ipairs(random_types.ROWS) do
    local sql_type, make = table.unpack(row, 1, 2)
    it(sql_type .. " come back as they were given", function()
      for _ = 1, ROUNDS do
        local value = make()
        local binary, text = both.round_trip(db, sql_type, value)
        assert.same(value, binary, sql_type .. " in binary")
        assert.same(value, text, sql_type .. " as text")
      end
    end)

    it(sql_type .. " mean the same in binary as their text does", function()
      for _ = 1, ROUNDS do
        local value = make()
        local text = db:value(("select $1::%s::text"):format(sql_type), value)
        assert.same(value, db:value("select $1::" .. sql_type, text))
      end
    end)
  end
end)
