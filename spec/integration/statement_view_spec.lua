-- statement_view_spec.lua - db:with: a limit and a name for each statement.
local driver = require "moonpool.driver"
local mp = require "moonpool"

local SLOW = "select 1 from pg_sleep(5)"

describe("an engine seen with a limit", function()
  local db
  before_each(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  after_each(function() db:close() end)

  it("bounds the run of each statement, and says who asked", function()
    local feed = db:with { timeout = 0.2, label = "feed" }
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

  local SLOW_ROWS = [[
    select n, pg_sleep(case when n = 3 then 30 else 0 end)::text from generate_series(1, 5) n]]
  local BULK = {
    stream = function(view)
      for _ in view:stream(SLOW_ROWS) do end
    end,
    cursor = function(view)
      local cursor <close> = view:cursor(SLOW_ROWS, {}, { batch = 1 })
      for _ in cursor:each() do end
    end,
    ["cursor that is fetched"] = function(view)
      local cursor <close> = view:cursor(SLOW_ROWS)
      cursor:fetch(5)
    end,
    copy_out = function(view)
      for _ in view:copy_out(SLOW_ROWS) do end
    end,
    copy_in = function(view)
      view:script [[create table if not exists slow_copy (n int);
        create or replace function slow_row() returns trigger language plpgsql as
          $$ begin perform pg_sleep(30); return new; end $$;
        create or replace trigger slow before insert on slow_copy
          for each row execute function slow_row()]]
      view:copy_in("slow_copy", { "n" }, { { 1 } })
    end,
    pipeline = function(view)
      view:pipeline(function(p) p:exec "select pg_sleep(30)::text" end)
    end,
  }

  for name, run in pairs(BULK) do
    it(("bounds the waits of a %s, and names who asks"):format(name), function()
      local engine <close> = mp.engine(nil, { pool = { max = 2 } })
      local view = engine:with { timeout = 0.3, label = "feed" }

      local _, err = mp.try(run, view)

      assert.equal("timeout", err.kind)
      assert.equal("feed", err.label)
      mp.deadline(10, function()
        while engine:pool():stats().in_use > 0 do mp.sleep(0.005) end
      end)
      assert.equal(1, engine:value "select 1")
    end)
  end

  it("gives what the target gives, of streams, cursors, COPY and pipelines", function()
    local engine <close> = mp.engine()
    local view = engine:with { timeout = 10, label = "feed" }
    view:script "create table if not exists view_copy (n int); truncate view_copy"
    local seen = {}

    assert.equal(3, view:copy_in("view_copy", { "n" }, { { 1 }, { 2 }, { 3 } }))
    for row in view:copy_out "select n from view_copy" do seen[#seen + 1] = row.n end
    for row in view:stream "select n + 3 as n from view_copy" do seen[#seen + 1] = row.n end
    local cursor <close> = view:cursor "select n + 6 as n from view_copy"
    for row in cursor:each() do seen[#seen + 1] = row.n end
    local answers = view:pipeline(function(p) p:value "select 10" end)

    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, seen)
    assert.equal(10, answers[1])
  end)

  it("stops a stream that is left, as the target does", function()
    local engine <close> = mp.engine(nil, { pool = { max = 1 } })

    for row in engine:with { timeout = 10 }:stream "select generate_series(1, 1000000) as n" do
      if row.n == 5 then break end
    end

    assert.equal(1, engine:value "select 1")
  end)

  it("names who holds a connection", function()
    local engine <close> = mp.engine(nil, { pool = { max = 3 } })
    local view = engine:with { label = "feed" }
    local conn <close> = view:connect()
    local tx <close> = view:begin()

    view:transaction(function()
      for i = 1, 3 do assert.equal("feed", engine:pool():held()[i].label) end
    end)
    tx:rollback()
    conn:close()

    local own <close> = view:connect { label = "own" }
    assert.equal("own", engine:pool():held()[1].label)
    own:close()
    local plain <close> = engine:connect()
    assert.is_nil(engine:pool():held()[1].label)
    plain:close()
  end)
end)
