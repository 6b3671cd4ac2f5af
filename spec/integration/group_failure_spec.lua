-- group_failure_spec.lua - groups with a scope that fail: what is left open, and what is undone.
local refusal = require "spec.support.refusal"
local scope_world = require "spec.support.scope_world"

local INSERT, insert, ask = scope_world.INSERT, scope_world.insert, scope_world.ask
local ORPHAN = "insert into scope_child values (4711)"

describe("a group with a scope", function()
  local world = scope_world.new()
  local run, fail, ids, own_ids, begin_with =
    world.run, world.fail, world.ids, world.own_ids, world.begin_with
  local control, conn
  setup(function()
    local _
    _, control = world:open()
  end)
  teardown(function() world:close() end)
  before_each(function() conn = world:connect() end)
  after_each(function() conn:close() end)

  describe("whose statement fails", function()
    before_each(function() control:exec(INSERT, 0, "in the way") end)

    for k = 1, 3 do
      local function broken()
        local entries = { insert(1), insert(2), insert(3) }
        entries[k] = insert(0)
        return table.unpack(entries)
      end

      it(("at %d, has begun no transaction"):format(k), function()
        local err, entries = fail("unique_violation", { begin = true }, broken())

        assert.equal(k, err.index)
        assert.is_nil(entries.is_done)
        assert.equal(0, conn:depth())
        assert.same({ 0 }, own_ids())
        run({ begin = true, finish = true }, insert(4))
        assert.same({ 0, 4 }, ids())
      end)

      it(("at %d, is undone as a whole transaction"):format(k), function()
        local err = fail("unique_violation", { begin = true, finish = true }, broken())

        assert.equal(k, err.index)
        assert.equal(0, conn:depth())
        assert.same({ 0 }, own_ids())
      end)

      for _, finish in ipairs { false, "release", "commit" } do
        it(("at %d, in its savepoint leaves the transaction as it was (finish = %s)"):format(k,
          tostring(finish)), function()
          begin_with(insert(10))
          local err = fail("unique_violation", { begin = "savepoint", finish = finish }, broken())

          assert.equal(k, err.index)
          assert.is_true(err.in_transaction)
          assert.equal(1, conn:depth())
          assert.same({ 0, 10 }, own_ids())
          run({ begin = "savepoint", finish = finish or true }, insert(11))
          if finish ~= "commit" then conn:session_commit() end
          assert.same({ 0, 10, 11 }, ids())
        end)
      end

      it(("at %d, in a deeper savepoint leaves the outer one"):format(k), function()
        begin_with(insert(10))
        run({ begin = "savepoint" }, insert(11))
        fail("unique_violation", { begin = "savepoint" }, broken())

        assert.equal(2, conn:depth())
        run({ finish = true }, insert(12))
        run({ finish = true }, insert(13))
        assert.same({ 0, 10, 11, 12, 13 }, ids())
      end)

      it(("at %d, fails the transaction that it was to commit"):format(k), function()
        begin_with(insert(10))
        local err = fail("unique_violation", { finish = "commit" }, broken())

        assert.equal(k, err.index)
        assert.equal(1, conn:depth())
        local cause = fail("in_failed_sql_transaction", nil, ask "select 1")
        assert.is_true(cause.in_transaction)
        local lost = refusal.check({ kind = "tx_rolled_back" }, conn.session_commit, conn)
        assert.matches("scope_spec_pkey", lost.detail)
        assert.equal(0, conn:depth())
        assert.same({ 0 }, own_ids())
      end)

      it(("at %d, fails the savepoint that it was to release"):format(k), function()
        begin_with(insert(10))
        run({ begin = "savepoint" }, insert(11))
        fail("unique_violation", { finish = "release" }, broken())

        assert.equal(2, conn:depth())
        conn:session_rollback()
        assert.same({ 0, 10 }, own_ids())
      end)
    end

    it("to be encoded, sends nothing", function()
      begin_with(insert(1))
      fail("encode", { begin = "savepoint" }, insert(2), insert {})

      assert.equal(1, conn:depth())
      assert.same({ 0, 1 }, own_ids())
    end)

    it("to be described, has not begun, and fails the transaction", function()
      begin_with(insert(1))
      fail("undefined_table", { begin = "savepoint" }, ask "select 1 from scope_nowhere")

      assert.equal(1, conn:depth())
      fail("in_failed_sql_transaction", nil, ask "select 1")
      conn:session_rollback()
      assert.same({ 0 }, own_ids())
    end)
  end)

  describe("in a transaction that has failed already", function()
    before_each(function()
      begin_with(insert(1))
      run({ begin = "savepoint" }, insert(2))
      assert.is_false(pcall(conn.exec, conn, INSERT, 1, "again"))
    end)

    for _, scope in ipairs { { begin = "savepoint" }, { begin = "savepoint", finish = true },
      { finish = true } } do
      it(("changes nothing (%s, %s)"):format(scope.begin, scope.finish), function()
        fail("in_failed_sql_transaction", scope, insert(3))

        assert.equal(2, conn:depth())
        conn:session_rollback()
        run({ finish = true }, insert(4))
        assert.same({ 1, 4 }, ids())
      end)
    end

    it("is rolled back by a COMMIT of nothing, which says why", function()
      conn:session_rollback()
      assert.is_false(pcall(conn.exec, conn, INSERT, 1, "again"))
      local err = fail("tx_rolled_back", { finish = true })

      assert.matches("scope_spec_pkey", err.detail)
      assert.equal(0, conn:depth())
      assert.same({}, own_ids())
    end)
  end)

  describe("whose COMMIT fails by a deferred constraint", function()
    local function check(scope)
      local err, entries = fail("foreign_key_violation", scope, insert(1), ask(ORPHAN), insert(2))

      assert.is_nil(err.index)
      assert.is_nil(entries.at)
      assert.equal(0, conn:depth())
      assert.same({}, own_ids())
      run({ begin = true, finish = true }, insert(3))
      assert.same({ 3 }, ids())
    end

    it("has been no transaction", function() check { begin = true, finish = true } end)

    it("leaves no transaction of those before it", function()
      begin_with(insert(10))
      check { finish = true }
    end)

    it("leaves none either where it has a savepoint", function()
      begin_with(insert(10))
      check { begin = "savepoint", finish = "commit" }
    end)
  end)
end)
