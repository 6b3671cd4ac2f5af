-- materialized_view_spec.lua - views as sources, and materialized ones filled anew.
local ddl = require "moonpool.schema.ddl"
local mp = require "moonpool"

describe("a view", function()
  local db
  local totals = mp.materialized_view("totals", "select kind, count(*) as n from events group by 1",
    { columns = { "kind", "n" }, indexes = { mp.index { "kind", unique = true } } })

  setup(function()
    db = mp.engine(nil, { pool = { max = 2 }, settings = { search_path = "views_s" } })
    db:script "create schema views_s; create table views_s.events (kind text)"
    for _, sql in ipairs(ddl.create(totals)) do db:exec(sql) end
  end)
  before_each(function()
    db:exec "truncate events"
    totals:refresh(db)
  end)
  teardown(function()
    db:script "set client_min_messages = warning; drop schema views_s cascade"
    db:close()
  end)

  it("is filled anew when asked", function()
    db:exec "insert into events values ('a'), ('a'), ('b')"
    assert.equal(0, mp.select(totals):count():value(db))

    totals:refresh(db)

    assert.same({ { kind = "a", n = 2 }, { kind = "b", n = 1 } },
      { table.unpack(mp.select(totals):order_by("kind"):all(db)) })
  end)

  it("is filled while others read it", function()
    db:exec "insert into events values ('a')"
    local reader <close> = db:begin { isolation = "repeatable read" }
    assert.equal(0, mp.select(totals):count():value(reader))

    totals:refresh(db, { concurrently = true })

    assert.equal(0, mp.select(totals):count():value(reader))
    assert.equal(1, mp.select(totals):count():value(db))
  end)

  it("is filled in a transaction, and not when that is rolled back", function()
    db:exec "insert into events values ('a')"
    local left = db:transaction(function(tx)
      totals:refresh(tx)
      tx:abort "no"
    end)

    assert.is_nil(left)
    assert.equal(0, mp.select(totals):count():value(db))
  end)

  it("is emptied", function()
    totals:refresh(db, { with_data = false })

    local _, err = mp.try(db.value, db, "select count(*) from totals")
    assert.equal("object_not_in_prerequisite_state", err.kind)
  end)

  it("refuses options that exclude each other", function()
    local _, err = mp.try(totals.refresh, totals, db, { concurrently = true, with_data = false })
    local _, typo = mp.try(totals.refresh, totals, db, { concurently = true })

    assert.matches("exclude each other", err.message)
    assert.matches('did you mean "concurrently"', typo.message)
  end)
end)
