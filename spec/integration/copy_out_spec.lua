-- copy_out_spec.lua - tables and queries out: decoded rows, ready bytes, files.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local function collect(...)
  local seen = {}
  for item in ... do seen[#seen + 1] = item end
  return seen
end

local function text_of(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

-- What was stopped comes back a moment later.
local function settle_in_use(db)
  for _ = 1, 200 do
    if db:pool():stats().in_use == 0 then return end
    mp.sleep(0.01)
  end
  error "a connection did not come back"
end

describe("copy_out", function()
  local db, path
  before_each(function()
    db = mp.engine(nil, { pool = { max = 2 } })
    db:script [[
      drop schema if exists copy_spec cascade;
      create schema copy_spec;
      create table copy_spec.plain (id int, name text);
      insert into copy_spec.plain values (1, 'a'), (2, null), (3, E'x\ty');]]
    path = os.tmpname()
  end)
  after_each(function()
    os.remove(path)
    db:exec "drop schema copy_spec cascade"
    settle_in_use(db)
    db:close()
  end)

  it("gives the rows of a table", function()
    assert.same({ { id = 1, name = "a" }, { id = 2 }, { id = 3, name = "x\ty" } },
      collect(db:copy_out "copy_spec.plain"))
    assert.same({ { name = "a" }, {}, { name = "x\ty" } },
      collect(db:copy_out("copy_spec.plain", { columns = { "name" } })))
  end)

  it("gives the rows of a query", function()
    local rows = collect(db:copy_out "select g as n from generate_series(1, 10000) g;")
    assert.equal(10000, #rows)
    assert.equal(10000, rows[10000].n)
    assert.same({ { column1 = 1 }, { column1 = 2 } }, collect(db:copy_out "values (1), (2) -- two"))
  end)

  it("decodes every type as query does, also those without a codec", function()
    local sql = [[select 1::int2 as a, 2::int8 as b, 0.1::float8 as c, '1.50'::numeric as d,
      true as e,
      '\x00ff'::bytea as f, '{"a":[1,null]}'::jsonb as g, array[1,null,3] as h, array['x','y'] as i,
      '10.0.0.1'::inet as j, '[1,5)'::int4range as k, null::text as l, '2024-02-29'::date as m,
      '2024-02-29 12:00:00+00'::timestamptz as n, 'x' as "O d"]]
    local expected = db:one(sql)
    for row in db:copy_out(sql) do assert.same(expected, row) end
  end)

  it("gives nothing of an empty table", function()
    db:exec "truncate copy_spec.plain"
    assert.same({}, collect(db:copy_out "copy_spec.plain"))
    assert.same({}, collect(db:copy_out("copy_spec.plain", { format = "text" })))
  end)

  it("gives the server's own bytes", function()
    local csv = table.concat(collect(db:copy_out("copy_spec.plain", { format = "csv",
      header = true })))
    assert.equal("id,name\n1,a\n2,\n3,x\ty\n", csv)
    local text = table.concat(collect(db:copy_out("select 1, null", { format = "text",
      null = "-" })))
    assert.equal("1\t-\n", text)
  end)

  it("writes a file, which goes back in", function()
    for _, format in ipairs { "csv", "text", "binary" } do
      assert.equal(3, db:copy_out("copy_spec.plain", { format = format, file = path }))
      db:exec "create table copy_spec.again (like copy_spec.plain)"
      assert.equal(3, db:copy_in("copy_spec.again", nil, nil, { format = format, file = path }))
      assert.same(db:query "table copy_spec.plain", db:query "table copy_spec.again")
      db:exec "drop table copy_spec.again"
    end
    db:copy_out("values (1)", { format = "csv", file = path })
    assert.equal("1\n", text_of(path))
  end)

  it("frees its connection when the loop is left or raises", function()
    local sql = "select g as n from generate_series(1, 1000000) g"
    for row in db:copy_out(sql) do
      if row.n == 10 then break end
    end
    assert.has_error(function()
      for _ in db:copy_out(sql) do error("mine", 0) end
    end, "mine")
    for _ = 1, 3 do assert.equal(7, db:value "select 7") end
  end)

  it("gives the rows before an error, then raises it", function()
    local seen = 0
    local ok, err = pcall(function()
      for _ in db:copy_out "select 1 / (3000 - g) as n from generate_series(1, 5000) g" do
        seen = seen + 1
      end
    end)
    assert.is_false(ok)
    assert.equal("division_by_zero", err.kind)
    assert.equal(2999, seen)
  end)

  it("runs on a connection and inside a transaction", function()
    db:transaction(function(tx)
      tx:exec "insert into copy_spec.plain values (4, 'tx')"
      assert.equal(4, #collect(tx:copy_out "copy_spec.plain"))
      for _ in tx:copy_out "copy_spec.plain" do
        refusal.check({ kind = "bad_argument", cure = "cursor" }, tx.value, tx, "select 1")
      end
      assert.equal(1, tx:value "select 1")
      tx:abort()
    end)
  end)

  it("ends with a deadline", function()
    local ok, err = pcall(mp.deadline, 0.1, function()
      for _ in db:copy_out "select pg_sleep(30)::text as x" do end
    end)
    assert.is_false(ok)
    assert.equal("timeout", err.kind)
    assert.equal(7, db:value "select 7")
  end)

  it("is one statement, and a name is a name", function()
    local ok, err = pcall(db.copy_out, db,
      "select 1) to stdout; drop schema copy_spec cascade; select (1",
      { format = "csv" })
    assert.is_false(ok)
    assert.equal("syntax_error", err.kind)
    refusal.check({ kind = "bad_argument" }, db.copy_out, db, 'plain"; drop schema copy_spec; --')
    refusal.check({ kind = "bad_argument" }, db.copy_out, db, 7)
    refusal.check({ kind = "bad_argument" }, db.copy_out, db, "plain", { file = path })
    assert.equal(3, db:value "select count(*) from copy_spec.plain")
  end)
end)
