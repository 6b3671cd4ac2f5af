-- copy_in_spec.lua - rows and ready bytes into tables, and everything that may stop that.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local COLUMNS = { "id", "name", "score", "at" }

local function failure(fn, ...)
  local ok, err = pcall(fn, ...)
  assert.is_false(ok)
  return err
end

local function list_of(items)
  local at = 0
  return function()
    at = at + 1
    return items[at]
  end
end

-- What was stopped comes back a moment later.
local function settle_in_use(db)
  for _ = 1, 200 do
    if db:pool():stats().in_use == 0 then return end
    mp.sleep(0.01)
  end
  error "a connection did not come back"
end

describe("copy_in", function()
  local db, path
  before_each(function()
    db = mp.engine(nil, { pool = { max = 2 } })
    db:script [[
      drop schema if exists copy_spec cascade;
      create schema copy_spec;
      create table copy_spec.plain (id int primary key, name text, score float8, at timestamptz);]]
    path = os.tmpname()
  end)
  after_each(function()
    os.remove(path)
    db:exec "drop schema copy_spec cascade"
    settle_in_use(db)
    db:close()
  end)

  local function rows()
    return db:query "select * from copy_spec.plain order by id"
  end

  local function count()
    return db:value "select count(*) from copy_spec.plain"
  end

  it("stores lists of values", function()
    local at = mp.timestamp "2024-05-01T10:00:00.5Z"
    local n = db:copy_in("copy_spec.plain", COLUMNS, { { 1, "a", 1.5, at }, { 2, nil, nil, nil } })
    assert.equal(2, n)
    assert.same({ { id = 1, name = "a", score = 1.5, at = at }, { id = 2 } }, rows())
  end)

  it("stores tables by column names", function()
    assert.equal(2, db:copy_in("copy_spec.plain", COLUMNS, { { id = 1, name = "a" }, { id = 2 } }))
    assert.same({ { id = 1, name = "a" }, { id = 2 } }, rows())
  end)

  it("stores what an iterator gives, also one that waits", function()
    local id = 0
    local n = db:copy_in("copy_spec.plain", { "id", "name" }, function()
      id = id + 1
      if id <= 500 then return { id, db:value("select $1::text", "row " .. id) } end
    end)
    assert.equal(500, n)
    assert.equal("row 500", rows()[500].name)
  end)

  it("stores a stream into another table without keeping it", function()
    local source = db:stream "select g as id, 'n' || g as name from generate_series(1, 20000) g"
    assert.equal(20000, db:copy_in("copy_spec.plain", { "id", "name" }, source))
    assert.equal(20000, count())
  end)

  it("stores nothing for no rows", function()
    assert.equal(0, db:copy_in("copy_spec.plain", COLUMNS, {}))
    assert.equal(0, db:copy_in("copy_spec.plain", COLUMNS, function() end))
    assert.equal(0, count())
  end)

  it("stores text with everything that formats have a meaning for", function()
    local odd = { "tab\there", "new\nline", "back\\slash", "\\N", "\\.", "cr\r", "", "ü\u{1F600}",
      "\1" }
    for _, format in ipairs { "binary", "text" } do
      db:exec "truncate copy_spec.plain"
      local given = {}
      for at, text in ipairs(odd) do given[at] = { at, text } end
      db:copy_in("copy_spec.plain", { "id", "name" }, given, { format = format })
      for at, row in ipairs(rows()) do assert.equal(odd[at], row.name) end
      assert.equal(#odd, count())
    end
  end)

  it("stores every type of value exactly, in binary and as text", function()
    db:exec [[create table copy_spec.types (b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8,
      n numeric, t text, v varchar, c bpchar(3), by bytea, u uuid, d date, ts timestamp,
      tz timestamptz, j json, jb jsonb, ai int[], at text[], an numeric[])]]
    local row = { b = true, i2 = -32768, i4 = 2147483647, i8 = math.mininteger, f4 = 0.5, f8 = 0.1,
      n = mp.decimal "-12345678901234567890.000100", t = "t\t\\", v = "v", c = "abc",
      by = "\0\1\\\255", u = "00000000-0000-4000-8000-00000000000a", d = mp.date "2024-02-29",
      ts = mp.timestamp "2024-02-29T23:59:59.999999", tz = mp.timestamp "2024-02-29T23:59:59Z",
      j = { a = { 1, 2, mp.null } }, jb = { b = "x\ty\\" }, ai = { 1, mp.null, 3 },
      at = { "a,b", 'q"', "back\\", mp.null }, an = { mp.decimal "1.10" } }
    for _, format in ipairs { "binary", "text" } do
      db:exec "truncate copy_spec.types"
      assert.equal(1, db:copy_in("copy_spec.types", nil, { row }, { format = format }))
      local stored = db:one "select * from copy_spec.types"
      for name, value in pairs(row) do assert.same(value, stored[name],
        name .. " as " .. format) end
    end
  end)

  it("lets the server parse strings, and types that have no codec", function()
    db:exec "create table copy_spec.parsed (id int, at timestamptz, net inet, r int4range)"
    db:copy_in("copy_spec.parsed", nil, { { "1", "2024-01-01T00:00:00Z", "10.0.0.1", "[1,5)" },
      {} })
    local row = db:one "select * from copy_spec.parsed where id = 1"
    assert.equal("10.0.0.1", row.net)
    assert.equal(mp.range(1, 5, "[)"), row.r)
    assert.equal(2, db:value "select count(*) from copy_spec.parsed")
  end)

  it("leaves generated columns out, and takes quoted names", function()
    db:exec [[create table copy_spec."Odd ""name" ("a B" int,
      twice int generated always as ("a B" * 2) stored)]]
    db:copy_in('copy_spec."Odd ""name"', nil, { { 4 } })
    assert.equal(8, db:value [[select twice from copy_spec."Odd ""name"]])
  end)

  it("cannot be made to run something else by a name", function()
    local evil = 'plain"; drop schema copy_spec cascade; --'
    refusal.check({ kind = "bad_argument" }, db.copy_in, db, evil, COLUMNS, {})
    local err = failure(db.copy_in, db, "copy_spec.plain", { 'id"); drop schema copy_spec; --' },
      {})
    assert.equal("undefined_column", err.kind)
    assert.equal(0, count())
  end)

  it("raises the iterator's own error, and stores nothing", function()
    local mine = {}
    local id = 0
    local err = failure(db.copy_in, db, "copy_spec.plain", { "id" }, function()
      id = id + 1
      if id > 20000 then error(mine) end
      return { id }
    end)
    assert.equal(mine, err)
    assert.equal(0, count())
  end)

  it("names the row and column of a value that does not encode, and stores nothing", function()
    local err = failure(db.copy_in, db, "copy_spec.plain", COLUMNS, { { 1, "a" }, { 2, "b", "x" } })
    assert.equal("encode", err.kind)
    assert.truthy(err.message:find('row 2, column "score"', 1, true))
    err = failure(db.copy_in, db, "copy_spec.plain", COLUMNS, { { 1, "a" }, { 2 ^ 40, "b" } })
    assert.truthy(err.message:find('row 2, column "id"', 1, true))
    assert.equal(0, count())
  end)

  it("refuses rows of a wrong shape", function()
    for _, row in ipairs { { 1, "a", 1, nil, 5 }, { id = 1, nmae = "x" }, "row", 7 } do
      refusal.check({ kind = "bad_argument", says = "row 1" }, db.copy_in, db, "copy_spec.plain",
        COLUMNS, { row })
    end
    assert.equal(0, count())
  end)

  it("refuses wrong calls with a cure", function()
    local plain = "copy_spec.plain"
    for _, call in ipairs {
      { plain, COLUMNS }, { plain, COLUMNS, 7 }, { plain, "id", {} }, { plain, {}, {} }, { "",
        nil, {} },
      { "a.b.c", nil, {} }, { 'x"', nil, {} }, { plain, nil, {}, { format = "csv" } },
      { plain, nil, {}, { header = true } }, { plain, nil, {}, { file = path } },
      { plain, nil, nil, { file = path } }, { plain, nil, {}, { fromat = "csv" } },
    } do
      refusal.check({ kind = "bad_argument" }, db.copy_in, db, call[1], call[2], call[3], call[4])
    end
  end)

  it("raises the server's errors, with the line", function()
    assert.equal("undefined_table", failure(db.copy_in, db, "nothing", { "a" }, {}).kind)
    assert.equal("undefined_column", failure(db.copy_in, db, "copy_spec.plain", { "a" }, {}).kind)
    local err = failure(db.copy_in, db, "copy_spec.plain", { "id" }, { { 1 }, { 2 }, { 1 } })
    assert.equal("unique_violation", err.kind)
    assert.truthy(err.context:find("line 3", 1, true))
    assert.equal(0, count())
  end)

  it("stops sending soon after the server has refused", function()
    local given = 0
    local err = failure(db.copy_in, db, "copy_spec.plain", { "id" }, function()
      given = given + 1
      if given < 5000000 then return { 1 } end
    end)
    assert.equal("unique_violation", err.kind)
    assert.is_true(given < 1000000)
  end)

  it("reads ready bytes from an iterator and from a file", function()
    local csv = "id,name\n1,\"a,b\"\n2,\n"
    local parts = { csv:sub(1, 9), csv:sub(10, 12), csv:sub(13) }
    assert.equal(2, db:copy_in("copy_spec.plain", { "id", "name" }, nil,
      { format = "csv", header = true, source = list_of(parts) }))
    assert.same({ { id = 1, name = "a,b" }, { id = 2 } }, rows())
    db:exec "truncate copy_spec.plain"
    local file <close> = io.open(path, "wb")
    file:write "3;x\n4;NIX\n"
    file:close()
    assert.equal(2, db:copy_in("copy_spec.plain", { "id", "name" }, nil,
      { format = "text", delimiter = ";", null = "NIX", file = path }))
    assert.same({ { id = 3, name = "x" }, { id = 4 } }, rows())
  end)

  it("says which file it cannot read", function()
    local err = failure(db.copy_in, db, "copy_spec.plain", nil, nil,
      { format = "csv", file = "/nowhere/at/all" })
    assert.equal("system_error", err.kind)
    assert.truthy(err.message:find("/nowhere/at/all", 1, true))
  end)

  it("raises the server's error about ready bytes", function()
    local err = failure(db.copy_in, db, "copy_spec.plain", { "id" }, nil,
      { format = "csv", source = list_of { "1\nx\n" } })
    assert.equal("invalid_text_representation", err.kind)
    assert.truthy(err.context:find("line 2", 1, true))
  end)

  it("is part of its transaction", function()
    db:transaction(function(tx)
      assert.equal(1, tx:copy_in("copy_spec.plain", { "id" }, { { 1 } }))
      assert.equal(1, tx:value "select count(*) from copy_spec.plain")
      local ok = pcall(tx.transaction, tx, function(sp)
        sp:copy_in("copy_spec.plain", { "id" }, { { 1 } })
      end)
      assert.is_false(ok)
      assert.equal(1, tx:value "select count(*) from copy_spec.plain")
      tx:abort()
    end)
    assert.equal(0, count())
  end)

  it("refuses a statement of its iterator on the same connection", function()
    local conn <close> = db:connect()
    refusal.check({ kind = "bad_argument", cure = "another connection" }, conn.copy_in, conn,
      "copy_spec.plain", { "id" }, function() return { conn:value "select 1" } end)
    assert.equal(1, conn:value "select 1")
  end)

  it("ends with a deadline while the table is locked, and the connection is good", function()
    local conn <close> = db:connect()
    local blocker <close> = db:begin()
    blocker:exec "lock table copy_spec.plain in access exclusive mode"
    local types_known = failure(mp.deadline, 0.1, conn.copy_in, conn, "copy_spec.plain", { "id" },
      { { 1 } })
    assert.equal("timeout", types_known.kind)
    assert.equal(7, conn:value "select 7")
    blocker:rollback()
    assert.equal(0, count())
  end)

  it("ends with its task in the middle", function()
    local task = mp.spawn(db.copy_in, db, "copy_spec.plain", { "id" }, function()
      mp.sleep(0.001)
      return { math.random(1, 2 ^ 30) }
    end)
    mp.sleep(0.05)
    task:cancel()
    local _, err = task:join()
    assert.equal("cancelled", err.kind)
    assert.equal(0, count())
  end)

  it("stays refused as a statement", function()
    refusal.check({ kind = "bad_argument", cure = "copy_in" }, db.exec, db,
      "copy copy_spec.plain from stdin")
  end)
end)
