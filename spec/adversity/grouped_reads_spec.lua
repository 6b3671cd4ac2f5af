-- grouped_reads_spec.lua - reads of one turn on a read-only connection: one sync, yet as if alone.
local driver = require "moonpool.driver"
local engine_options = require "moonpool.engine_options"
local eventually = require "spec.support.eventually"
local mp = require "moonpool"
local settle = require "spec.support.settle"

local NAME = "moonpool-group-spec"
local QUEUED = 32 -- the first takes the connection, and so many may join it in a turn

local function open(max)
  local flat = engine_options.flat { pool = { max = max }, application_name = NAME }
  flat.read_only = true
  local db = driver.engine_open(os.getenv "DATABASE_URL", flat)
  for _ = 1, 5 do
    db:value("select 100 / $1::int", 1)
    db:value("select $1::int8 from pg_sleep($2::float8)", 1, 0)
    db:value "select now()"
  end
  return db
end

local function range(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

describe("reads of one turn on a read-only engine", function()
  local control
  setup(function()
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script "drop table if exists group_spec; create table group_spec as select 1::int8 as n"
  end)
  teardown(function()
    control:exec "drop table group_spec"
    control:close()
  end)

  -- How many turns tasks take to ask is the processor's business; who has queued is served in one.
  it("share one transaction of the server's", function()
    local db <close> = open(1)
    local pool, readers = db:pool(), {}
    for i = 1, QUEUED do
      readers[i] = mp.spawn(function() return tostring(db:tuples("select now()")[1][1]) end)
    end
    local lease <close> = db:connect()
    eventually(function() return pool:stats().waiting == QUEUED end)

    lease:close()

    local begun = readers[1]:await()
    for _, reader in ipairs(readers) do assert.equal(begun, reader:await()) end
  end)

  it("each get their own answer", function()
    local db <close> = open(2)

    local answers = mp.map(range(300), function(id)
      return db:value("select $1::int8 from pg_sleep($2::float8)", id, 0)
    end)

    assert.same(range(300), answers)
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("fail as if each had been alone", function()
    local db <close> = open(1)
    for round = 1, 20 do
      local outcomes = mp.map(range(50), function(id)
        local ok, answer = pcall(db.value, db, "select 100 / $1::int", (id + round) % 7)
        return ok and answer or answer.kind
      end)
      for id, outcome in ipairs(outcomes) do
        local by = (id + round) % 7
        assert.equal(by == 0 and "division_by_zero" or 100 // by, outcome)
      end
    end
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("go on where one was not even parsed", function()
    local db <close> = open(1)
    local texts = {}
    for i = 1, 30 do texts[i] = ("select n + %d from group_spec"):format(i) end
    for _, text in ipairs(texts) do
      db:value(text)
      db:value(text)
    end
    control:exec "alter table group_spec alter column n type int4"

    local answers = mp.map(texts, function(text) return db:value(text) end)

    for i, answer in ipairs(answers) do assert.equal(i + 1, answer) end
    control:exec "alter table group_spec alter column n type int8"
  end)

  it("are undisturbed by one that is left", function()
    local db <close> = open(1)
    for _ = 1, 10 do
      local outcomes = mp.map(range(30), function(id)
        local sleep = id == 5 and 0.1 or 0.0005
        return select(2, pcall(mp.deadline, id == 5 and 0.01 or false, db.value, db,
          "select $1::int8 from pg_sleep($2::float8)", id, sleep))
      end)
      for id, outcome in ipairs(outcomes) do
        if id ~= 5 then assert.equal(id, outcome) end
        if id == 5 then assert.is_true(mp.is_error(outcome, "timeout")) end
      end
    end
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("are all told when their connection is lost", function()
    local db <close> = open(1)
    local tasks = {}
    for id = 1, 20 do
      tasks[id] = mp.spawn(pcall, db.value, db, "select $1::int8 from pg_sleep($2::float8)", id, 1)
    end
    mp.sleep(0.05)

    control:value("select pg_terminate_backend(pid) from pg_stat_activity where "
      .. "application_name = $1", NAME)

    for _, task in ipairs(tasks) do
      local ok, err = task:await()
      assert.is_false(ok)
      assert.equal("connection_lost", err.kind)
    end
  end)

  it("are the only thing that it runs", function()
    local db <close> = open(1)

    local ok, err = pcall(db.exec, db, "insert into group_spec values (2)")
    local sneaky, refusal = pcall(db.value, db,
      "select nextval(pg_get_serial_sequence('group_spec', 'n'))")

    assert.is_false(ok)
    assert.equal("bad_argument", err.kind)
    assert.is_false(sneaky and refusal ~= nil)
    assert.equal("on", db:value "show default_transaction_read_only")
  end)
end)
