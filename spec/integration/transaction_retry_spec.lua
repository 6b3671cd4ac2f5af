-- transaction_retry_spec.lua - transactions run again after real conflicts, and only after those.
local mp = require "moonpool"

describe("retries", function()
  local db

  setup(function()
    db = mp.engine(nil, { pool = { max = 6 }, settings = { deadlock_timeout = "20ms" } })
    db:script "drop table if exists retries; create table retries (id int primary key, n int)"
  end)
  before_each(function()
    db:script "truncate retries; insert into retries values (1, 0), (2, 0)"
  end)
  teardown(function()
    db:exec "drop table retries"
    db:close()
  end)

  it("lead serializable transactions through their conflicts", function()
    local runs = 0
    local list = {}
    for i = 1, 20 do list[i] = i end

    mp.map(list, function()
      db:transaction(function(tx)
        runs = runs + 1
        local sum = tx:value "select sum(n) from retries"
        tx:exec("update retries set n = $1::int where id = 1", math.tointeger(sum) + 1)
      end, { isolation = "serializable", retries = 200 })
    end, { limit = 4 })

    assert.equal(20, db:value "select n from retries where id = 1")
    assert.is_true(runs > 20, "no conflict came up")
  end)

  it("lead transactions out of a deadlock", function()
    local runs = 0
    local waiting = 0
    local function move(first, second)
      db:transaction(function(tx)
        runs = runs + 1
        tx:exec("update retries set n = n + 1 where id = $1", first)
        waiting = waiting + 1
        while waiting < 2 do mp.sleep(0.001) end
        tx:exec("update retries set n = n + 1 where id = $1", second)
      end, { retries = 5 })
    end

    mp.all(function() move(1, 2) end, function() move(2, 1) end)

    assert.equal(3, runs)
    assert.same({ 2, 2 }, db:column "select n from retries order by id")
  end)

  it("are not used for other failures", function()
    for _, sqlstate in ipairs { "23505", "40002", "55P03", "57014", "P0001" } do
      local runs = 0
      local ok = pcall(db.transaction, db, function(tx)
        runs = runs + 1
        tx:script(("do $$ begin raise sqlstate '%s'; end $$"):format(sqlstate))
      end, { retries = 3 })
      assert.same({ false, 1 }, { ok, runs })
    end
  end)

  it("come to an end", function()
    local runs = 0
    local _, err = mp.try(db.transaction, db, function(tx)
      runs = runs + 1
      tx:script "do $$ begin raise sqlstate '40001'; end $$"
    end, { retries = 2 })

    assert.same({ "serialization_failure", 3 }, { err.kind, runs })
  end)

  it("are used where the function swallowed the conflict", function()
    local runs = 0
    db:transaction(function(tx)
      runs = runs + 1
      if runs == 1 then pcall(tx.script, tx, "do $$ begin raise sqlstate '40001'; end $$") end
    end, { retries = 1 })

    assert.equal(2, runs)
  end)

  it("are not used inside another transaction", function()
    local conn <close> = db:connect()
    local tx <close> = conn:begin()
    local runs = 0
    local _, err = mp.try(conn.transaction, conn, function(inner)
      runs = runs + 1
      inner:script "do $$ begin raise sqlstate '40001'; end $$"
    end, { retries = 3 })

    assert.same({ "serialization_failure", 1, true }, { err.kind, runs, tx:is_open() })
  end)
end)
