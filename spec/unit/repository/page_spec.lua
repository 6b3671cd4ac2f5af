-- moonpool.repository.page: the statements of pages, their cursors, and refused ones.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"
local recorder = require "moonpool.testing.recorder"
local repository = require "moonpool.repository"

local User = model.new { "users",
  c.int8("id", { primary_key = true, identity = true }), c.text "email",
  c.int4("age", { null = true }), c.array("tags", "text", { default = {} }) }
local Users = repository(User, { order = "email" })

local COLUMNS = "users.id, users.email, users.age, users.tags"
local SELECT = "select " .. COLUMNS .. " from users"

local db, users
before_each(function()
  db = recorder.new()
  users = Users:using(db)
end)

local function refusal(kind, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  return err.message
end

describe("moonpool.repository.page", function()
  local ROWS = { { id = 1, email = "a" }, { id = 2, email = "b" }, { id = 3, email = "c" } }

  it("gives a cursor while there are more rows", function()
    db:answer(ROWS)

    local page = users:page { size = 2 }

    assert.equal(2, #page.items)
    assert.is_string(page.next)
    assert.is_nil(page.prev)
  end)

  it("ends where the rows end", function()
    db:answer(ROWS)

    assert.is_nil(users:page({ size = 3 }).next)
  end)

  it("goes on after a cursor by a row comparison", function()
    db:answer(ROWS)
    local first = users:page { size = 2 }

    local second = users:page { size = 2, after = first.next }

    assert.equal(SELECT .. " where (users.email, users.id) > ($1, $2)"
      .. " order by users.email, users.id limit $3",
      db:last().sql)
    assert.same({ "b", 2, 3, n = 3 }, db:last().params)
    assert.same({}, second.items)
  end)

  it("walks back and keeps the order", function()
    db:answer(ROWS, { { id = 2, email = "b" }, { id = 1, email = "a" } })
    local first = users:page { size = 2 }

    local back = users:page { size = 2, before = first.next }

    assert.matches("< %(%$1, %$2%) order by users.email desc, users.id desc", db:last().sql)
    assert.equal("a", back.items[1].email)
    assert.is_nil(back.prev)
  end)

  it("spells mixed directions out", function()
    local mixed = repository(User, { order = { "email desc", "id asc" } }):using(db)
    db:answer(ROWS)
    mixed:page { size = 2, after = mixed:page({ size = 2 }).next }

    assert.matches("where users.email < %$1 or users.email = %$2 and users.id > %$3 order by",
      db:last().sql)
  end)

  it("refuses a column that may be NULL by name", function()
    local by_age = repository(User, { order = "age" }):using(db)

    assert.matches('cannot page by "age"', refusal("bad_argument", by_age.page, by_age))
  end)

  it("refuses a cursor that was changed, or made for another order", function()
    db:answer(ROWS, ROWS)
    local cursor = users:page({ size = 2 }).next
    local other = repository(User, { order = "email desc" }):using(db)

    for _, bad in ipairs { cursor .. "AAAA", cursor:sub(1, -3), "x", "", "!!" } do
      assert.matches("cursor", refusal("bad_argument", users.page, users, { after = bad }))
    end
    assert.matches("cursor", refusal("bad_argument", other.page, other, { after = cursor }))
  end)

  it("refuses a cursor of another table with the same order", function()
    db:answer(ROWS)
    local other = repository(model.new { "others", c.int8("id", { primary_key = true }),
      c.text "email" }, { order = "email" }):using(db)

    assert.matches("cursor", refusal("bad_argument", other.page, other,
      { after = users:page({ size = 2 }).next }))
  end)

  it("refuses to end a page at an array", function()
    local by_tags = repository(User, { order = "tags" }):using(db:answer {
      { id = 1, tags = {} }, { id = 2, tags = {} } })

    assert.matches("value that is a table",
      refusal("bad_argument", by_tags.page, by_tags, { size = 1 }))
  end)

  it("refuses both directions at once, and odd sizes", function()
    assert.matches("exclude",
      refusal("bad_argument", users.page, users, { after = "a", before = "b" }))
    assert.matches('"size"', refusal("bad_argument", users.page, users, { size = 0 }))
  end)
end)
