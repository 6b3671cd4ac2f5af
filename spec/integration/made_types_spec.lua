-- made_types_spec.lua - types of a database's own on every way to run a statement.
local mp = require "moonpool"

local SQL = "select mood, at, during, array[mood] as moods from made.people order by id"

local PEOPLE = {
  { mood = "sad", at = { x = 1, y = 2 }, during = mp.range(1, 5, "[)"), moods = { "sad" } },
  { mood = "happy", at = { x = 3 }, during = mp.range(nil, 9, "[)"), moods = { "happy" } },
}

local function assert_people(rows)
  assert.equal(2, #rows)
  for i, expected in ipairs(PEOPLE) do
    assert.equal(expected.mood, rows[i].mood)
    assert.same(expected.at, rows[i].at)
    assert.equal(expected.during, rows[i].during)
    assert.same(expected.moods, rows[i].moods)
  end
end

local function collect(...)
  local rows = {}
  for row in ... do rows[#rows + 1] = row end
  return rows
end

describe("types that a database has made are values", function()
  local admin, db

  setup(function()
    admin = mp.engine(nil, { pool = { max = 1 } })
    admin:script [[
      create schema made;
      create type made.mood as enum ('sad', 'happy');
      create type made.point as (x int4, y int4);
      create table made.people (id int4 generated always as identity, mood made.mood,
                                at made.point, during int4range);
      insert into made.people (mood, at, during) values ('sad', '(1,2)', '[1,5)'),
                                                        ('happy', '(3,)', '(,9)');
    ]]
  end)
  teardown(function()
    admin:script "drop schema made cascade"
    admin:close()
  end)
  before_each(function() db = mp.engine(nil, { pool = { max = 3 } }) end)
  after_each(function() db:close() end)

  it("in pipelines, whose texts are described together", function()
    local results = db:pipeline(function(p)
      p:query(SQL)
      p:value("select $1::made.point", { x = 7, y = 8 })
      p:value("select $1::made.mood[]", { "happy" })
    end)

    assert_people(results[1])
    assert.same({ x = 7, y = 8 }, results[2])
    assert.same({ "happy" }, results[3])
  end)

  it("in pipelines of a transaction that has made them itself", function()
    local tx <close> = db:begin()
    tx:exec "create type made.own as (n int4)"

    local results = tx:pipeline(function(p)
      p:value("select $1::made.own", { n = 1 })
      p:query(SQL)
    end)

    assert.same({ n = 1 }, results[1])
    assert_people(results[2])
  end)

  it("in streams", function()
    assert_people(collect(db:stream(SQL)))
  end)

  it("in cursors", function()
    local cursor <close> = db:cursor(SQL, {}, { batch = 1 })

    assert_people(collect(cursor:each()))
  end)

  it("out of a COPY", function()
    assert_people(collect(db:copy_out(SQL)))
  end)

  for _, format in ipairs { "binary", "text" } do
    it("into a COPY as " .. format, function()
      db:exec "create table made.copied (like made.people)"
      local rows = {}
      for i, person in ipairs(PEOPLE) do
        rows[i] = { id = i, mood = person.mood, at = person.at, during = person.during }
      end

      assert.equal(2, db:copy_in("made.copied", { "id", "mood", "at", "during" }, rows,
        { format = format }))

      assert_people(db:query "select *, array[mood] as moods from made.copied order by id")
      db:exec "drop table made.copied"
    end)
  end

  it("in lists of parameters", function()
    local out = db:many("select $1::made.point as at", { { { x = 1 } }, { { y = 2 } } })

    assert.same({ x = 1 }, out[1][1].at)
    assert.same({ y = 2 }, out[2][1].at)
  end)
end)
