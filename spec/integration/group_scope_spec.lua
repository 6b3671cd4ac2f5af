-- group_scope_spec.lua - groups that begin or finish transactions and savepoints on their way.
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local refusal = require "spec.support.refusal"
local scope_world = require "spec.support.scope_world"

local INSERT, insert, ask = scope_world.INSERT, scope_world.insert, scope_world.ask

describe("a group with a scope", function()
  local world = scope_world.new()
  local run, ids, own_ids, begin_with = world.run, world.ids, world.own_ids, world.begin_with
  local db, control, conn
  setup(function() db, control = world:open() end)
  teardown(function() world:close() end)
  before_each(function() conn = world:connect() end)
  after_each(function() conn:close() end)

  describe("that succeeds", function()
    it("is a whole transaction, with its options", function()
      local answers = run({ begin = true, finish = true, isolation = "serializable",
        deferrable = true }, insert(1), ask "show transaction_isolation",
        ask "show transaction_deferrable")

      assert.same({ 1, "serializable", "on", n = 3 }, answers)
      assert.equal(0, conn:depth())
      assert.same({ 1 }, ids())
    end)

    it("is one on an engine, too", function()
      local answers = db:run_group({ insert(1), ask "show transaction_isolation" },
        { begin = true, finish = "commit", isolation = "repeatable read" })

      assert.equal("repeatable read", answers[2])
      assert.same({ 1 }, ids())
    end)

    it("leaves the transaction open that it began, until another commits it", function()
      run({ begin = true, read_only = false, label = "here" }, insert(1))
      assert.equal(1, conn:depth())
      assert.same({}, ids())
      run(nil, insert(2))
      run({ finish = true }, insert(3))

      assert.equal(0, conn:depth())
      assert.same({ 1, 2, 3 }, ids())
    end)

    it("begins a savepoint, and another one releases it", function()
      begin_with(insert(1))
      run({ begin = "savepoint" }, insert(2))
      assert.equal(2, conn:depth())
      run({ begin = "savepoint" }, insert(3))
      assert.equal(3, conn:depth())
      run({ finish = "release" }, insert(4))
      assert.equal(2, conn:depth())
      conn:session_rollback()

      assert.equal(1, conn:depth())
      assert.same({ 1 }, own_ids())
    end)

    it("begins and releases a savepoint", function()
      begin_with()
      run({ begin = "savepoint", finish = true }, insert(1))
      run({ begin = "savepoint", finish = "release" }, insert(2))

      assert.equal(1, conn:depth())
      conn:session_commit()
      assert.same({ 1, 2 }, ids())
    end)

    it("begins a savepoint and commits the transaction around it", function()
      begin_with(insert(1))
      run({ begin = "savepoint", finish = "commit" }, insert(2))

      assert.equal(0, conn:depth())
      assert.same({ 1, 2 }, ids())
    end)

    it("may have nothing in it", function()
      assert.same({ n = 0 }, conn:run_group({}, { begin = true }))
      assert.equal(1, conn:depth())
      conn:run_group({}, { begin = "savepoint", finish = true })
      conn:run_group({}, { begin = "savepoint" })
      conn:run_group({}, { finish = true })
      assert.equal(1, conn:depth())
      conn:exec(INSERT, 1, "one")
      conn:run_group({}, { finish = true })
      assert.equal(0, conn:depth())
      assert.same({ n = 0 }, conn:run_group({}, { begin = true, finish = true }))

      assert.same({ 1 }, ids())
    end)

    it("has no scope when nothing is asked for", function()
      run({}, insert(1))
      run({ begin = false, finish = false }, insert(2))

      assert.equal(0, conn:depth())
      assert.same({ 1, 2 }, ids())
    end)

    it("is a part of a transaction object's", function()
      db:transaction(function(tx)
        tx:run_group({ insert(1) }, { begin = "savepoint", finish = true })
        local err = refusal.check({ kind = "unique_violation" }, tx.run_group, tx,
          { insert(2), insert(1) }, { begin = "savepoint", finish = true })
        assert.is_true(err.in_transaction)
        tx:exec(INSERT, 3, "three")
      end)

      assert.same({ 1, 3 }, ids())
    end)

    it("describes new texts first, outside of what it begins", function()
      begin_with(ask "select 1 as scope_new_text")
      run({ begin = "savepoint" }, ask "select 2 as scope_new_text")

      assert.equal(2, conn:depth())
    end)
  end)

  describe("takes one round trip", function()
    local function syncs(fn)
      local between <close> = proxy.open("always front S pass", "front P:the_end pass")
      local engine <close> = mp.engine(between.url, { pool = { max = 1 } })
      local leased <close> = engine:connect()
      -- Described, and the node known, which is asked for once and without a trip of its own.
      leased:transaction(function(tx) tx:exec(INSERT, 0, "new") end)
      fn(leased)
      leased:value "select 1 as the_end"
      local count = 0
      while between:wait_for "rule":match "^1 " do count = count + 1 end
      return count
    end

    -- What connecting, describing and the last statement cost.
    local base
    before_each(function()
      base = base or syncs(function() end)
      control:exec "truncate scope_spec, scope_child"
    end)

    for name, scopes in pairs {
      ["to be a transaction"] = { { begin = true, finish = true } },
      ["to begin and another to commit"] = { { begin = true }, { finish = true } },
      ["for each savepoint"] = { { begin = true }, { begin = "savepoint", finish = true },
        { begin = "savepoint", finish = "commit" } },
    } do
      it(name, function()
        local cost = syncs(function(leased)
          for id, scope in ipairs(scopes) do leased:run_group({ insert(id) }, scope) end
        end)
        assert.equal(#scopes, cost - base)
      end)
    end

    it("and one more to undo what failed in a savepoint", function()
      local cost = syncs(function(leased)
        leased:run_group({ insert(1) }, { begin = true })
        pcall(leased.run_group, leased, { insert(1) }, { begin = "savepoint", finish = true })
        leased:run_group({ insert(2) }, { finish = true })
      end)
      assert.equal(4, cost - base)
    end)
  end)

  describe("is refused", function()
    for name, row in pairs {
      ["a transaction in a transaction"] = { depth = 1, scope = { begin = true },
        says = "a transaction is open" },
      ["a savepoint outside of one"] = { depth = 0, scope = { begin = "savepoint" },
        says = "no transaction is open" },
      ["a COMMIT outside of one"] = { depth = 0, scope = { finish = true },
        says = "no transaction is open" },
      ["a COMMIT behind an open savepoint"] = { depth = 2, scope = { finish = "commit" },
        says = "a savepoint is open" },
      ["a RELEASE without a savepoint"] = { depth = 1, scope = { finish = "release" },
        says = "no savepoint is open" },
      ["a RELEASE of a transaction"] = { depth = 0, scope = { begin = true, finish = "release" },
        says = "no savepoint is open" },
      ["a savepoint with options"] = { depth = 1,
        scope = { begin = "savepoint", isolation = "serializable" }, says = "no isolation" },
      ["another begin"] = { depth = 0, scope = { begin = "now" }, says = "begin: now" },
      ["another finish"] = { depth = 0, scope = { finish = 1 }, says = "finish: 1" },
      ["another isolation"] = { depth = 0, scope = { begin = true, isolation = "chaos" },
        says = "isolation: chaos" },
      ["another read_only"] = { depth = 0, scope = { begin = true, read_only = 1 },
        says = "read_only: 1" },
    } do
      it(name, function()
        if row.depth > 0 then begin_with(insert(10)) end
        if row.depth > 1 then run({ begin = "savepoint" }, insert(11)) end
        refusal.check({ kind = "bad_argument", says = row.says }, conn.run_group, conn,
          { insert(1) }, row.scope)

        assert.equal(row.depth, conn:depth())
        assert.equal(row.depth, #own_ids())
      end)
    end

    it("an end of the transaction around it, by its object", function()
      db:transaction(function(tx)
        tx:exec(INSERT, 1, "one")
        for _, scope in ipairs { { finish = true }, { finish = "commit" }, { finish = "release" },
          { begin = "savepoint", finish = "commit" } } do
          local err = refusal.check({ kind = "bad_argument", says = "whoever began it",
            cure = "commit" }, tx.run_group, tx, { insert(2) }, scope)
          assert.truthy(err)
          tx:transaction(function(sp)
            refusal.check({ kind = "bad_argument" }, sp.run_group, sp, { insert(2) }, scope)
          end)
        end
        tx:run_group({ insert(3) }, { begin = "savepoint" })
        tx:run_group({ insert(4) }, { finish = "release" })
        tx:exec(INSERT, 5, "five")
      end)

      assert.same({ 1, 3, 4, 5 }, ids())
    end)

    it("half a transaction on an engine", function()
      for _, scope in ipairs { { begin = true }, { finish = true }, { begin = "savepoint" } } do
        refusal.check({ kind = "bad_argument", says = "on an engine" }, db.run_group, db,
          { insert(1) }, scope)
      end
      assert.same({}, ids())
    end)
  end)

  describe("whose tables change under it", function()
    before_each(function()
      control:script "drop table if exists scope_plan; create table scope_plan (a int)"
      run({ begin = true, finish = true }, ask "select * from scope_plan")
      control:script "alter table scope_plan alter a type text"
    end)
    after_each(function()
      conn:close()
      control:script "drop table scope_plan"
    end)

    for name, scope in pairs {
      ["with a transaction"] = { begin = true },
      ["as a transaction"] = { begin = true, finish = true },
      ["with a savepoint"] = { begin = "savepoint" },
      ["in a savepoint"] = { begin = "savepoint", finish = true },
      ["up to the COMMIT"] = { begin = "savepoint", finish = "commit" },
    } do
      it(("is run again, %s that it begins"):format(name), function()
        local before = scope.begin == "savepoint" and 1 or 0
        if before > 0 then begin_with(insert(10)) end
        run(scope, insert(1), { method = "query", sql = "select * from scope_plan", n = 0 })

        local opened = scope.finish == nil and 1 or 0
        local expected = scope.finish == "commit" and 0 or before + opened
        assert.equal(expected, conn:depth())
        while conn:depth() > 0 do conn:session_commit() end
        assert.equal(1 + before, #ids())
      end)
    end
  end)
end)
