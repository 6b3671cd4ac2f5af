-- replica_spec.lua - reads go to replicas, and are never older than what their task has written.
local cluster = require "spec.support.cluster"
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local ROUNDS = full(200, 10000)

local FROM_STANDBY = "select pg_is_in_recovery()"

describe("an engine with a replica", function()
  local primary, standby, db, control

  setup(function()
    primary = cluster.open()
    standby = primary:standby()
    control = mp.engine(standby.url, { pool = { max = 1 } })
  end)
  teardown(function()
    control:close()
    local _ <close> = primary
    local _ <close> = standby
  end)
  before_each(function()
    db = mp.engine(primary.url, { pool = { max = 4 }, replicas = { standby.url } })
    db:script "drop table if exists replica_spec; create table replica_spec (id int, n int)"
    db:exec "insert into replica_spec values (1, 0)"
  end)
  after_each(function() db:close() end)

  local function catch_up()
    local position = db:value "select pg_current_wal_insert_lsn()::text"
    mp.deadline(20, function()
      while not control:value("select pg_last_wal_replay_lsn() >= $1::text::pg_lsn", position) do
        mp.sleep(0.005)
      end
    end)
  end

  it("reads from it", function()
    catch_up()

    assert.is_true(mp.spawn(function() return db:read():value(FROM_STANDBY) end):await())
    assert.is_false(db:value(FROM_STANDBY))
  end)

  it("reads what the same task has written, however far the replica lags", function()
    local stale, from_standby = 0, 0
    for round = 1, ROUNDS do
      if round % 50 == 10 then control:value "select pg_wal_replay_pause()::text" end
      if round % 50 == 20 then control:value "select pg_wal_replay_resume()::text" end
      db:exec("update replica_spec set n = $1 where id = 1", round)
      local seen = db:read():one [[select n, pg_is_in_recovery() as standby from replica_spec]]
      if seen.n ~= round then stale = stale + 1 end
      if seen.standby then from_standby = from_standby + 1 end
    end
    control:value "select pg_wal_replay_resume()::text"

    print(("replica: %d rounds, %d read from the replica, %d stale"):format(ROUNDS, from_standby,
      stale))
    assert.equal(0, stale)
  end)

  it("reads what was written by the task that started or was awaited by this one", function()
    control:value "select pg_wal_replay_pause()::text"
    db:exec "update replica_spec set n = 42 where id = 1"
    local function read()
      return db:read():value "select n from replica_spec where id = 1"
    end
    local child = mp.spawn(read):await()
    mp.spawn(function() db:exec "update replica_spec set n = 43 where id = 1" end):await()

    local own = read()

    control:value "select pg_wal_replay_resume()::text"
    assert.equal(42, child)
    assert.equal(43, own)
  end)

  it("reads what a transaction has committed", function()
    control:value "select pg_wal_replay_pause()::text"
    db:transaction(function(tx)
      tx:exec "update replica_spec set n = 44 where id = 1"
    end)

    local seen = db:read():transaction(function(tx)
      return tx:value "select n from replica_spec where id = 1"
    end)

    control:value "select pg_wal_replay_resume()::text"
    assert.equal(44, seen)
  end)

  for name, write in pairs {
    ["a pipeline"] = function(n)
      db:pipeline(function(p) p:exec("insert into replica_spec values (2, $1)", n) end)
    end,
    ["a pipeline of a transaction"] = function(n)
      db:transaction(function(tx)
        tx:pipeline(function(p) p:exec("insert into replica_spec values (2, $1)", n) end)
      end)
    end,
    copy_in = function(n) db:copy_in("replica_spec", { "id", "n" }, { { 2, n } }) end,
    ["copy_in of ready bytes"] = function(n)
      local lines = { ("2\t%d\n"):format(n) }
      db:copy_in("replica_spec", { "id", "n" }, nil, { format = "text",
        source = function() return table.remove(lines) end })
    end,
    ["a stream"] = function(n)
      local rows = 0
      for _ in db:stream("insert into replica_spec values (2, $1) returning id", n) do
        rows = rows + 1
      end
      assert.equal(1, rows)
    end,
    ["copy_out of a statement that writes"] = function(n)
      local sql = ("insert into replica_spec values (2, %d) returning id"):format(n)
      for _ in db:copy_out(sql) do end
    end,
    many = function(n) db:many("insert into replica_spec values (2, $1)", { { n } }) end,
    script = function(n) db:script(("insert into replica_spec values (2, %d)"):format(n)) end,
    ["a cursor for update"] = function(n)
      db:transaction(function(tx)
        local rows <close> = tx:cursor "select * from replica_spec where id = 1 for update"
        rows:fetch(1)
        tx:exec("insert into replica_spec values (2, $1)", n)
      end)
    end,
  } do
    it("reads what was written by " .. name, function()
      catch_up()
      control:value "select pg_wal_replay_pause()::text"

      local ok, seen = pcall(function()
        return mp.spawn(function()
          write(4711)
          return db:read():value "select n from replica_spec where id = 2"
        end):await()
      end)

      control:value "select pg_wal_replay_resume()::text"
      assert.is_true(ok, tostring(seen))
      assert.equal(4711, seen)
    end)
  end

  it("reads without asking anybody once the replica has caught up", function()
    catch_up()
    db:read():value "select 1"
    local before = db:pool():stats().acquired

    for _ = 1, 10 do assert.is_true(db:read():value(FROM_STANDBY)) end

    assert.equal(before, db:pool():stats().acquired)
  end)

  it("refuses writes before they are sent, by any of its names", function()
    local view = db:read()
    for _, sql in ipairs { "delete from replica_spec", "select * from replica_spec for update",
      "with gone as (delete from replica_spec returning *) select * from gone" } do
      refusal.check({ kind = "bad_argument", says = "only reads", cure = "db:exec" }, view.query,
        view, sql)
    end
    local tx <close> = view:begin()
    local ok, err = pcall(tx.exec, tx, "delete from replica_spec")
    assert.is_false(ok)
    assert.equal("25006", err.sqlstate)
  end)

  it("reads from the primary while the replica is away, and from the replica again", function()
    catch_up()
    standby:stop()
    local away = mp.spawn(function() return db:read():value(FROM_STANDBY) end):await()
    standby:start()
    local start = driver.system.hrtime()
    local back = false
    while not back and driver.system.hrtime() - start < 20 do
      mp.sleep(0.02)
      back = mp.spawn(function() return db:read():value(FROM_STANDBY) end):await()
    end

    assert.is_false(away)
    assert.is_true(back)
    control = mp.engine(standby.url, { pool = { max = 1 } })
  end)

  it("has no connection left once it is closed", function()
    catch_up()
    db:read():value(FROM_STANDBY)
    db:close()
    mp.deadline(5, function()
      while control:value [[select count(*) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()]] > 0 do
        mp.sleep(0.005)
      end
    end)
  end)
end)

describe("an engine without replicas", function()
  it("reads from its primary, read only", function()
    local db <close> = mp.engine()
    local view = db:read()

    assert.equal("on", view:value "show default_transaction_read_only")
    refusal.check({ kind = "bad_argument", says = "only reads" }, view.exec, view,
      "create table never (id int)")
    assert.is_truthy(tostring(view):find("read only engine(", 1, true))
  end)
end)
