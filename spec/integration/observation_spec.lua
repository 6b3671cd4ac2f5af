-- observation_spec.lua - what an engine tells of its statements: events, the log, counters.
local engine_options = require "moonpool.engine_options"
local mp = require "moonpool"
local observation = require "moonpool.observation"

local function observed(given)
  local lines, read = {}, engine_options.read { log = given }
  local db = mp.engine(nil, { pool = { max = 2 } })
  observation.install(db, read.log, function(line) lines[#lines + 1] = line end)
  return db, lines
end

local function watch(db)
  local events = {}
  observation.add(db, function(event) events[#events + 1] = event end)
  return events
end

describe("an engine's statements", function()
  it("are told with their times, their rows and the place of their call", function()
    local db <close> = mp.engine()
    local events = watch(db)

    db:query "select pg_sleep(0.02) from generate_series(1, 3)"

    local event = events[1]
    assert.equal(1, #events)
    assert.equal(3, event.rows)
    assert.is_true(event.server >= 0.06)
    assert.is_true(math.abs(event.queue + event.network + event.server + event.decode
      - event.seconds) < 1e-9)
    assert.matches("observation_spec.lua:%d+$", event.where)
    assert.is_nil(event.params)
  end)

  it("are told on pinned connections and in transactions", function()
    local db <close> = mp.engine()
    local events = watch(db)

    db:transaction(function(tx) tx:exec "select 1" end)
    do
      local conn <close> = db:connect()
      conn:script "select 1; select 2"
    end

    assert.equal("select 1", events[1].sql)
    assert.equal("select 1; select 2", events[2].sql)
  end)

  it("are told with the error they ended in, which is raised all the same", function()
    local db <close> = mp.engine()
    local events = watch(db)

    local _, err = mp.try(db.query, db, "select 1 / 0")
    local _, missing = mp.try(db.get, db, "select 1 where false")
    local _, unknown = mp.try(db.query, db, "select nothing")

    assert.equal("division_by_zero", err.kind)
    assert.equal(err, events[1].error)
    assert.equal(missing, events[2].error)
    assert.equal(unknown, events[3].error)
  end)

  it("are told no longer once the handler is removed", function()
    local db <close> = mp.engine()
    local count = 0
    local function handler() count = count + 1 end
    observation.add(db, handler)
    db:exec "select 1"

    observation.remove(db, handler)
    db:exec "select 1"

    assert.equal(1, count)
  end)

  for name, case in pairs {
    pipeline = { sql = "^select 1;\nselect 2 from", rows = 4, run = function(db)
      db:pipeline(function(p)
        p:value "select 1"
        p:query "select 2 from generate_series(1, 3)"
      end)
    end },
    stream = { sql = "^select n from", rows = 100, run = function(db)
      for _ in db:stream "select n from generate_series(1, 100) n" do end
    end },
    ["stream that is left"] = { sql = "^select n from", rows = 5, run = function(db)
      for row in db:stream "select n from generate_series(1, 100000) n" do
        if row.n == 5 then break end
      end
    end },
    ["copy_in"] = { sql = "^copy .*observed", rows = 2, run = function(db)
      db:copy_in("observed", { "n" }, { { 1 }, { 2 } })
    end },
    ["copy_out"] = { sql = "^copy .*generate_series", rows = 5, run = function(db)
      for _ in db:copy_out "select n from generate_series(1, 5) n" do end
    end },
    cursor = { sql = "^fetch forward", rows = 5, run = function(db)
      local cursor <close> = db:cursor("select n from generate_series(1, 5) n", {}, { batch = 10 })
      for _ in cursor:each() do end
    end },
    ["view that only reads"] = { sql = "^select 7$", rows = 1, run = function(db)
      db:read():value "select 7"
    end },
  } do
    it(("are told of a %s"):format(name), function()
      local db <close> = mp.engine()
      db:script "create table if not exists observed (n int)"
      local events, found = watch(db), nil

      case.run(db)

      for _, event in ipairs(events) do
        if event.sql:lower():find(case.sql) then found = event end
      end
      assert.is_not_nil(found)
      assert.equal(case.rows, found.rows)
      assert.is_nil(found.error)
      assert.is_true(found.seconds >= 0)
      assert.matches("observation_spec.lua:%d+$", found.where)
    end)
  end

  it("are told with the error of a pipeline, a stream and a COPY", function()
    local db <close> = mp.engine()
    local events = watch(db)

    local _, first = mp.try(db.pipeline, db, function(p) p:value "select 1 / 0" end)
    local _, second = mp.try(function() for _ in db:stream "select 1 / 0" do end end)
    local _, third = mp.try(function() for _ in db:copy_out "select 1 / 0" do end end)

    assert.equal(first, events[1].error)
    assert.equal(second, events[2].error)
    assert.equal(third, events[#events].error)
  end)

  it("are told with the label of who asks", function()
    local db <close> = mp.engine()
    local events = watch(db)
    local feed = db:with { label = "feed" }

    feed:value "select 1"
    for _ in feed:stream "select 2" do end
    feed:pipeline(function(p) p:value "select 3" end)
    db:value "select 4"

    for i = 1, 3 do assert.equal("feed", events[i].label) end
    assert.is_nil(events[4].label)
  end)

  it("go on when a handler fails, which is logged", function()
    local db <close>, lines = observed { level = "info" }
    observation.add(db, function() error "broken" end)

    assert.equal(1, db:value "select 1")
    assert.matches('a handler of "query" failed: .*broken', lines[1])
  end)

  it("are logged when they are slow, without their parameters", function()
    local db <close>, lines = observed { slow = 1 }

    db:value("select $1::text", "fast")
    db:value("select $1::text || pg_sleep(1)::text", "secret")

    assert.equal(1, #lines)
    assert.matches("^moonpool: warn: slow statement: 1%.%d+ s %(queue ", lines[1])
    assert.matches("observation_spec.lua:%d+", lines[1])
    assert.is_nil(lines[1]:find("secret", 1, true))
  end)

  it("are logged with their parameters where that is asked for", function()
    local db <close>, lines = observed { level = "debug", params = true }

    db:value("select $1::text", "shown")

    assert.matches('statement: .*%$1 = "shown"', lines[1])
  end)

  it("are told with the parameters of a stream, to its end or not", function()
    local db <close>, lines = observed { level = "debug", params = true }
    local events = watch(db)

    for _ in db:stream("select $1::text, $2::int from generate_series(1, 9)", "shown", nil) do end
    for row in db:stream("select :word from generate_series(1, 9)", { word = "left" }) do
      if row then break end
    end
    local conn <close> = db:connect()
    for _ in conn:stream("select $1::text", "pinned") do end

    assert.same({ "shown", nil, n = 2 }, events[1].params)
    assert.same({ { word = "left" }, n = 1 }, events[2].params)
    assert.same({ "pinned", n = 1 }, events[3].params)
    assert.matches('%$1 = "shown", %$2 = nil$', lines[1])
  end)

  it("are told with the parameters of a pipeline, one statement's after the other's", function()
    local db <close>, lines = observed { level = "debug", params = true }
    local events = watch(db)

    db:pipeline(function(p)
      p:value("select $1::text", "first")
      p:value "select 2"
      p:exec("select $1::int, $2::int", 3, nil)
    end)

    assert.same({ "first", 3, nil, n = 3 }, events[1].params)
    assert.matches('%$1 = "first", %$2 = 3, %$3 = nil$', lines[1])
  end)

  it("are told of a COPY with no parameters, for it has none", function()
    local db <close> = observed { level = "off", params = true }
    local events = watch(db)

    for _ in db:copy_out "select 'row'" do end

    assert.same({ n = 0 }, events[#events].params)
  end)

  it("are told without parameters of streams and pipelines where nobody asked", function()
    local db <close>, lines = observed { level = "debug" }
    local events = watch(db)

    for _ in db:stream("select $1::text", "secret") do end
    db:pipeline(function(p) p:value("select $1::text", "secret") end)

    for at = 1, 2 do
      assert.is_nil(events[at].params)
      assert.is_nil(lines[at]:find("secret", 1, true))
    end
  end)

  it("are counted, by what they have in common", function()
    local db <close> = mp.engine()

    for at = 1, 3 do db:query(("select %d from generate_series(1, 2)"):format(at)) end
    mp.try(db.query, db, "select 4 / 0 from generate_series(1, 2)")
    db:connect():close()
    local top = db:top { by = "calls" }

    assert.equal("select ? from generate_series(?)", top[1].sql)
    assert.equal(3, top[1].calls)
    assert.equal(6, top[1].rows)
    assert.equal(1, top[2].errors)
    assert.equal(4, db:metrics().statements.reads)
    assert.equal(1, db:metrics().statements.errors)
    assert.is_true(top[1].run >= top[1].longest)
  end)

  it("are counted in pipelines, streams, COPY and cursors", function()
    local db <close> = mp.engine()
    db:script "create table if not exists observed (n int)"
    local function count(text)
      for _, item in ipairs(db:top { limit = 1000 }) do
        if item.sql:lower():find(text, 1, true) then return item end
      end
    end

    db:pipeline(function(p)
      p:exec("insert into observed values ($1)", 1)
      p:exec("insert into observed values ($1)", 2)
    end)
    for _ in db:stream "select n from generate_series(1, 100) n" do end
    db:copy_in("observed", { "n" }, { { 1 }, { 2 }, { 3 } })
    local reading <close> = db:cursor("select 1 from generate_series(1, 7)", {}, { batch = 3 })
    for _ in reading:each() do end

    local inserted, streamed = count "insert into observed", count "select n from generate_series"
    local copied, fetched = count "copy ", count "fetch forward"
    assert.equal(2, inserted.calls)
    assert.equal(2, inserted.rows)
    assert.equal(100, streamed.rows)
    assert.equal(3, copied.rows)
    assert.equal(7, fetched.rows)
    assert.equal(3, fetched.calls)
  end)

  it("are counted when their text has left the cache", function()
    local db <close> = mp.engine()

    for at = 1, 600 do db:value(("select %d as \"column %d\""):format(at, at)) end

    local calls = 0
    for _, item in ipairs(db:top { limit = 10000 }) do calls = calls + item.calls end
    assert.equal(600, calls)
    assert.equal(600, db:metrics().statements.reads)
  end)

  it("are in the metrics as text", function()
    local db <close> = mp.engine()
    db:value "select 1"

    local text = db:metrics "prometheus"

    assert.matches('moonpool_statements_total{database="[^"]+",class="read"} 1\n', text)
    assert.matches('moonpool_statement_run_seconds_count{database="[^"]+"} 1\n', text)
    assert.is_nil(text:find("password", 1, true))
  end)
end)
