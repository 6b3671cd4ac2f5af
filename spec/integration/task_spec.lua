-- task_spec.lua - tasks on a real server: cancelling, deadlines, coroutines, what is left open.
local mp = require "moonpool"

local function wait_until(condition)
  mp.deadline(5, function()
    while not condition() do mp.sleep(0.005) end
  end)
end

describe("tasks", function()
  local db

  setup(function() db = mp.engine(nil, { pool = { max = 4 } }) end)
  teardown(function() db:close() end)
  after_each(function()
    wait_until(function() return db:pool():stats().in_use == 0 end)
  end)

  local function running(label)
    return db:value([[
      select count(*) from pg_stat_activity
      where query like $1 and state = 'active' and pid <> pg_backend_pid()]], "%" .. label .. "%")
  end

  local function idle_in_transaction()
    return db:value "select count(*) from pg_stat_activity where state = 'idle in transaction'"
  end

  it("run statements at the same time", function()
    local tasks = {}
    for i = 1, 3 do
      tasks[i] = mp.spawn(function()
        return db:value "select 1 from pg_sleep(1) /* together */"
      end)
    end

    wait_until(function() return running "together" == 3 end)

    for _, task in ipairs(tasks) do assert.equal(1, task:await()) end
  end)

  it("give their first results in order", function()
    local a, b = mp.all(
      function() return db:value "select 1 from pg_sleep(0.02)" end,
      function() return db:value "select 2" end)

    assert.same({ 1, 2 }, { a, b })
  end)

  it("cancel the others on the first error, and wait for their end", function()
    local other

    local ok, err = pcall(mp.all,
      function() other = select(2, pcall(db.query, db, "select pg_sleep(30)")) error(other, 0) end,
      function() mp.sleep(0.02) error("first", 0) end)

    assert.is_false(ok)
    assert.equal("first", err)
    assert.is_true(mp.is_error(other, "cancelled"))
  end)

  it("map a list in order, a few at a time", function()
    local at_once, most = 0, 0

    local results = mp.map({ 5, 4, 3, 2, 1 }, function(n)
      at_once = at_once + 1
      most = math.max(most, at_once)
      local value = db:value("select $1::int * 10", n)
      at_once = at_once - 1
      return value
    end, { limit = 2 })

    assert.same({ 50, 40, 30, 20, 10 }, results)
    assert.equal(2, most)
  end)

  it("refuse an unknown option of map", function()
    local ok, err = pcall(mp.map, { 1 }, print, { limt = 1 })

    assert.is_false(ok)
    assert.is_truthy(tostring(err):find('did you mean "limit"', 1, true))
  end)

  it("tell the server to stop when they are cancelled", function()
    local task = mp.spawn(function() db:query "select pg_sleep(30) /* cancel me */" end)
    wait_until(function() return running "cancel me" == 1 end)

    task:cancel()
    local ok, err = task:join()

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "cancelled"))
    wait_until(function() return running "cancel me" == 0 end)
  end)

  it("tell the server to stop at a deadline, naming the phase", function()
    local ok, err = pcall(mp.deadline, 0.05, function()
      db:query "select pg_sleep(30) /* too late */"
    end)

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "timeout"))
    assert.is_truthy(err.message:find "while the server ran it")
    wait_until(function() return running "too late" == 0 end)
  end)

  it("raise timeout at each further wait of an expired deadline", function()
    local kinds = {}

    pcall(mp.deadline, 0.01, function()
      for i = 1, 2 do
        local _, err = pcall(db.value, db, "select 1 from pg_sleep(10)")
        kinds[i] = err.kind
      end
    end)

    assert.same({ "timeout", "timeout" }, kinds)
  end)

  it("run clean-up that waits, though cancelled", function()
    db:script "create table if not exists task_spec (n int); truncate task_spec"
    local task = mp.spawn(function()
      local tx <close> = db:begin()
      tx:exec "insert into task_spec values (1)"
      mp.sleep(30)
    end)
    wait_until(function()
      return idle_in_transaction() == 1
    end)

    task:cancel()
    task:join()

    assert.equal(0, db:value "select count(*) from task_spec")
    -- On a slow machine the task may leave the rollback to the runtime.
    wait_until(function() return idle_in_transaction() == 0 end)
    db:exec "drop table task_spec"
  end)

  it("give back a connection that was left open", function()
    mp.spawn(function() db:connect() end):await()

    assert.equal(0, db:pool():stats().in_use)
  end)

  it("refuse what outlived its task", function()
    local conn = mp.spawn(function() return db:connect() end):await()

    local ok, err = pcall(conn.query, conn, "select 1")

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "bad_argument"))
    assert.is_truthy(err.message:find("its task has ended", 1, true))
  end)

  it("wait inside a user's own coroutine, nested too", function()
    local function rows()
      return coroutine.wrap(function()
        for i = 1, 3 do coroutine.yield(db:value("select $1::int", i)) end
      end)
    end
    local doubled = coroutine.wrap(function()
      for n in rows() do coroutine.yield(db:value("select $1::int * 2", n)) end
    end)

    local seen = {}
    for n in doubled do seen[#seen + 1] = n end

    assert.same({ 2, 4, 6 }, seen)
  end)

  it("cancel the statement of a nested coroutine", function()
    local task = mp.spawn(function()
      local next_row = mp.coroutine.wrap(function() db:query "select pg_sleep(30) /* nested */" end)
      next_row()
    end)
    wait_until(function() return running "nested" == 1 end)

    task:cancel()

    local _, err = task:join()
    assert.is_true(mp.is_error(err, "cancelled"))
  end)

  it("refuse to wait where Lua cannot, by name", function()
    local task = mp.spawn(table.sort, { 2, 1 }, function(a, b)
      return db:value("select $1::int < $2::int", a, b)
    end)

    local ok, err = task:join()

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "bad_argument"))
    assert.is_truthy(err.message:find("cannot wait here", 1, true))
  end)

  it("keep many statements in order on one connection", function()
    local conn <close> = db:connect()

    local answers = mp.map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function(n)
      return conn:value("select $1::int", n)
    end)

    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, answers)
  end)

  -- What ended tasks ran in serves the next ones; a program that kept it must not notice.
  it("leave a coroutine that was seen dead for ever", function()
    local kept
    mp.spawn(function() kept = coroutine.running() end):await()

    for _ = 1, 100 do
      mp.spawn(function()
        assert.are_not.equal(kept, (coroutine.running()))
        assert.equal("dead", coroutine.status(kept))
      end):await()
    end
    assert.is_true(coroutine.close(kept))
  end)

  it("leave nothing behind for the next task", function()
    local function count_results(...) return select("#", ...) end
    for _ = 1, 10 do
      mp.spawn(function() debug.sethook(print, "", 1000000) end, 1, 2, 3):await()
    end

    local hook, arguments
    local task = mp.spawn(function(...)
      hook, arguments = debug.gethook(), count_results(...)
      mp.sleep(0)
    end, nil)

    assert.equal(0, count_results(task:await()))
    assert.equal(0, count_results(task:await()))
    assert.is_nil(hook)
    assert.equal(1, arguments)
  end)

  it("keep their results until they are let go", function()
    local tasks = {}
    for i = 1, 200 do
      tasks[i] = mp.spawn(function() return i, nil, { i } end)
    end

    for round = 1, 2 do
      for i, task in ipairs(tasks) do
        local number, nothing, list = task:await()
        assert.same({ i, nil, { i } }, { number, nothing, list }, "round " .. round)
      end
    end
  end)

  it("run to their end though nobody holds them", function()
    local done = 0
    for _ = 1, 100 do mp.spawn(function() db:value "select 1" done = done + 1 end) end
    collectgarbage()

    wait_until(function() return done == 100 end)

    collectgarbage()
  end)

  it("are done for whoever asks after their end", function()
    local task = mp.spawn(function() mp.sleep(0) end)
    task:await()
    collectgarbage()

    assert.equal("done", task:status())
    assert.equal(0, select("#", task:await()))
    assert.is_true(task:join())
    task:cancel()
    assert.equal("task(done)", tostring(task))
  end)

  it("keep their error until they are let go", function()
    local task = mp.spawn(function() error({ reason = "mine" }, 0) end)
    mp.sleep(0)
    collectgarbage()
    collectgarbage()

    for _ = 1, 2 do
      local ok, err = task:join()
      assert.is_false(ok)
      assert.equal("mine", err.reason)
    end
    assert.equal("failed", task:status())
  end)

  it("go on while thousands are still to start", function()
    local MANY <const>, STEPS <const> = 5000, 2000
    local started, seen = 0, nil
    local sleeper = mp.spawn(function()
      mp.sleep(0.001)
      seen = started
    end)
    for _ = 1, MANY do
      mp.spawn(function()
        for _ = 1, STEPS do end
        started = started + 1
      end)
    end

    sleeper:await()

    assert.is_true(seen < MANY, "it stood behind all of them")
    wait_until(function() return started == MANY end)
  end)

  it("wake in time, however many others have something to do", function()
    local MANY <const>, STEPS <const> = 500, 20000
    local gate = mp.spawn(function() mp.sleep(0.01) end)
    local ended, seen = 0, nil
    local sleeper = mp.spawn(function()
      mp.sleep(0.012)
      seen = ended
    end)
    for _ = 1, MANY do
      mp.spawn(function()
        gate:await()
        for _ = 1, STEPS do end
        ended = ended + 1
      end)
    end

    sleeper:await()

    assert.is_true(seen < MANY, "it stood behind all of them")
    wait_until(function() return ended == MANY end)
  end)

  it("start while others have one answer after the other", function()
    local is_over, has_started = false, false
    local busy = mp.spawn(function()
      while not is_over do mp.sleep(0) end
    end)
    mp.sleep(0.001)

    mp.spawn(function() has_started = true end)
    wait_until(function() return has_started end)

    is_over = true
    busy:await()
  end)

  it("let everyone go first who was there when they yield", function()
    local order = {}
    local function note(name) order[#order + 1] = name end
    local first = mp.spawn(function()
      for i = 1, 3 do mp.spawn(note, i) end
      coroutine.yield()
      note "first"
    end)

    first:await()

    assert.same({ 1, 2, 3, "first" }, order)
  end)

  it("end with results in no time, whatever was made since they began", function()
    local is_open, tasks, made = false, {}, {}
    for at = 1, 3000 do
      tasks[at] = mp.spawn(function()
        while not is_open do mp.sleep(0.01) end
        return at
      end)
    end
    mp.sleep(0)
    for at = 1, 1000000 do made[at] = {} end
    is_open = true

    local sum = mp.deadline(10, function()
      local found = 0
      for _, task in ipairs(tasks) do found = found + task:await() end
      return found
    end)

    assert.equal(3000 * 3001 // 2, sum)
    assert.equal(1000000, #made)
  end)
end)
