-- holder_spec.lua - who keeps connections: named in errors, listed, reported, never deadlocked.
local command = require "spec.support.command"
local driver = require "moonpool.driver"
local mp = require "moonpool"

-- The place of this call, as a connection remembers where it was taken.
local function here()
  local info = debug.getinfo(2, "Sl")
  return ("%s:%d"):format(info.short_src, info.currentline)
end

local function engine_of(pool)
  return mp.engine(nil, { pool = pool })
end

describe("a connection that somebody keeps", function()
  it("is listed with its place, its label and how long it has been held", function()
    local db <close> = engine_of { max = 3 }
    local conn <close>, place <const> = db:connect { label = "import" }, here()
    local tx <close> = db:begin()
    db:value "select 1"

    local held = db:pool():held()

    assert.equal(2, #held)
    assert.equal("import", held[1].label)
    assert.equal(place, held[1].where)
    assert.is_true(held[1].seconds >= 0 and held[1].seconds < 60)
    assert.is_truthy(held[1].traceback:find("holder_spec.lua", 1, true))
    assert.is_nil(held[2].label)
    conn:close()
    tx:rollback()
    assert.same({}, db:pool():held())
  end)

  it("is named when nobody else gets one in time", function()
    local db <close> = engine_of { max = 1, acquire_timeout = 0.05 }
    local conn <close> = db:connect { label = "hoarder" }

    local ok, err = mp.spawn(function() return db:value "select 1" end):join()

    assert.is_false(ok)
    assert.equal("acquire_timeout", err.kind)
    assert.is_truthy(err.message:find("max 1, 1 in use, 0 connecting, 1 waiting", 1, true))
    assert.is_truthy(err.message:find("held by hoarder for 0.", 1, true))
    conn:close()
  end)

  it("is named when a deadline ends the wait for one", function()
    local db <close> = engine_of { max = 1 }
    local conn <close> = db:connect { label = "hoarder" }

    local ok, err = mp.spawn(mp.deadline, 0.05, db.value, db, "select 1"):join()

    assert.is_false(ok)
    assert.equal("timeout", err.kind)
    assert.is_truthy(err.message:find("held by hoarder for 0.", 1, true))
    conn:close()
  end)

  it("is told to its own task that waits for another", function()
    local db <close> = engine_of { max = 2, acquire_timeout = 0.05 }
    local other <close> = db:connect()
    local ok, err = mp.spawn(function()
      local _ <close> = db:connect()
      return db:value "select 1"
    end):join()

    assert.is_false(ok)
    assert.is_truthy(err.message:find("already holds 1 connection of this pool (taken at ",
      1, true))
    assert.is_truthy(err.hint:find("use the transaction or connection that the task has", 1, true))
    other:close()
  end)
end)

describe("tasks that hold every connection and wait for one more", function()
  local function hold_and_ask(db, gate, count)
    local _ <close> = db:connect()
    gate.held = gate.held + 1
    while gate.held < count do mp.sleep(0.001) end
    gate.since = gate.since or driver.system.hrtime()
    return db:value "select 1"
  end

  it("are told at once: one fails, and the others go on", function()
    local db <close> = engine_of { max = 4 }
    local gate, tasks = { held = 0 }, {}
    for i = 1, 4 do tasks[i] = mp.spawn(hold_and_ask, db, gate, 4) end

    local failures = {}
    for _, task in ipairs(tasks) do
      local ok, err = task:join()
      if not ok then failures[#failures + 1] = err end
    end

    local seconds = driver.system.hrtime() - gate.since
    assert.equal(1, #failures)
    assert.equal("acquire_timeout", failures[1].kind)
    assert.is_truthy(failures[1].message:find(
      "this task already holds 1 connection of this pool", 1, true))
    assert.is_true(seconds < 0.1)
    assert.equal(1, db:pool():stats().deadlocks)
    assert.equal(0, db:pool():stats().waiting)
  end)

  it("are no deadlock while one of them is only busy", function()
    local db <close> = engine_of { max = 2 }
    local gate = { held = 0 }
    local busy = mp.spawn(function()
      local conn <close> = db:connect()
      gate.held = gate.held + 1
      while gate.held < 2 do mp.sleep(0.001) end
      conn:value "select 1 from pg_sleep(0.05)"
    end)

    local value = mp.spawn(hold_and_ask, db, gate, 2):await()

    busy:await()
    assert.equal(1, value)
    assert.equal(0, db:pool():stats().deadlocks)
  end)

  it("may be one task alone", function()
    local db <close> = engine_of { max = 1 }
    local tx <close> = db:begin()
    local start = driver.system.hrtime()

    local ok, err = pcall(db.value, db, "select 1")

    assert.is_false(ok)
    assert.equal("acquire_timeout", err.kind)
    assert.is_true(driver.system.hrtime() - start < 0.1)
    tx:rollback()
  end)
end)

describe("a lease that lasts longer than leak_after", function()
  local PROGRAM = [[
    local mp = require "moonpool"
    local db <close> = mp.engine(nil, { pool = { max = 2, leak_after = 0.02 } })
    local conn <close> = db:connect { label = "slow job" }
    while db:pool():stats().leaks < 1 do mp.sleep(0.001) end
    mp.sleep(0.05)
    print(db:pool():stats().leaks)
  ]]

  it("is reported once, with the place and the traceback of its checkout", function()
    local project = command.project {}
    local result = project:run({ "-e", PROGRAM }, { DATABASE_URL = os.getenv "DATABASE_URL" })
    project:remove()

    assert.equal("1\n", result.out)
    local _, reports = result.err:gsub(
      "moonpool: warn: a connection has been held for 0%.%d s, taken at", "")
    assert.equal(1, reports)
    assert.is_truthy(result.err:find("label slow job", 1, true))
    assert.is_truthy(result.err:find("stack traceback:", 1, true))
  end)

  it("is not looked for when leak_after is false", function()
    local db <close> = engine_of { max = 1, leak_after = false }
    local conn <close> = db:connect()

    local held = db:pool():held()

    assert.is_nil(held[1].traceback)
    assert.is_truthy(held[1].where)
    conn:close()
  end)
end)
