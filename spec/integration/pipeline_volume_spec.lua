-- pipeline_volume_spec.lua - pipelines of many statements, and one statement with many sets.
local driver = require "moonpool.driver"
local fewer = require "spec.support.fewer"
local mp = require "moonpool"

local INSERTS = fewer(10000, 2000)
local SETS = fewer(100000, 10000)

describe("in one round trip", function()
  local db
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 } })
    db:script [[
      drop table if exists pipeline_volume_spec;
      create table pipeline_volume_spec (id int primary key, note text)]]
  end)
  teardown(function()
    db:exec "drop table pipeline_volume_spec"
    db:close()
  end)
  before_each(function() db:exec "truncate pipeline_volume_spec" end)

  local function count()
    return db:value "select count(*) from pipeline_volume_spec"
  end

  it("many inserts that answer a kilobyte each neither stop nor dawdle", function()
    local sql = "insert into pipeline_volume_spec values ($1, $2) returning repeat('x', 1000)"
    local began = driver.system.hrtime()
    local results = db:pipeline(function(p)
      for i = 1, INSERTS do p:value(sql, i, "n") end
    end)
    local seconds = driver.system.hrtime() - began

    print(("pipeline: %d inserts with a kilobyte each in %.2f s"):format(INSERTS, seconds))
    assert.equal(INSERTS, results.n)
    assert.equal(1000, #results[INSERTS])
    assert.equal(INSERTS, count())
    assert.is_true(seconds < 10)
  end)

  it(("many takes %d sets"):format(SETS), function()
    local sets = {}
    for i = 1, SETS do sets[i] = { i } end

    local out = db:many("insert into pipeline_volume_spec (id) values ($1) returning id", sets)

    assert.equal(SETS, #out)
    assert.equal(SETS, out[SETS][1].id)
    assert.equal(SETS, count())
  end)
end)
