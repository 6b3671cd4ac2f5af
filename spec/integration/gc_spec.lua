-- gc_spec.lua - what is dropped comes back: connections, tasks, coroutines, engines.
local mp = require "moonpool"

local function collect()
  for _ = 1, 3 do collectgarbage() end
end

local function wait_until(condition)
  mp.deadline(5, function()
    while not condition() do mp.sleep(0.005) end
  end)
end

describe("dropped objects", function()
  local db

  setup(function() db = mp.engine(nil, { pool = { max = 3 } }) end)
  teardown(function() db:close() end)

  local function all_back()
    return db:pool():stats().in_use == 0
  end

  it("give back a connection nobody holds", function()
    do local _ = db:connect() end
    collect()

    wait_until(all_back)
  end)

  it("roll back a transaction nobody holds", function()
    do
      local tx = db:begin()
      tx:exec "create table dropped (n int)"
    end
    collect()

    wait_until(all_back)
    assert.is_nil(db:value "select to_regclass('dropped')")
  end)

  it("cancel the wait of a task whose coroutine is closed", function()
    do
      local task = mp.spawn(function() db:query "select pg_sleep(30)" end)
      mp.sleep(0.02)
      task:cancel()
    end
    collect()

    wait_until(all_back)
  end)

  it("give back the connection of a generator that is not read to its end", function()
    do
      local next_row = coroutine.wrap(function()
        local tx <close> = db:begin()
        for _, n in ipairs(tx:column "select generate_series(1, 3)") do coroutine.yield(n) end
      end)
      assert.equal(1, next_row())
    end
    collect()

    wait_until(all_back)
  end)

  it("close an engine nobody holds", function()
    local label = "gc_spec " .. math.random(1e9)
    do
      local other = mp.engine(nil, { application_name = label })
      other:value "select 1"
    end
    collect()

    local sql = "select count(*) from pg_stat_activity where application_name = $1"
    wait_until(function() return db:value(sql, label) == 0 end)
  end)

  it("keep the memory of many statements bounded", function()
    local function churn()
      for i = 1, 300 do
        db:query("select $1::int as a, $2::text as b", i, "x")
        pcall(db.query, db, "select 1 / 0")
      end
      collect()
    end
    churn()
    local before = collectgarbage "count"

    churn()

    assert.is_true(collectgarbage "count" - before < 64)
  end)

  it("leave no task behind when they fail", function()
    local tasks = {}
    for i = 1, 200 do
      tasks[i] = mp.spawn(function()
        local _ = db:connect()
        if i % 2 == 0 then error("odd " .. i, 0) end
      end)
    end
    for _, task in ipairs(tasks) do task:join() end

    assert.is_true(all_back())
  end)
end)
