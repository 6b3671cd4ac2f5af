-- bulk_spec.lua - streams and COPY when they are big, left half-way, slow, or lose their server.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local resident_kb = require "spec.support.resident_kb"
local seed = require "spec.support.seed"
local settle = require "spec.support.settle"

local ROWS = full(200000, 5000000)
local ROUNDS = 1000
local NAME = "moonpool-bulk-spec"
local MEMORY_KB = 16 * 1024
local KILL = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1"
local SERIES = "select generate_series(1, $1::int) as n, repeat('x', 80) as filler"

local function failure(fn, ...)
  local ok, err = pcall(fn, ...)
  assert.is_false(ok)
  return err
end

describe("bulk data", function()
  local db, control
  before_each(function()
    db = mp.engine(nil, { pool = { max = 2 }, application_name = NAME })
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script [[
      drop table if exists bulk_spec;
      create unlogged table bulk_spec (n int, filler text);]]
  end)
  after_each(function()
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
    db:close()
    control:exec "drop table bulk_spec"
    control:close()
  end)

  it("streams in constant memory, also to a slow reader", function()
    db:value "select 1"
    collectgarbage()
    local start, most, seen = resident_kb(), 0, 0
    for row in db:stream(SERIES, ROWS) do
      seen = seen + 1
      assert(row.n == seen)
      if seen % 20000 == 0 then
        mp.sleep(0.001)
        most = math.max(most, resident_kb() - start)
      end
    end
    assert.equal(ROWS, seen)
    if not os.getenv "MOONPOOL_SPEC_SANITIZED" then assert.is_true(most <= MEMORY_KB) end
  end)

  it("copies in and out in constant memory", function()
    collectgarbage()
    local start, at = resident_kb(), 0
    local n = db:copy_in("bulk_spec", { "n", "filler" }, function()
      at = at + 1
      if at <= ROWS then return { at, "0123456789012345678901234567890123456789" } end
    end)
    local seen = 0
    for row in db:copy_out "bulk_spec" do seen = seen + (row.n and 1 or 0) end
    assert.equal(ROWS, n)
    assert.equal(ROWS, seen)
    if not os.getenv "MOONPOOL_SPEC_SANITIZED" then
      assert.is_true(resident_kb() - start <= MEMORY_KB)
    end
  end)

  it("is left at any row, and the next statement is right", function()
    seed.set "bulk"
    local conn <close> = db:connect()
    for round = 1, ROUNDS do
      local target = math.random(2) == 1 and db or conn
      local last = math.random(0, 300)
      for row in target:stream(SERIES, math.random(1, 2) == 1 and 1000000 or 250) do
        if row.n > last then break end
      end
      assert(target:value("select $1::int", round) == round)
    end
  end)

  it("is stopped by a deadline at any moment, and the next statement is right", function()
    seed.set "bulk"
    local conn <close> = db:connect()
    for round = 1, ROUNDS // 5 do
      local target = math.random(2) == 1 and db or conn
      local ok, err = pcall(mp.deadline, math.random() / 200 + 0.0001, function()
        for row in target:stream(SERIES, 20000) do
          if row.n % 500 == 0 then mp.sleep(0) end
        end
      end)
      assert(ok or err.kind == "timeout", tostring(err))
      assert(target:value("select $1::int", round) == round)
    end
  end)

  -- One that was stopped while the server confirmed it may have been stored, as any statement.
  it("COPY is stopped by a deadline at any moment, and stores all or nothing", function()
    seed.set "bulk"
    local conn <close> = db:connect()
    local stored = 0
    for _ = 1, ROUNDS // 10 do
      local target, at = math.random(2) == 1 and db or conn, 0
      local ok, answer = pcall(mp.deadline, math.random() / 100 + 0.0001, target.copy_in, target,
        "bulk_spec", { "n" }, function()
          at = at + 1
          if at % 1000 == 0 then mp.sleep(0) end
          if at <= 5000 then return { at } end
        end)
      assert(ok or answer.kind == "timeout", tostring(answer))
      if ok then stored = stored + answer end
      assert(target:value "select 1" == 1)
    end
    local count = control:value "select count(*) from bulk_spec"
    assert.is_true(count >= stored)
    assert.equal(0, count % 5000)
  end)

  it("frees its connection within 100 ms when it is left half-way", function()
    local conn <close> = db:connect()
    local best = math.huge
    for _ = 1, 5 do
      for row in conn:stream(SERIES, 50000000) do
        if row.n == 100000 then break end
      end
      local begun = driver.system.hrtime()
      assert.equal(7, conn:value "select 7")
      best = math.min(best, driver.system.hrtime() - begun)
    end
    if not os.getenv "MOONPOOL_SPEC_SANITIZED" then assert.is_true(best < 0.1) end
  end)

  it("says that its connection was lost in the middle of a stream", function()
    local seen = 0
    local err = failure(function()
      for row in db:stream(SERIES, 50000000) do
        seen = row.n
        if seen == 1000 then control:query(KILL, NAME) end
      end
    end)
    assert.equal("connection_lost", err.kind)
    assert.equal(1, db:value "select 1")
  end)

  it("says that its connection was lost in the middle of a COPY", function()
    local at = 0
    local err = failure(db.copy_in, db, "bulk_spec", { "n" }, function()
      at = at + 1
      if at == 1000 then control:query(KILL, NAME) end
      if at % 1000 == 0 then mp.sleep(0) end
      return { at }
    end)
    assert.equal("connection_lost", err.kind)
    err = failure(function()
      for row in db:copy_out "select generate_series(1, 50000000) as n" do
        if row.n == 1000 then control:query(KILL, NAME) end
      end
    end)
    assert.equal("connection_lost", err.kind)
    assert.equal(0, control:value "select count(*) from bulk_spec")
  end)

  it("does not stall while the server talks as much as the client", function()
    db:transaction(function(tx)
      tx:script [[
        create function pg_temp.loud() returns trigger language plpgsql as $$
          begin raise notice '%', repeat('n', 2000); return new; end $$;
        create temporary table noisy (n int);
        create trigger loud before insert on noisy for each row execute function pg_temp.loud();
        set local client_min_messages = notice;]]
      local at = 0
      assert.equal(20000, tx:copy_in("noisy", { "n" }, function()
        at = at + 1
        if at <= 20000 then return { at } end
      end))
    end)
  end)

  it("takes a single huge value both ways", function()
    local huge = ("h"):rep(50 * 1024 * 1024)
    assert.equal(1, db:copy_in("bulk_spec", nil, { { 1, huge } }))
    for row in db:stream "select filler from bulk_spec" do assert(row.filler == huge) end
    for row in db:copy_out "bulk_spec" do assert(row.filler == huge) end
  end)
end)
