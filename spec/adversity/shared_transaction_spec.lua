-- shared_transaction_spec.lua - tasks that use one transaction while another task ends it.
local mp = require "moonpool"

describe("a transaction that one task ends", function()
  local db
  setup(function()
    db = mp.engine(nil, { pool = { max = 2 } })
    db:exec "drop table if exists shared_spec"
    db:exec "create table shared_spec (n int)"
  end)
  before_each(function() db:exec "truncate shared_spec" end)
  teardown(function()
    db:exec "drop table shared_spec"
    db:close()
  end)

  for _, ending in ipairs { "commit", "rollback" } do
    it(("takes no statement of another after the %s was asked for"):format(ending), function()
      for _ = 1, 20 do
        local tx = db:begin()
        local other = mp.spawn(pcall, tx.exec, tx, "insert into shared_spec values (1)")

        tx[ending](tx)
        local ok, err = other:await()

        assert.is_false(ok)
        assert.equal("bad_argument", err.kind)
      end
      assert.equal(0, db:value "select count(*) from shared_spec")
    end)
  end

  for _, ending in ipairs { "commit", "rollback" } do
    it(("sends no text that was still unknown at the %s"):format(ending), function()
      local done = 0
      for i = 1, 200 do
        local tx = db:begin()
        local text = ("insert into shared_spec values (1) -- %s %d"):format(ending, i)
        local other = mp.spawn(pcall, tx.exec, tx, text)
        for _ = 1, i % 40 do coroutine.yield() end

        tx[ending](tx)
        local ok, err = other:await()

        if ok and ending == "commit" then done = done + 1 end
        if not ok then assert.equal("bad_argument", err.kind, tostring(err)) end
      end
      assert.equal(done, db:value "select count(*) from shared_spec")
    end)
  end

  it("commits what others asked for before", function()
    local slow = "insert into shared_spec select 1 from pg_sleep(0.01)"
    db:exec(slow) -- known from here on: it is sent as soon as it is asked for
    db:exec "truncate shared_spec"
    local tx <close> = db:begin()
    local other = mp.spawn(tx.exec, tx, slow)
    coroutine.yield()
    coroutine.yield()

    tx:commit()

    assert.equal(1, other:await())
    assert.equal(1, db:value "select count(*) from shared_spec")
  end)

  it("stays open when its end was never sent", function()
    local tx <close> = db:begin()
    tx:exec "insert into shared_spec values (1)"
    local ok = pcall(mp.deadline, 0.01, function()
      mp.shield(mp.sleep, 0.02)
      tx:commit()
    end)

    assert.is_false(ok)
    assert.is_true(tx:is_open())
    tx:commit()
    assert.equal(1, db:value "select count(*) from shared_spec")
  end)
end)
