-- failover_spec.lua - a standby takes over: writers find it by themselves.
local cluster = require "spec.support.cluster"
local driver = require "moonpool.driver"
local mp = require "moonpool"

local HEAL_SECONDS = os.getenv("MOONPOOL_SPEC_SANITIZED") and 6 or 2
local CONNECTION_KINDS = {
  connection_lost = true, outcome_unknown = true, connect_failed = true, connect_timeout = true,
  read_only_sql_transaction = true,
}

local function wait_until(what, fn)
  local start = driver.system.hrtime()
  while not fn() do
    assert(driver.system.hrtime() - start < 30, "this never came: " .. what)
    mp.sleep(0.002)
  end
  return driver.system.hrtime() - start
end

-- Fifty writes a second, for as long as `tally.runs`.
local function write(db, tally)
  while tally.runs do
    local ok, err = pcall(db.exec, db, "insert into failover default values")
    if ok then
      tally.written = tally.written + 1
    elseif CONNECTION_KINDS[err.kind] then
      tally.failed = tally.failed + 1
    else
      tally.strange = tally.strange or err
    end
    mp.sleep(0.02)
  end
end

local function wait_for_writes(tally, count)
  local before = tally.written
  return wait_until("a write", function() return tally.written >= before + count end)
end

local function promote(standby)
  local db <close> = mp.engine(standby.url, { pool = { max = 1 } })
  assert(db:value "select pg_promote(true, 30)")
end

local function open_pair()
  local primary = cluster.open()
  local db <close> = mp.engine(primary.url)
  db:exec "create table failover (id int generated always as identity)"
  return primary, primary:standby()
end

describe("two servers in one URL", function()
  local function fail_over(change)
    local opened, replica = open_pair()
    local primary <close> = opened
    local standby <close> = replica
    local db <close> = mp.engine(primary:url_with(standby, "&target_session_attrs=read-write"),
      { pool = { max = 4 } })
    local tally = { runs = true, written = 0, failed = 0 }
    local writer = mp.spawn(write, db, tally)
    wait_for_writes(tally, 10)
    change(primary, standby)
    local seconds = wait_for_writes(tally, 1)
    wait_for_writes(tally, 10)
    tally.runs = false
    writer:await()
    print(("failover: first write %.0f ms later, %d written, %d failed"):format(
      seconds * 1000, tally.written, tally.failed))
    assert.is_nil(tally.strange)
    assert.is_true(seconds <= HEAL_SECONDS)
  end

  it("are written to through the one that took over from one that crashed", function()
    fail_over(function(primary, standby)
      primary:crash()
      promote(standby)
    end)
  end)

  it("are written to through the one that was promoted before the other stopped", function()
    fail_over(function(primary, standby)
      promote(standby)
      primary:stop()
    end)
  end)

end)

describe("a primary and its standby in one URL", function()
  local primary, standby

  setup(function() primary, standby = open_pair() end)
  teardown(function()
    local _ <close> = primary
    local _ <close> = standby
  end)

  it("are asked for the one that takes writes, once the other has refused one", function()
    local db <close> = mp.engine(standby:url_with(primary), { pool = { max = 2 } })
    local tx <close> = db:begin()
    local in_transaction, first = pcall(tx.exec, tx, "insert into failover default values")
    tx:rollback()

    db:exec "insert into failover default values"

    assert.is_false(in_transaction)
    assert.equal("25006", first.sqlstate)
    assert.is_true(first.in_transaction)
    assert.equal(1, db:value "select count(*) from failover")
    assert.equal(1, db:pool():stats().invalidations)
  end)

  it("stay open when only a transaction was read only", function()
    local db <close> = mp.engine(primary:url_with(standby), { pool = { max = 2 } })
    local tx <close> = db:begin { read_only = true }
    local ok, err = pcall(tx.exec, tx, "insert into failover default values")
    tx:rollback()

    assert.is_false(ok)
    assert.equal("25006", err.sqlstate)
    assert.equal(0, db:pool():stats().invalidations)
  end)

  it("are read from by what target_session_attrs asks for", function()
    local wanted = {
      ["any"] = false, ["read-write"] = false, ["primary"] = false, ["read-only"] = true,
      ["standby"] = true, ["prefer-standby"] = true,
    }
    local seen = {}
    for attributes in pairs(wanted) do
      local db <close> = mp.engine(primary:url_with(standby,
        "&target_session_attrs=" .. attributes))
      seen[attributes] = db:value "select pg_is_in_recovery()"
    end

    assert.same(wanted, seen)
  end)
end)
