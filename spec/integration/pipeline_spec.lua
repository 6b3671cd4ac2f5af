-- pipeline_spec.lua - statements recorded first, sent in one round trip, all or nothing.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

describe("a pipeline", function()
  local db, control
  setup(function()
    db = mp.engine(nil, { pool = { max = 2 } })
    control = mp.engine(nil, { pool = { max = 1 } })
    control:exec "drop table if exists pipeline_spec"
    control:exec "create table pipeline_spec (id int primary key, note text)"
  end)
  teardown(function()
    control:exec "drop table pipeline_spec"
    db:close()
    control:close()
  end)
  before_each(function() control:exec "truncate pipeline_spec" end)

  local function count()
    return control:value "select count(*) from pipeline_spec"
  end

  local function insert(p, id, note)
    p:exec("insert into pipeline_spec values ($1, $2)", id, note)
  end

  it("answers as the target's own methods would", function()
    local results = db:pipeline(function(p)
      insert(p, 1, "one")
      p:query "select id, note from pipeline_spec"
      p:one("select * from pipeline_spec where id = :id", { id = 2 })
      p:get("select * from pipeline_spec where id = :id", { id = 1 })
      p:value "select count(*) from pipeline_spec"
      p:many("insert into pipeline_spec values ($1, $2) returning id", { { 2, "b" }, { 3 } })
      p:column "select id from pipeline_spec order by id"
      p:tuples "select note, note from pipeline_spec where id = 1"
      p:many("delete from pipeline_spec where id = $1", {})
    end)

    assert.equal(9, results.n)
    assert.equal(1, results[1])
    assert.same({ { id = 1, note = "one" } }, results[2])
    assert.equal("SELECT 1", results[2].command)
    assert.is_nil(results[3])
    assert.equal("one", results[4].note)
    assert.equal(1, results[5])
    assert.same({ { { id = 2 } }, { { id = 3 } } }, results[6])
    assert.same({ 1, 2, 3 }, results[7])
    assert.same({ { "one", "one", n = 2 } }, results[8])
    assert.same({}, results[9])
    assert.equal(3, count())
  end)

  it("records only: its methods return nothing and nothing may wait", function()
    local results = db:pipeline(function(p)
      assert.equal(0, select("#", insert(p, 1, "a")))
      refusal.check({ kind = "bad_argument", says = "cannot wait here" }, db.value, db, "select 1")
    end)

    assert.equal(1, results[1])
    assert.equal(1, count())
  end)

  it("sends nothing when the function raises, or records nothing", function()
    local before = db:pool():stats().acquired
    assert.has_error(function()
      db:pipeline(function(p)
        insert(p, 1, "a")
        error("stop", 0)
      end)
    end, "stop")

    assert.same({ n = 0 }, db:pipeline(function() end))
    assert.equal(before, db:pool():stats().acquired)
    assert.equal(0, count())
  end)

  it("cannot be added to once it was sent", function()
    local kept
    db:pipeline(function(p)
      kept = p
      p:exec "select 1"
    end)

    refusal.check({ kind = "bad_argument", says = "has been sent" }, kept.exec, kept, "select 1")
  end)

  for _, name in ipairs { "an engine", "a connection" } do
    it(("is undone as a whole by one failure on %s, which says where"):format(name), function()
      local conn <close> = db:connect()
      local target = name == "an engine" and db or conn
      local err = refusal.check({ kind = "unique_violation", says = "statement 3 of the pipeline" },
        target.pipeline, target, function(p)
          insert(p, 1, "a")
          insert(p, 2, "b")
          insert(p, 1, "c")
          insert(p, 3, "d")
        end)

      assert.equal(3, err.index)
      assert.equal("insert into pipeline_spec values ($1, $2)", err.query)
      assert.equal(0, count())
      assert.equal(7, target:value "select 7")
      assert.equal(0, conn:depth())
    end)
  end

  it("that fails on a connection does not fail what was asked for behind it", function()
    local conn <close> = db:connect()
    local answers = {}
    local group = mp.spawn(pcall, conn.pipeline, conn, function(p) p:value "select 1/0" end)
    local behind = mp.spawn(function() answers[1] = conn:value "select 5" end)
    group:await()
    behind:await()

    assert.equal(5, answers[1])
  end)

  it("fails at its COMMIT by a deferred constraint", function()
    control:exec [[create table pipeline_deferred (
      id int references pipeline_spec deferrable initially deferred)]]
    local ok, err = pcall(db.pipeline, db, function(p)
      p:exec "insert into pipeline_deferred values (77)"
    end)
    control:exec "drop table pipeline_deferred"

    assert.is_false(ok)
    assert.equal("foreign_key_violation", err.kind)
    assert.is_nil(err.index)
  end)

  it("inside a transaction is a part of it", function()
    db:transaction(function(tx)
      insert(tx, 1, "a")
      local results = tx:pipeline(function(p)
        insert(p, 2, "b")
        p:value "select count(*) from pipeline_spec"
      end)
      assert.equal(2, results[2])
      assert.equal(0, count())
    end)

    assert.equal(2, count())
  end)

  it("inside a transaction fails it, unless a savepoint is around", function()
    db:transaction(function(tx)
      insert(tx, 1, "a")
      local ok, err = pcall(tx.transaction, tx, function(sp)
        sp:pipeline(function(p)
          insert(p, 2, "b")
          insert(p, 1, "c")
        end)
      end)
      assert.is_false(ok)
      assert.equal(2, err.index)
      assert.is_true(err.in_transaction)
    end)
    local err = refusal.check({ kind = "unique_violation" }, db.transaction, db, function(tx)
      insert(tx, 5, "a")
      tx:pipeline(function(p) insert(p, 1, "again") end)
    end)

    assert.equal(1, err.index)
    assert.equal(1, count())
  end)

  it("names the entry whose parameters or text it refuses, and sends nothing", function()
    local cases = {
      { kind = "encode", at = 2, fill = function(p)
        insert(p, 1, "a")
        p:exec("insert into pipeline_spec values ($1, $2)", true, "b")
      end },
      { kind = "bad_argument", at = 1, fill = function(p) p:exec "begin" end },
      { kind = "bad_argument", at = 1, fill = function(p) p:exec(4711) end },
      { kind = "bad_argument", at = 2, fill = function(p)
        insert(p, 1, "a")
        p:exec("select $1::int")
      end },
      { kind = "bad_argument", at = 1, fill = function(p) p:many("select $1::int", 5) end },
      { kind = "undefined_table", fill = function(p)
        insert(p, 1, "a")
        p:query "select * from pipeline_nowhere"
      end },
    }
    for _, case in ipairs(cases) do
      local ok, err = pcall(db.pipeline, db, case.fill)
      assert.is_false(ok)
      assert.equal(case.kind, err.kind, tostring(err))
      assert.equal(case.at, err.index)
    end
    assert.equal(0, count())
  end)

  it("that was executed says so when an answer has not the expected shape", function()
    local err = refusal.check({ kind = "not_found", says = { "statement 2", "were executed" } },
      db.pipeline, db, function(p)
        insert(p, 1, "a")
        p:get "select 1 where false"
      end)

    assert.equal(2, err.index)
    assert.equal(1, count())
  end)

  it("describes its new texts in one round trip and runs in one more", function()
    local one <close> = mp.engine(nil, { pool = { max = 1 } })
    one:value "select 1"
    local before = one:pool():stats().acquired
    one:pipeline(function(p)
      for i = 1, 40 do p:value(("select %d as pipeline_new_text"):format(i)) end
    end)
    local first = one:pool():stats().acquired - before
    one:pipeline(function(p)
      for i = 1, 40 do p:value(("select %d as pipeline_new_text"):format(i)) end
    end)

    assert.equal(2, first)
    assert.equal(3, one:pool():stats().acquired - before)
  end)

  it("shares the description of a text with whoever asks at the same time", function()
    local text = "select $1::int + 1 as pipeline_shared"
    local answers = {}
    mp.all(
      function() answers[1] = db:pipeline(function(p) p:value(text, 1) end)[1] end,
      function() answers[2] = db:value(text, 2) end,
      function() answers[3] = db:pipeline(function(p) p:value(text, 3) end)[1] end,
      function() answers[4] = db:value(text, 4) end)

    assert.same({ 2, 3, 4, 5 }, answers)
  end)

  it("goes on when the plan of one of its texts is stale", function()
    control:exec "create table pipeline_stale (a int)"
    control:exec "insert into pipeline_stale values (1)"
    local one <close> = mp.engine(nil, { pool = { max = 1 } })
    local function read(target)
      return target:pipeline(function(p)
        p:value "select 1"
        p:query "select * from pipeline_stale"
      end)[2]
    end
    read(one)
    local conn <close> = control:connect()
    read(conn)
    conn:exec "alter table pipeline_stale add column b int default 5"

    assert.same({ { a = 1, b = 5 } }, read(one))
    assert.same({ { a = 1, b = 5 } }, read(conn))
    conn:exec "drop table pipeline_stale"
  end)

  it("works without prepared names", function()
    local unnamed <close> = mp.engine(nil, { prepare = "unnamed" })
    local results = unnamed:pipeline(function(p)
      for i = 1, 20 do
        insert(p, i, "x")
        insert(p, 100 + i, "x")
        p:value "select count(*) from pipeline_spec"
      end
    end)

    assert.equal(40, results[60])
  end)

  it("is stopped on the server by a deadline, and undone", function()
    local conn <close> = db:connect()
    for _, target in ipairs { db, conn } do
      local ok, err = pcall(mp.deadline, 0.1, target.pipeline, target, function(p)
        insert(p, 1, "a")
        p:exec "select pg_sleep(30)"
      end)
      assert.is_false(ok)
      assert.equal("timeout", err.kind)
      assert.equal(2, err.index)
      assert.equal(0, count())
      assert.equal(3, target:value "select 3")
    end
  end)
end)

describe("many", function()
  local db
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 } })
    db:exec "drop table if exists many_spec"
    db:exec "create table many_spec (id int primary key, note text)"
  end)
  teardown(function()
    db:exec "drop table many_spec"
    db:close()
  end)
  before_each(function() db:exec "truncate many_spec" end)

  it("answers each set of parameters at its place, named ones too", function()
    local sets = {}
    for i = 1, 50 do sets[i] = { id = i, note = i % 2 == 0 and "even" or nil } end
    for i = 1, 50 do sets[i].note = sets[i].note or mp.null end

    local out = db:many("insert into many_spec values (:id, :note) returning id, note", sets)

    assert.equal(50, #out)
    for i = 1, 50 do
      assert.same({ { id = i, note = i % 2 == 0 and "even" or nil } }, out[i])
    end
  end)

  it("keeps nothing when one set fails", function()
    local ok, err = pcall(db.many, db, "insert into many_spec values ($1)", { { 1 }, { 2 }, { 1 } })

    assert.is_false(ok)
    assert.equal("unique_violation", err.kind)
    assert.equal(0, db:value "select count(*) from many_spec")
  end)
end)
