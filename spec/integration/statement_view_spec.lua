-- statement_view_spec.lua - db:with: a limit and a name for each statement.
local driver = require "moonpool.driver"
local mp = require "moonpool"

local SLOW = "select 1 from pg_sleep(5)"

describe("an engine seen with a limit", function()
  local db
  before_each(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  after_each(function() db:close() end)

  it("bounds the run of each statement, and says who asked", function()
    local feed = db:with { timeout = 0.05, label = "feed" }
    local begun = driver.system.hrtime()

    local ok, err = pcall(feed.value, feed, SLOW)

    assert.is_false(ok)
    assert.equal("timeout", err.kind)
    assert.equal("feed", err.label)
    assert.matches("while the server ran it", err.message)
    assert.is_true(driver.system.hrtime() - begun < 1)
    assert.equal(7, feed:value "select 7")
  end)

  it("bounds the wait for a connection, too", function()
    local conn <close> = db:connect()

    -- Another task's wait: for this one it would never end, and be refused at once.
    local limited = db:with { timeout = 0.05 }
    local ok, err = mp.spawn(limited.value, limited, "select 1"):join()

    assert.is_false(ok)
    assert.matches("while waiting for a connection", err.message)
    assert.equal(1, conn:value "select 1")
  end)

  it("bounds each statement of a transaction, not the whole", function()
    local feed = db:with { timeout = 0.2 }

    local sum = feed:transaction(function(tx)
      local sum = 0
      for _ = 1, 3 do
        sum = sum + tx:value "select 1 from pg_sleep(0.08)"
      end
      return sum
    end)
    local ok, err = pcall(feed.transaction, feed, function(tx) tx:value(SLOW) end)

    assert.equal(3, sum)
    assert.is_false(ok)
    assert.equal("timeout", err.kind)
  end)

  it("gives connections and transactions that have it as well", function()
    local feed = db:with { timeout = 0.05, label = "feed" }
    do
      local conn <close> = feed:connect()
      local tx <close> = conn:begin()
      local ok, err = pcall(tx.value, tx, SLOW)
      assert.is_false(ok)
      assert.equal("feed", err.label)
    end
    assert.equal(1, db:value "select 1")
    assert.equal(0, db:pool():stats().in_use)
  end)

  it("can be narrowed, and lifted", function()
    local feed = db:with { timeout = 0.01, label = "feed" }

    assert.equal(1, feed:with({ timeout = false }):value "select 1 from pg_sleep(0.05)")
    local ok, err = pcall(function() return feed:with({ timeout = 0.02 }):value(SLOW) end)

    assert.is_false(ok)
    assert.equal("feed", err.label)
  end)

  it("refuses what it does not know", function()
    local ok, err = pcall(db.with, db, { timout = 1 })

    assert.is_false(ok)
    assert.equal("bad_argument", err.kind)
    assert.matches('did you mean "timeout"', err.message)
  end)
end)
