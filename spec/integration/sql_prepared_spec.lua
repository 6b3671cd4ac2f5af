-- sql_prepared_spec.lua - every text of the query builder's cases is prepared on a real server.
local cases = require "spec.support.sql_cases"
local database = require "spec.support.sql_cases.database"
local errors = require "moonpool.errors"
local models = require "spec.support.sql_cases.models"
local release = require "spec.support.release"

local AT_LEAST = 600

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
    db = database.open(models.SCHEMA)
    version = release(db)
  end)
  teardown(function() database.close(db, models.SCHEMA) end)

  local prepared, left_out = 0, {}
  for _, topic in ipairs(cases.TOPICS) do
    it("(" .. topic:gsub("_", " ") .. ") are understood by the server", function()
      local failures = {}
      db:transaction(function(tx)
        for _, case in ipairs(cases.load(topic)) do
          local needs = case.needs or case[3]:find("merge into ", 1, true) and 15 or 0
          if needs > version then
            left_out[#left_out + 1] = ("%s (needs %d)"):format(case[1], needs)
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
