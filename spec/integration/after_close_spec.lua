-- after_close_spec.lua - engines, connections and transactions that are used after their end.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local HERE = "after_close_spec.lua:%d+"

local COMMITTED = { kind = "bad_argument", says = "already committed at" }
local ROLLED_BACK = { kind = "bad_argument", says = "already rolled back at" }

local function nothing() end

-- arguments that would be right
local METHODS = {
  query = { "select 1" }, one = { "select 1" }, get = { "select 1" }, value = { "select 1" },
  column = { "select 1" }, tuples = { "select 1" }, exec = { "select 1" },
  many = { "select $1::int", { { 1 } } }, script = { "select 1" }, begin = {},
  transaction = { nothing },
}

local function call(object, method)
  return object[method](object, table.unpack(METHODS[method]))
end

describe("after its end", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  teardown(function() db:close() end)

  for method in pairs(METHODS) do
    it("an engine refuses " .. method, function()
      local other = mp.engine()
      other:close()

      refusal.check({ kind = "bad_argument", says = "the engine is closed", cure = "mp.engine" },
        call, other, method)
    end)

    it("a connection refuses " .. method .. ", naming the place", function()
      local conn = db:connect()
      conn:close()

      local err = refusal.check(
        { kind = "bad_argument", says = "connection was already released at" }, call, conn, method)

      assert.matches(HERE, err.message)
    end)

    it("a transaction refuses " .. method .. ", naming the place", function()
      local committed, undone = db:begin(), db:begin()
      committed:commit()
      undone:rollback()

      local first = refusal.check(COMMITTED, call, committed, method)
      refusal.check(ROLLED_BACK, call, undone, method)

      assert.matches(HERE, first.message)
    end)
  end

  it("an engine refuses the rest", function()
    local other = mp.engine()
    other:close()

    for _, method in ipairs { "connect", "pool" } do
      refusal.check({ kind = "bad_argument", says = "the engine is closed" }, other[method], other)
    end
  end)

  it("a transaction refuses the rest", function()
    local tx = db:begin()
    tx:commit()

    for _, method in ipairs { "commit", "rollback", "abort" } do
      refusal.check(COMMITTED, tx[method], tx)
    end
    for _, method in ipairs { "after_commit", "after_rollback" } do
      refusal.check(COMMITTED, tx[method], tx, nothing)
    end
  end)

  it("closing again is no error", function()
    local other, conn = mp.engine(), db:connect()
    for _ = 1, 2 do
      other:close()
      conn:close()
    end

    assert.equal("engine(closed)", tostring(other))
    assert.equal("connection(released)", tostring(conn))
  end)

  it("an engine does not wait for a connection that nobody gives back", function()
    local other = mp.engine()
    local conn = other:connect()
    local _ <close> = other:begin()

    mp.deadline(5, other.close, other, 0.05)

    assert.equal("engine(closed)", tostring(other))
    conn:close()
    assert.equal("connection(released)", tostring(conn))
  end)

  it("a savepoint ends with the transaction around it", function()
    local tx = db:begin()
    local savepoint = tx:begin()
    tx:rollback()

    refusal.check(ROLLED_BACK,
      savepoint.value, savepoint, "select 1")
  end)

  it("nothing is left in use", function()
    assert.equal(0, db:pool():stats().in_use)
  end)
end)

describe("in the wrong order", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  it("a transaction refuses to commit while a savepoint is open", function()
    local tx <close> = db:begin()
    local savepoint = tx:begin()

    local err = refusal.check({ kind = "bad_argument", says = "a savepoint begun at",
      cure = "savepoint first" }, tx.commit, tx)

    assert.matches(HERE, err.message)
    savepoint:commit()
    tx:commit()
  end)

  it("a hook that is no function is refused", function()
    local tx <close> = db:begin()

    refusal.check({ kind = "bad_argument", says = "a hook is a function, got number" },
      tx.after_commit, tx, 5)
  end)

  it("nil and tables pass through a transaction as they were raised", function()
    local raised = {}
    local _, first = pcall(db.transaction, db, function() error(raised) end)
    local ok, second = pcall(db.transaction, db, function() error(nil) end)

    assert.equal(raised, first)
    assert.is_false(ok)
    assert.is_nil(second)
    assert.equal(0, db:pool():stats().in_use)
  end)
end)
