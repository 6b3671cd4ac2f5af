-- group_stop_spec.lua - groups with a scope that are stopped: what is left open behind them.
local eventually = require "spec.support.eventually"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local scope_world = require "spec.support.scope_world"

local insert, ask = scope_world.insert, scope_world.ask

describe("a group with a scope", function()
  local world = scope_world.new()
  local run, fail, ids, own_ids, begin_with =
    world.run, world.fail, world.ids, world.own_ids, world.begin_with
  local db, control, conn
  setup(function() db, control = world:open() end)
  teardown(function() world:close() end)
  before_each(function() conn = world:connect() end)
  after_each(function() conn:close() end)

  describe("that is stopped", function()
    local function until_asleep()
      eventually(function()
        return control:value
          "select count(*) = 1 from pg_stat_activity where wait_event = 'PgSleep'"
      end)
    end

    local SLEEP = ask "select pg_sleep(30)::text"

    local function stop(scope)
      local task = mp.spawn(conn.run_group, conn, { insert(1), SLEEP, insert(2) }, scope)
      until_asleep()
      task:cancel()
      local _, err = task:join()
      assert.equal("cancelled", err.kind)
    end

    local function expire(scope)
      local err = refusal.check({ kind = "timeout" }, mp.deadline, 0.05, conn.run_group, conn,
        { insert(1), SLEEP, insert(2) }, scope)
      assert.truthy(err)
    end

    for name, act in pairs { ["by a deadline"] = expire, ["by its task's end"] = stop } do
      it(name .. ", has begun no transaction", function()
        act { begin = true }
        assert.equal(0, conn:depth())
        assert.same({}, own_ids())
        act { begin = true, finish = true }
        assert.equal(0, conn:depth())
        assert.same({}, own_ids())
      end)

      for _, finish in ipairs { false, "release", "commit" } do
        it(("%s, in its savepoint leaves the transaction as it was (finish = %s)"):format(name,
          tostring(finish)), function()
          begin_with(insert(10))
          act { begin = "savepoint", finish = finish }
          assert.equal(1, conn:depth())
          assert.same({ 10 }, own_ids())
          run({ finish = true }, insert(11))
          assert.same({ 10, 11 }, ids())
        end)
      end

      it(name .. ", fails the transaction that it was to commit", function()
        begin_with(insert(10))
        act { finish = true }
        assert.equal(1, conn:depth())
        fail("in_failed_sql_transaction", nil, insert(11))
        conn:session_rollback()
        assert.same({}, own_ids())
      end)
    end

    it("before it was sent leaves the depth as it was", function()
      begin_with(insert(10))
      local first = mp.spawn(conn.value, conn, "select pg_sleep(0.3)::text")
      until_asleep()
      refusal.check({ kind = "timeout" }, mp.deadline, 0.02, conn.run_group, conn, { insert(1) },
        { begin = "savepoint" })
      assert.equal(1, conn:depth())
      first:await()

      assert.equal(1, conn:depth())
      assert.same({ 10 }, own_ids())
    end)

    it("while its connection is closed leaves nothing behind", function()
      for _, scope in ipairs { { begin = true }, { begin = "savepoint" },
        { begin = "savepoint", finish = true }, { begin = "savepoint", finish = "commit" },
        { finish = true } } do
        local other = db:connect()
        if scope.begin ~= true then other:run_group({ insert(10) }, { begin = true }) end
        local task = mp.spawn(pcall, other.run_group, other, { insert(1), SLEEP }, scope)
        until_asleep()
        other:close()
        assert.is_false((task:await()))
        eventually(function() return db:pool():stats().in_use == 1 end)
        assert.same({}, ids())
      end
    end)
  end)
end)
