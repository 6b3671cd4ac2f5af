-- stream_spec.lua - rows one at a time: on an engine, a connection and a transaction.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local SERIES = "select generate_series(1, $1::int) as n"

local function kind_of(fn, ...)
  local ok, err = pcall(fn, ...)
  return not ok and err.kind or nil
end

local function collect(target, ...)
  local seen = {}
  for row in target:stream(...) do seen[#seen + 1] = row.n end
  return seen
end

describe("a stream", function()
  local db
  before_each(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  after_each(function() db:close() end)

  it("gives every row once and in order", function()
    local expected = 0
    for row in db:stream(SERIES, 5000) do
      expected = expected + 1
      assert.equal(expected, row.n)
    end
    assert.equal(5000, expected)
  end)

  it("decodes as query does", function()
    local sql = "select 1::int2 as a, 'x'::text as b, null::int as c, array[1,2] as d, "
      .. "'1.50'::numeric as e"
    local row
    for each in db:stream(sql) do row = each end
    assert.same(db:one(sql).d, row.d)
    assert.equal("x", row.b)
    assert.is_nil(row.c)
    assert.equal(mp.decimal "1.50", row.e)
  end)

  it("gives short and long rows, empty values and NULL as query does", function()
    local sql = [[select g as n, case g % 5 when 0 then repeat('x', g * 7) when 1 then '' end as a,
      case when g % 3 = 0 then g end as b,
      case when g % 4 = 0 then repeat('y', g % 90)::bytea end as c
      from generate_series(1, 2000) g]]
    local rows, at = db:query(sql), 0
    for row in db:stream(sql) do
      at = at + 1
      local expected = rows[at]
      assert(expected.a == row.a and expected.b == row.b and expected.c == row.c, at)
      assert(expected.n == row.n, at)
    end
    assert.equal(2000, at)
  end)

  it("gives rows of very many columns", function()
    local columns = {}
    for i = 1, 1600 do columns[i] = i % 2 == 0 and ("%d as c%d"):format(i, i) or "null" end
    local count = 0
    local list = table.concat(columns, ",")
    for row in db:stream(("select %s from generate_series(1, 3)"):format(list)) do
      count = count + 1
      assert(row.c2 == 2 and row.c1600 == 1600)
    end
    assert.equal(3, count)
  end)

  it("takes named parameters", function()
    assert.same({ 1, 2, 3 }, collect(db, "select g as n from generate_series(1, :top::int) g",
      { top = 3 }))
  end)

  it("is empty without rows, and for a statement that has none", function()
    assert.same({}, collect(db, SERIES, 0))
    assert.same({}, collect(db, "do $$ begin end $$"))
  end)

  it("gives the first row before the last is there", function()
    -- A server sends when its buffer of 8 KiB is full.
    local sql = "select g as n, repeat('x', 20000) as filler, "
      .. "pg_sleep(case when g = 3 then 30 else 0 end)::text from generate_series(1, 3) g"
    local step, _, _, stream = db:stream(sql)
    local first = step().n
    stream:close()
    assert.equal(1, first)
  end)

  it("gives the rows before an error, then raises it", function()
    local seen = {}
    local kind = kind_of(function()
      for row in db:stream "select g as n, 1 / (100 - g) from generate_series(1, 200) g" do
        seen[#seen + 1] = row.n
      end
    end)
    assert.equal("division_by_zero", kind)
    assert.equal(99, #seen)
    assert.equal(1, db:value "select 1")
  end)

  it("frees its connection when the loop is left", function()
    for row in db:stream(SERIES, 1000000) do
      if row.n == 10 then break end
    end
    for _ = 1, 2 do assert.equal(7, db:value "select 7") end
  end)

  it("frees it when the loop raises", function()
    assert.has_error(function()
      for _ in db:stream(SERIES, 1000000) do error("mine", 0) end
    end, "mine")
    assert.equal(7, db:value "select 7")
  end)

  it("counts in the pool while it is read, and no longer", function()
    for row in db:stream(SERIES, 100000) do
      if row.n == 1 then assert.equal(1, db:pool():stats().in_use) end
    end
    assert.equal(0, db:pool():stats().in_use)
  end)

  it("lets its loop use other connections", function()
    local sum = 0
    for row in db:stream(SERIES, 50) do sum = sum + db:value("select $1::int * 2", row.n) end
    assert.equal(2550, sum)
  end)

  it("ends with the deadline of its task between two rows", function()
    local kind = kind_of(mp.deadline, 0.05, function()
      for row in db:stream(SERIES, 10000000) do
        if row.n % 1000 == 0 then mp.sleep(0.001) end
      end
    end)
    assert.equal("timeout", kind)
    assert.equal(7, db:value "select 7")
  end)

  it("ends with the deadline while it waits for a row", function()
    local kind = kind_of(mp.deadline, 0.05, collect, db, "select 1 as n from pg_sleep(30)")
    assert.equal("timeout", kind)
    assert.equal(7, db:value "select 7")
  end)

  it("ends with its task", function()
    local task = mp.spawn(collect, db, "select generate_series(1, 100000000) as n")
    mp.sleep(0.02)
    task:cancel()
    local ok, err = task:join()
    assert.is_false(ok)
    assert.equal("cancelled", err.kind)
    assert.equal(7, db:value "select 7")
  end)

  it("comes back when its task leaves it half read", function()
    mp.spawn(function()
      local step = db:stream(SERIES, 1000000)
      step()
    end):await()
    for _ = 1, 3 do assert.equal(7, db:value "select 7") end
  end)

  it("is refused for COPY, as every statement is", function()
    refusal.check({ kind = "bad_argument" }, function()
      return db:stream "copy pg_class to stdout" end)
  end)

  it("reads what a write returns", function()
    db:exec "create table stream_spec (n int)"
    assert.same({ 1, 2 }, collect(db, "insert into stream_spec values (1), (2) returning n"))
    assert.equal(2, db:value "select count(*) from stream_spec")
    db:exec "drop table stream_spec"
  end)

  it("describes a changed table anew", function()
    db:exec "create table stream_spec (n int)"
    db:exec "insert into stream_spec values (1)"
    assert.same({ 1 }, collect(db, "select * from stream_spec"))
    db:exec "alter table stream_spec alter n type text"
    assert.same({ "1" }, collect(db, "select * from stream_spec"))
    db:exec "drop table stream_spec"
  end)

  it("has as many columns as a table can", function()
    local items = {}
    for i = 1, 1600 do items[i] = ("g + %d as c%d"):format(i, i) end
    local seen = 0
    for row in db:stream("select " .. table.concat(items,
      ",") .. " from generate_series(1, 100) g") do
      seen = seen + 1
      assert.equal(seen + 1600, row.c1600)
    end
    assert.equal(100, seen)
  end)
end)

describe("a stream on a connection", function()
  local db
  before_each(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  after_each(function() db:close() end)

  it("runs inside its transaction", function()
    db:transaction(function(tx)
      tx:exec "create table stream_spec (n int)"
      tx:exec "insert into stream_spec select generate_series(1, 300)"
      assert.equal(300, #collect(tx, "select n from stream_spec"))
      tx:abort()
    end)
  end)

  it("leaves the transaction usable when the loop is left", function()
    db:transaction(function(tx)
      tx:transaction(function(sp)
        for row in sp:stream(SERIES, 1000000) do
          if row.n == 3 then break end
        end
        sp:abort()
      end)
      assert.equal(7, tx:value "select 7")
    end)
  end)

  it("refuses what its own loop would wait for behind it", function()
    local conn <close> = db:connect()
    for row in conn:stream(SERIES, 1000000) do
      refusal.check({ kind = "bad_argument", cure = "cursor" }, function()
        return conn:value "select 1" end)
      refusal.check({ kind = "bad_argument", cure = "cursor" }, function() return conn:begin() end)
      refusal.check({ kind = "bad_argument", cure = "cursor" }, function()
        return conn:stream "select 1" end)
      if row.n == 1 then break end
    end
    assert.equal(1, conn:value "select 1")
  end)

  it("refuses COMMIT in its loop, and is ended by ROLLBACK", function()
    local tx <close> = db:begin()
    local step = tx:stream(SERIES, 1000000)
    step()
    refusal.check({ kind = "bad_argument", cure = "cursor" }, function() tx:commit() end)
    tx:rollback()
    refusal.check({ kind = "bad_argument", cure = "another stream" }, function()
      for _ = 1, 100 do step() end
    end)
  end)

  it("goes before what another task asks for later", function()
    local conn <close> = db:connect()
    local order = {}
    local step = conn:stream(SERIES, 3)
    local other = mp.spawn(function()
      conn:value "select 1"
      order[#order + 1] = "query"
    end)
    while step() do order[#order + 1] = "row" end
    other:await()
    assert.same({ "row", "row", "row", "query" }, order)
  end)

  it("ends when the connection is given back", function()
    local conn = db:connect()
    local step = conn:stream(SERIES, 1000000)
    step()
    conn:close()
    assert.equal(7, db:value "select 7")
  end)
end)
