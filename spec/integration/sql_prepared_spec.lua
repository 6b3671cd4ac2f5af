-- sql_prepared_spec.lua - every text of the query builder's cases is prepared on a real server.
local cases = require "spec.support.sql_cases"
local errors = require "moonpool.errors"
local ddl = require "moonpool.schema.ddl"
local models = require "spec.support.sql_cases.models"
local tables = require "spec.support.tables"

local AT_LEAST = 600

local function make_tables(db)
  db:script(("drop schema if exists %s cascade; create schema %s"):format(models.OTHER,
    models.OTHER))
  db:script(models.BEFORE)
  for _, model in ipairs(models.ALL) do
    db:script(table.concat(ddl.create_table(model.table), ";\n"))
  end
end

local function try_prepare(tx, sql)
  local _, err = errors.try(tx.transaction, tx, function(inner)
    inner:exec("prepare candidate as " .. sql)
    inner:exec "deallocate candidate"
  end)
  return err
end

describe("the builder's cases", function()
  local db, version
  setup(function()
    db = tables.open(models.SCHEMA)
    make_tables(db)
    version = db:value "select current_setting('server_version_num')::int4" // 10000
  end)
  teardown(function()
    db:script(("set client_min_messages = warning; drop schema %s cascade"):format(models.OTHER))
    tables.close(db, models.SCHEMA)
  end)

  local prepared, left_out = 0, {}
  for _, topic in ipairs(cases.TOPICS) do
    it("(" .. topic:gsub("_", " ") .. ") are understood by the server", function()
      local failures = {}
      db:transaction(function(tx)
        for _, case in ipairs(cases.load(topic)) do
          if case.needs and case.needs > version then
            left_out[#left_out + 1] = ("%s (needs %d)"):format(case[1], case.needs)
          else
            local err = try_prepare(tx, case[3])
            prepared = prepared + (err and 0 or 1)
            failures[#failures + 1] = err
              and ("%s: %s\n  %s"):format(case[1], err.message, case[3])
          end
        end
      end)
      assert.equal("", table.concat(failures, "\n"))
    end)
  end

  it("were prepared, but for those that say that they need a later server", function()
    print(("%d texts prepared on PostgreSQL %d, %d left out"):format(prepared, version, #left_out))
    for _, name in ipairs(left_out) do print("  left out: " .. name) end
    assert.is_true(prepared >= AT_LEAST, prepared .. " texts")
  end)
end)
