-- stale_plan_spec.lua - tables that change under statements that are known, prepared and running.
local mp = require "moonpool"

local UPDATE = "update stale_plan set a = $1 where id = 1 returning *"

describe("a statement whose table changes", function()
  local db
  before_each(function()
    db = mp.engine(nil, { pool = { max = 2 } })
    db:script [[
      drop table if exists stale_plan;
      create table stale_plan (id int, a float8);
      insert into stale_plan values (1, 0)]]
  end)
  after_each(function()
    db:exec "drop table stale_plan"
    db:close()
  end)

  it("stores what was given, not its bytes read as another type", function()
    db:query(UPDATE, 1.5)
    db:exec "alter table stale_plan alter column a type int8"

    local rows = db:query(UPDATE, 2.0)

    assert.equal(2, rows[1].a)
    assert.equal("2", db:value "select a::text from stale_plan")
    assert.equal(3, db:query(UPDATE, 3)[1].a)
  end)

  it("stores what was given in every task that had it on its way", function()
    db:query(UPDATE, 1.5)
    db:exec "alter table stale_plan alter column a type int8"

    local answers = mp.map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function(i)
      return db:query(UPDATE, i + 0.0)[1].a
    end)

    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, answers)
  end)

  it("tells its new columns", function()
    db:query("select * from stale_plan where id = $1", 1)
    db:exec "alter table stale_plan add column b text default 'new'"

    assert.same({ id = 1, a = 0.0, b = "new" }, db:one("select * from stale_plan where id = $1", 1))
    assert.same({ id = 1, a = 0.0, b = "new" }, db:one("select * from stale_plan where id = $1", 1))
  end)

  it("fails inside a transaction, once", function()
    local conn <close> = db:connect()
    conn:query(UPDATE, 1.5)
    db:exec "alter table stale_plan alter column a type int8"

    local ok, err = pcall(conn.transaction, conn, function(tx) tx:query(UPDATE, 2.0) end)
    local again = conn:transaction(function(tx) return tx:query(UPDATE, 3) end)

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "0A000"))
    assert.equal(3, again[1].a)
  end)
end)
