-- kill_spec.lua - backends killed under load: failures say so, the rest is right, all recovers.
local driver = require "moonpool.driver"
local load = require "spec.support.load"
local mp = require "moonpool"

local SECONDS = tonumber(os.getenv("MOONPOOL_SPEC_KILL_SECONDS")) or 5
local NAME = "moonpool-kill-spec"

local CONNECTION_KINDS = {
  connection_lost = true, outcome_unknown = true, connect_failed = true, connect_timeout = true,
}

local KILL = [[
  select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = $1 order by random() limit 2]]

local function kill_until(control, tally)
  while driver.system.hrtime() < tally.until_time do
    tally.killed = tally.killed + #control:query(KILL, NAME)
    mp.sleep(0.03)
  end
end

local function open_descriptors()
  return #driver.system.list("/proc/self/fd")
end

-- What earlier specs left to the collector is closed by it now, and not while this one counts.
local function settled_descriptors()
  collectgarbage()
  collectgarbage()
  mp.sleep(0)
  return open_descriptors()
end

-- What the function gives once it is this, or after two seconds.
local function reached(expected, fn, ...)
  local value
  for _ = 1, 200 do
    value = fn(...)
    if value == expected then break end
    mp.sleep(0.01)
  end
  return value
end

local function connections_on_server(control)
  return control:value("select count(*) from pg_stat_activity where application_name = $1", NAME)
end

describe("backends killed under load", function()
  it("cost only the calls they served, and leave nothing behind", function()
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    control:value "select 1"
    local descriptors = settled_descriptors()
    local failures = {}
    do
      local db <close> = mp.engine(nil, { pool = { max = 8 }, application_name = NAME })
      local tally = { killed = 0, until_time = driver.system.hrtime() + SECONDS }
      local killer = mp.spawn(kill_until, control, tally)

      local result = load.run(db, { tasks = 400, seconds = SECONDS, on_error = function(err)
        failures[#failures + 1] = err
      end })
      killer:await()

      print(("kills: %d backends, %d replies, %d failed calls"):format(tally.killed, result.replies,
        #failures))
      assert.is_true(tally.killed > 20)
      assert.equal(0, result.wrong)
      assert.equal(result.asked, result.replies + #failures)
      for _, err in ipairs(failures) do
        assert.is_true(CONNECTION_KINDS[err.kind] or false, tostring(err))
      end
      assert.equal(1, db:value "select 1")
      local stats = db:pool():stats()
      assert.same({ 0, 0, 0 }, { stats.in_use, stats.waiting, stats.connecting })
      assert.equal(stats.total, reached(stats.total, connections_on_server, control))
    end
    assert.equal(0, reached(0, connections_on_server, control))
    assert.equal(descriptors, reached(descriptors, open_descriptors))
  end)

  it("leave the outcome of a script unknown", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 }, application_name = NAME })
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    local task = mp.spawn(pcall, db.script, db, "select pg_sleep(30)")
    while control:value([[select count(*) from pg_stat_activity
        where application_name = $1 and state = 'active']], NAME) == 0 do end
    control:query(KILL, NAME)

    local ok, err = task:await()

    assert.is_false(ok)
    assert.same({ "outcome_unknown", "57P01" }, { err.kind, err.sqlstate })
  end)

  it("tell a transaction to begin anew", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 }, application_name = NAME })
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    local task = mp.spawn(pcall, db.transaction, db, function(tx)
      tx:exec "create temp table kill_spec as select 1 as n from pg_sleep(30)"
    end)
    while control:value([[select count(*) from pg_stat_activity
        where application_name = $1 and query like '%pg_sleep(30)%' and state = 'active']],
        NAME) == 0 do end
    control:query(KILL, NAME)

    local ok, err = task:await()

    assert.is_false(ok)
    assert.same({ "connection_lost", true, false }, { err.kind, err.in_transaction, err.retryable })
    assert.matches("whole transaction", err.hint)
  end)

  it("leave no task behind", function()
    local db <close> = mp.engine(nil, { pool = { max = 4 }, application_name = NAME })
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    local tasks = setmetatable({}, { __mode = "k" })
    do
      local running = {}
      for i = 1, 200 do
        running[i] = mp.spawn(pcall, db.value, db, "select $1::int8 from pg_sleep(0.001)", i)
        tasks[running[i]] = true
      end
      control:query(KILL, NAME)
      for _, task in ipairs(running) do
        task:await()
      end
    end

    collectgarbage()
    collectgarbage()

    assert.is_nil(next(tasks))
  end)
end)
