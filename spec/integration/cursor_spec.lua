-- cursor_spec.lua - server-side cursors: batches, prefetch, other statements in between.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local SERIES = "select generate_series(1, $1::int) as n"

local function numbers(rows)
  local list = {}
  for at, row in ipairs(rows) do list[at] = row.n end
  return list
end

local function collect(cursor)
  local seen = {}
  for row in cursor:each() do seen[#seen + 1] = row.n end
  return seen
end

describe("a cursor", function()
  local db
  before_each(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  after_each(function() db:close() end)

  it("gives every row, whatever the batch", function()
    for _, batch in ipairs { 1, 7, 10, 100 } do
      local cursor <close> = db:cursor(SERIES, { 30 }, { batch = batch })
      local seen = collect(cursor)
      assert.equal(30, #seen)
      assert.equal(30, seen[30])
    end
  end)

  it("is empty for an empty result", function()
    local cursor <close> = db:cursor(SERIES, { 0 })
    assert.same({}, collect(cursor))
  end)

  it("takes named parameters, and none", function()
    local named <close> = db:cursor("select :n::int as n", { n = 4 })
    assert.same({ 4 }, collect(named))
    local plain <close> = db:cursor "select 5 as n"
    assert.same({ 5 }, collect(plain))
  end)

  it("decodes as query does", function()
    local cursor <close> = db:cursor "select array[1,2] as a, '1.5'::numeric as b, null::int as c"
    local row = cursor:fetch(1)[1]
    assert.same({ 1, 2 }, row.a)
    assert.equal(mp.decimal "1.5", row.b)
    assert.is_nil(row.c)
  end)

  it("gives back its connection when it is closed", function()
    do
      local cursor <close> = db:cursor(SERIES, { 10000 }, { batch = 10 })
      for row in cursor:each() do
        if row.n == 15 then break end
      end
      assert.equal(1, db:pool():stats().in_use)
    end
    assert.equal(7, db:value "select 7")
    assert.equal(0, db:pool():stats().in_use)
  end)

  it("lets its transaction run other statements in between", function()
    db:transaction(function(tx)
      local cursor <close> = tx:cursor(SERIES, { 100 }, { batch = 10 })
      local sum = 0
      for row in cursor:each() do sum = sum + tx:value("select $1::int * 2", row.n) end
      assert.equal(10100, sum)
    end)
  end)

  it("stands beside another on one transaction", function()
    db:transaction(function(tx)
      local one <close> = tx:cursor(SERIES, { 4 }, { batch = 2 })
      local two <close> = tx:cursor("select chr(64 + g) as n from generate_series(1, 4) g")
      local next_two = two:each()
      local seen = {}
      for row in one:each() do seen[#seen + 1] = row.n .. next_two().n end
      assert.same({ "1A", "2B", "3C", "4D" }, seen)
    end)
  end)

  it("fetches and moves, backwards where it scrolls", function()
    db:transaction(function(tx)
      local cursor <close> = tx:cursor(SERIES, { 10 }, { scroll = true })
      assert.same({ 1, 2, 3 }, numbers(cursor:fetch(3)))
      cursor:move(4)
      assert.same({ 8, 9 }, numbers(cursor:fetch(2)))
      cursor:move(-5)
      assert.same({ 5 }, numbers(cursor:fetch(1)))
      assert.same({ 6, 7, 8, 9, 10 }, numbers(cursor:fetch(100)))
    end)
  end)

  it("outlives its transaction with hold", function()
    local conn <close> = db:connect()
    local cursor <close> = conn:cursor(SERIES, { 5 }, { hold = true })
    assert.same({ 1, 2 }, numbers(cursor:fetch(2)))
    conn:value "select 1"
    assert.same({ 3, 4, 5 }, numbers(cursor:fetch(9)))
  end)

  it("needs a transaction or hold on a connection", function()
    local conn <close> = db:connect()
    refusal.check({ kind = "bad_argument", cure = "hold" }, function() return conn:cursor(SERIES,
      { 1 }) end)
    refusal.check({ kind = "bad_argument" }, function() return db:cursor(SERIES, { 1 },
      { hold = true }) end)
  end)

  it("raises the server's error where its row would be, and its transaction goes on", function()
    db:transaction(function(tx)
      local seen = 0
      local ok, err = pcall(tx.transaction, tx, function(sp)
        local cursor <close> = sp:cursor("select 1 / (25 - g) as n from generate_series(1, 30) g",
          nil, { batch = 10 })
        for _ in cursor:each() do seen = seen + 1 end
      end)
      assert.is_false(ok)
      assert.equal("division_by_zero", err.kind)
      assert.equal(20, seen)
      assert.equal(1, tx:value "select 1")
    end)
  end)

  it("raises a wrong statement at once, and gives back the connection", function()
    for _ = 1, 3 do
      local ok, err = pcall(db.cursor, db, "select nothing from nowhere")
      assert.is_false(ok)
      assert.equal("undefined_table", err.kind)
    end
    assert.equal(0, db:pool():stats().in_use)
  end)

  it("is refused once it is closed", function()
    local cursor = db:cursor(SERIES, { 3 })
    cursor:close()
    cursor:close()
    refusal.check({ kind = "bad_argument" }, function() return cursor:fetch(1) end)
  end)

  it("goes with its task, prefetching or not", function()
    local task = mp.spawn(function()
      local cursor <close> = db:cursor(
        "select g as n, pg_sleep(0.01)::text from generate_series(1, 900) g",
        nil, { batch = 3 })
      for _ in cursor:each() do mp.sleep(0.001) end
    end)
    mp.sleep(0.1)
    task:cancel()
    task:join()
    for _ = 1, 3 do assert.equal(7, db:value "select 7") end
  end)
end)
