-- query_spec.lua - statements on an engine: shapes of answers, parameters, refusals.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local rows_class = require "moonpool.rows"

describe("statements", function()
  local db

  setup(function() db = mp.engine(nil, { pool = { max = 4 } }) end)
  teardown(function() db:close() end)

  local function refused(kind, text, fn, ...)
    local ok, err = pcall(fn, db, ...)
    assert.is_false(ok)
    assert.is_true(mp.is_error(err, kind), tostring(err))
    assert.is_truthy(err.message:find(text, 1, true), tostring(err))
    return err
  end

  it("gives texts that come again from row to row as they are", function()
    local sql = [[select case g % 3 when 0 then 'a' when 1 then '' end as runs,
        case when g < 300 then 'same' else 'end' end as same,
        case when g % 20 = 0 then 'value ' || g else 'usual' end as seldom, 'value ' || g as new,
        repeat('long ', 20) as long, (g / 50)::text::"char" as short,
        md5((g / 7)::text)::uuid as id, ('\\x0' || g % 2)::bytea as bytes
      from generate_series(1, 600) g order by g]]
    local rows, tuples, streamed = db:query(sql), db:tuples(sql), {}
    for row in db:stream(sql) do streamed[#streamed + 1] = row end
    assert.same(rows, streamed)
    for at, name in ipairs { "runs", "same", "seldom", "new", "long", "short", "id", "bytes" } do
      local expected = db:column(("select %s from (%s) as rows"):format(name, sql))
      for i, row in ipairs(rows) do
        local value = expected[i]
        if value == mp.null then value = nil end
        assert(row[name] == value and tuples[i][at] == value, name .. i)
      end
    end
  end)

  it("query gives a sequence of rows", function()
    local rows = db:query "select i, 'n' || i as name from generate_series(1, 2) i"

    assert.equal(2, #rows)
    assert.equal("n2", rows[2].name)
  end)

  it("query gives an empty sequence for no rows", function()
    assert.equal(0, #db:query "select 1 where false")
  end)

  it("one gives a row or nil", function()
    assert.equal(7, db:one("select 7 as n").n)
    assert.is_nil(db:one "select 7 where false")
    refused("multiple_rows", "2 rows", db.one, "select generate_series(1, 2)")
  end)

  it("get gives a row or raises not_found", function()
    assert.equal(7, db:get("select 7 as n").n)
    refused("not_found", "no row", db.get, "select 7 where false")
  end)

  it("value gives the first column of the only row", function()
    assert.equal(7, db:value "select 7, 8")
    assert.is_nil(db:value "select 7 where false")
    assert.is_nil(db:value "select null")
    refused("multiple_rows", "2 rows", db.value, "select generate_series(1, 2)")
  end)

  it("column gives the values of the first column", function()
    assert.same({ 1, 2, 3 }, db:column "select generate_series(1, 3)")
  end)

  it("rows tell their count, command and columns, which pairs does not show", function()
    local rows = db:query [[select 1 as a, 'x'::text as "b c", null::int[] as a]]

    assert.same({ { name = "a", oid = 23, type = "int4" },
      { name = "b c", oid = 25, type = "text" },
      { name = "a", oid = 1007, type = "int4[]" } }, rows.columns)
    assert.equal(rows.columns, rows.columns)
    assert.same({ 1, "SELECT 1" }, { rows.count, rows.command })
    assert.is_nil(rows.nothing)
    assert.is_nil(rows[2])
    assert.equal("function", type(rows.as))
    for key in pairs(rows) do assert.equal(1, key) end
    local none = db:query "do $$ begin end $$"
    assert.same({ 0, "DO", {} }, { none.count, none.command, none.columns })
  end)

  it("rows are found by what is unique in a column", function()
    local rows = db:query "select n as id, 'x' || n as name from generate_series(1, 3) n"

    local by_name = rows:index_by "name"
    assert.equal(rows[2], by_name.x2)
    assert.same({ rows[1], rows[2], rows[3] }, rows:index_by "id")
    assert.same({}, db:query("select 1 as id where false"):index_by "id")
  end)

  it("rows are not found by what is no key of theirs", function()
    local index_by = rows_class.index_by
    local rows = db:query [[
      select 1 as id, null::int as gap, 1.5 as price from generate_series(1, 2)]]

    refusal.check({ kind = "multiple_rows", says = "id is 1" }, index_by, rows, "id")
    refusal.check({ kind = "bad_argument", says = "gap is NULL" }, index_by, rows, "gap")
    refusal.check({ kind = "bad_argument", says = "no key" }, index_by, rows, "price")
    refusal.check({ kind = "bad_argument", says = 'no column "nmae"' }, index_by, rows, "nmae")
  end)

  it("tuples keeps columns of the same name", function()
    local rows = db:tuples "select 1 as id, 2 as id"

    assert.equal(1, rows[1][1])
    assert.equal(2, rows[1][2])
  end)

  it("tuples carry n, and show their values alone", function()
    local row = db:tuples("select null, 2, null")[1]

    assert.equal(3, row.n)
    assert.same({ nil, 2, nil, n = 3 }, table.pack(table.unpack(row, 1, row.n)))
    local keys = {}
    for key in pairs(row) do keys[#keys + 1] = key end
    assert.same({ 2 }, keys)
  end)

  it("rows of many columns keep each value and each NULL in its place", function()
    local columns = {}
    for at = 1, 40 do columns[at] = (at % 3 == 0 and "null" or at) .. " as c" .. at end
    local sql = "select " .. table.concat(columns, ", ")

    local named, tuple, streamed = db:one(sql), db:tuples(sql)[1], nil
    for row in db:stream(sql) do streamed = row end

    for at = 1, 40 do
      local expected = at % 3 ~= 0 and at or nil
      assert.equal(expected, named["c" .. at])
      assert.equal(expected, tuple[at])
      assert.equal(expected, streamed["c" .. at])
    end
    assert.equal(40, tuple.n)
  end)

  it("exec counts the rows affected", function()
    local conn <close> = db:connect()
    conn:exec "create temporary table counted (n int)"

    assert.equal(3, conn:exec "insert into counted select generate_series(1, 3)")
    assert.equal(2, conn:exec("delete from counted where n > $1", 1))
  end)

  it("many runs once for each parameters, atomically", function()
    local conn <close> = db:connect()
    conn:exec "create temporary table many (n int primary key)"

    local out = conn:many("insert into many values ($1) returning n", { { 1 }, { 2 } })

    assert.equal(2, #out)
    assert.equal(2, out[2][1].n)
    local ok, err = pcall(conn.many, conn, "insert into many values ($1)", { { 3 }, { 1 } })
    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "unique_violation"))
    assert.equal(2, conn:value "select count(*) from many")
  end)

  it("many of an empty list asks nothing", function()
    assert.same({}, db:many("select $1::int", {}))
  end)

  it("script runs several statements", function()
    db:script "create table scripted (n int); insert into scripted values (1)"

    assert.equal(1, db:value "select count(*) from scripted")
    db:exec "drop table scripted"
  end)

  it("counts nil as NULL", function()
    assert.is_true(db:value("select $1::int is null", nil))
    assert.is_true(db:value("select $1::int is null and $2 = 1", nil, 1))
  end)

  it("takes named parameters from one table", function()
    assert.equal(5, db:value("select :a::int + :b::int", { a = 2, b = 3 }))
    assert.equal("x:y", db:value("select 'x:y' || :empty::text", { empty = "" }))
    refused("bad_argument", "parameter :b has no value", db.value,
      "select :a::int + :b::int", { a = 1 })
    refused("bad_argument", "one table", db.value, "select :a::int", 1)
  end)

  it("refuses a wrong number of parameters", function()
    refused("bad_argument", "2 placeholders, got 1 value", db.query, "select $1::int, $2::int", 1)
    refused("bad_argument", "1 placeholder, got 2 values", db.query, "select $1::int", 1, 2)
  end)

  it("takes as many parameters as the protocol has", function()
    local marks, values = {}, {}
    for at = 1, 65535 do marks[at], values[at] = "$" .. at .. "::int4", at end
    local sql = "select sum(n), 'x' as text from unnest(array[" .. table.concat(marks, ",")
      .. "]) n"

    assert.equal(65535 * 65536 // 2, db:get(sql, table.unpack(values)).sum)
    values[65535] = nil
    assert.equal(65534 * 65535 // 2, db:get(sql, table.unpack(values, 1, 65535)).sum)
  end)

  it("refuses what is no statement text", function()
    refused("bad_argument", "must be a string", db.query, 5)
    refused("bad_argument", "must be a string", db.query)
    refused("bad_argument", "NUL", db.query, "select 1\0")
  end)

  it("refuses on the engine what would change the connection, naming the call", function()
    assert.is_truthy(refused("bad_argument", "", db.query, "begin").hint:find "db:begin")
    refused("bad_argument", "", db.query, "set search_path = x")
    refused("bad_argument", "", db.query, "copy t from stdin")
    refused("bad_argument", "", db.query, "listen x")
  end)

  it("allows settings on a pinned connection, and resets them", function()
    do
      local conn <close> = db:connect()
      conn:exec "set application_name = 'altered'"
      assert.equal("altered", conn:value "show application_name")
    end

    assert.are_not.equal("altered", db:value "show application_name")
  end)

  it("refuses a released connection, saying where it was released", function()
    local conn = db:connect()
    conn:close()

    local ok, err = pcall(conn.query, conn, "select 1")

    assert.is_false(ok)
    assert.is_truthy(err.message:find("query_spec.lua:", 1, true))
  end)

  it("refuses a closed engine", function()
    local other = mp.engine()
    other:close()
    other:close()

    local ok, err = pcall(other.query, other, "select 1")

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "bad_argument"))
    assert.equal("engine(closed)", tostring(other))
  end)

  it("describes a text once, however many ask at the same time", function()
    local texts = {}
    for i = 1, 50 do texts[i] = "select $1::int + 12345" end

    local sums = mp.map(texts, function(sql) return db:value(sql, 1) end)

    for i = 1, 50 do assert.equal(12346, sums[i]) end
  end)

  it("shows the engine without a password", function()
    assert.is_truthy(tostring(db):find "^engine%(.*in use%)$")
  end)

  it("counts what the pool does", function()
    local stats = db:pool():stats()

    assert.is_true(stats.total <= stats.max)
    assert.equal(4, stats.max)
    assert.is_true(stats.acquired > 0)
  end)
end)
