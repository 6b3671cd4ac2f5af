-- stale_plan_spec.lua - tables that change under statements that are known, prepared and running.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
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
    assert.matches("run the whole transaction again", err.hint)
    assert.equal(3, again[1].a)
  end)
end)

describe("a statement that many run while its table changes", function()
  local SECONDS = full(3, 30)
  -- Each change comes with what a row looks like afterwards.
  local CHANGES = {
    "alter table stale_load add column extra text[] default '{a}'",
    "alter table stale_load alter column n type text using n::text",
    "alter table stale_load add column place point default '(1,2)'",
    "alter table stale_load alter column n type int8 using n::int8",
    "alter table stale_load drop column extra, drop column place",
  }
  local control
  setup(function()
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script [[
      drop table if exists stale_load;
      create table stale_load (id int primary key, n int8);
      insert into stale_load select i, i * 10 from generate_series(1, 100) i]]
  end)
  teardown(function()
    control:exec "drop table stale_load"
    control:close()
  end)

  local function check_row(row, id)
    assert.equal(id, row.id)
    assert.equal(id * 10, math.tointeger(tonumber(row.n)))
    assert.is_true(row.extra == nil or row.extra[1] == "a")
    assert.is_true(row.place == nil or row.place == "(1,2)")
  end

  for name, given in pairs {
    ["on shared connections"] = {},
    ["on connections of their own"] = { pipeline = { max = 1 } },
    ["unnamed"] = { prepare = "unnamed" },
  } do
    it(name .. " never fails, and tells what its columns are", function()
      given.pool = { max = 4 }
      local db <close> = mp.engine(nil, given)
      local until_time, rows, ids = driver.system.hrtime() + SECONDS, 0, {}
      for id = 1, 50 do ids[id] = id end

      local changes = mp.spawn(function()
        local count = 0
        while driver.system.hrtime() < until_time do
          control:exec(CHANGES[count % #CHANGES + 1])
          count = count + 1
          mp.sleep(0.1)
        end
        control:exec "alter table stale_load drop column if exists extra"
        control:exec "alter table stale_load drop column if exists place"
        control:exec "alter table stale_load alter column n type int8 using n::int8"
        return count
      end)
      mp.map(ids, function(id)
        while driver.system.hrtime() < until_time do
          check_row(db:one("select * from stale_load where id = $1", id), id)
          rows = rows + 1
        end
      end)

      print(("stale plans, %s: %d rows, %d changes"):format(name, rows, changes:await()))
      assert.is_true(rows > 100)
    end)
  end
end)
