-- repository_spec.lua - every method of a repository on a real server, and what it refuses.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "repository_spec"

local Author = mp.model { "authors",
  c.int8("id", { primary_key = true, identity = true }), c.citext("email", { unique = true }),
  c.text("name", { null = true }), c.int4("age", { null = true }),
  c.array("tags", "text", { default = {} }), c.jsonb("settings", { default = {} }),
  c.numeric("credit", { precision = 12, scale = 2, default = 0 }),
  c.bool("is_active", { default = true }), mp.timestamps() }
local Seat = mp.model { "seats", c.text "row", c.int4 "number", c.text("guest", { null = true }),
  mp.primary_key { "row", "number" } }
local Log = mp.model { "logs", c.text "line" }

function Author.methods:display() return self.name or self.email end

local Authors = mp.repository(Author, { order = { "age desc", "id" } })
Authors.scopes.adults = function(q, a, age) return q:where(a.age:ge(age or 18)) end
Authors.scopes.tagged = function(q, a, tag) return q:where(a.tags:contains { tag }) end
Authors.scopes.oldest = function(q, a, count) return q:order_by(a.age:desc()):limit(count) end
Authors.scopes.odd = function(q) return q:where(mp.sql "age = 1 or age = 3") end
function Authors:by_email(email) return self:find { email = email } end

local Seats, Logs = mp.repository(Seat), mp.repository(Log)

local ROWS = {
  { email = "ada@x", name = "Ada", age = 36, tags = { "math", "code" }, settings = { a = 1 } },
  { email = "bob@x", age = 17, credit = mp.decimal "1.50", is_active = false },
  { email = "cyd@x", name = "Cyd", age = 80, tags = { "code" }, settings = { a = { 1, 2 } } },
  { email = "dee@x", name = "Dee" },
}

local function emails(rows)
  local list = {}
  for at, row in ipairs(rows) do list[at] = row.email:sub(1, 3) end
  return list
end

local function refused(kind, pattern, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  assert.matches(pattern, err.message)
  return err
end

-- The same sentences hold on whatever runs statements.
local function describe_methods(executor)
  local authors, seats, created
  before_each(function()
    authors, seats = Authors:using(executor()), Seats:using(executor())
    created = authors:create_many(ROWS)
  end)

  it("creates one row and gives it back whole", function()
    local eve = authors:create { email = "eve@x", settings = { deep = { 1, mp.null } } }

    assert.equal("integer", math.type(eve.id))
    assert.equal("eve@x", eve:display())
    assert.same({ 1, mp.null }, eve.settings.deep)
    assert.is_nil(eve.name)
    assert.equal(mp.decimal "0", eve.credit)
    assert.equal(eve.email, authors:get(eve.id).email)
  end)

  it("creates many rows in their order, each with its own defaults", function()
    assert.same({ "ada", "bob", "cyd", "dee" }, emails(created))
    assert.is_false(authors:get(created[2].id).is_active)
    assert.is_true(authors:get(created[4].id).is_active)
    assert.equal(mp.decimal "1.50", created[2].credit)
    assert.is_nil(created[4].age)
  end)

  it("creates all of many or none", function()
    refused("unique_violation", "uq_authors_email", authors.create_many, authors,
      { { email = "new@x" }, { email = "ADA@X" } })

    assert.equal(4, authors:count())
  end)

  it("creates more than one statement holds, or none of them", function()
    local rows = {}
    for at = 1, 4000 do rows[at] = { email = at .. "@many", tags = { "many" } } end

    assert.equal(4000, #authors:create_many(rows))
    rows[4000].email, rows[1].email = "last@many", "first@many"
    refused("unique_violation", "uq_authors_email", authors.create_many, authors, rows)
    assert.equal(4000, authors:count { email = mp.like "%@many" })
  end)

  it("gets by key, or raises not_found", function()
    assert.equal("Cyd", authors:get(created[3].id).name)
    refused("not_found", '"authors" has no row', authors.get, authors, -1)
    refused("bad_argument", 'has no "id"', authors.get, authors, nil)
    refused("invalid_text_representation", "bigint", authors.get, authors, "one")
  end)

  it("finds the only row, nil, or raises", function()
    assert.equal("Ada", authors:by_email("ADA@x").name)
    assert.is_nil(authors:find { email = "nobody" })
    refused("multiple_rows", "rows", authors.find, authors, { age = mp.gt(18) })
  end)

  local FILTERS = {
    { "a value", { name = "Ada" }, { "ada" } },
    { "false", { is_active = false }, { "bob" } },
    { "NULL", { name = mp.null }, { "bob" } },
    { "no NULL", { age = mp.ne(mp.null) }, { "cyd", "ada", "bob" } },
    { "a list", { name = { "Ada", "Cyd", "x" } }, { "cyd", "ada" } },
    { "an empty list", { name = {} }, {} },
    { "gt", { age = mp.gt(36) }, { "cyd" } }, { "gte", { age = mp.gte(36) }, { "cyd", "ada" } },
    { "lt", { age = mp.lt(36) }, { "bob" } }, { "lte", { age = mp.lte(36) }, { "ada", "bob" } },
    { "ne", { age = mp.ne(36) }, { "cyd", "bob" } },
    { "between", { age = mp.between(17, 36) }, { "ada", "bob" } },
    { "like", { name = mp.like "%d%" }, { "cyd", "ada" } },
    { "ilike", { name = mp.ilike "D%" }, { "dee" } },
    { "contains in an array", { tags = mp.contains { "code" } }, { "cyd", "ada" } },
    { "contains in JSON", { settings = mp.contains { a = { 1 } } }, { "cyd" } },
    { "a whole array", { tags = { "code" } }, { "cyd" } },
    { "a whole JSON value", { settings = { a = 1 } }, { "ada" } },
    { "an exact number", { credit = mp.decimal "1.5" }, { "bob" } },
    { "several at once", { age = mp.gt(1), name = mp.null }, { "bob" } },
    { "an expression", Author.age:gt(40) | Author.name:eq "Ada", { "cyd", "ada" } },
    { "a fragment", mp.sql("lower(?) = ?", Author.name, "ada"), { "ada" } },
    { "nothing", nil, { "dee", "cyd", "ada", "bob" } },
  }
  for _, case in ipairs(FILTERS) do
    it("lists, counts and sees rows by " .. case[1], function()
      assert.same(case[3], emails(authors:list(case[2])))
      assert.equal(#case[3], authors:count(case[2]))
      assert.equal(#case[3] > 0, authors:exists(case[2]))
    end)
  end

  it("takes another query's answer for a list", function()
    local ids = executor():column "select id from authors where age > 30"

    assert.equal(2, authors:count { id = ids })
    assert.equal(2, authors:count { id = mp.gt(0), name = { "Ada", "Dee" } })
  end)

  it("lists a part, in another order", function()
    assert.same({ "bob", "cyd" },
      emails(authors:list(nil, { order = { "email" }, limit = 2, offset = 1 })))
    assert.same({}, authors:list(nil, { limit = 0 }))
    refused("bad_argument", 'did you mean "email"', authors.list, authors, nil, { order = "emial" })
  end)

  it("updates by key and gives the row as it is now", function()
    local ada = authors:update(created[1].id, { name = mp.null, age = Author.age + 1,
      settings = { b = mp.list {} }, is_active = false })

    assert.is_nil(ada.name)
    assert.same({ 37, false }, { ada.age, ada.is_active })
    assert.same({ b = {} }, authors:get(ada.id).settings)
    refused("not_found", "no row", authors.update, authors, -1, { age = 1 })
    refused("bad_argument", "sets nothing", authors.update, authors, ada.id, {})
    refused("unique_violation", "uq_authors_email", authors.update, authors, ada.id,
      { email = "bob@x" })
  end)

  it("deletes by key and tells whether there was a row", function()
    assert.is_true(authors:delete(created[1].id))
    assert.is_false(authors:delete(created[1].id))
    assert.equal(3, authors:count())
  end)

  it("updates and deletes by a condition, never without one", function()
    assert.equal(2, authors:update_where({ age = mp.gt(20) }, { is_active = false }))
    assert.equal(3, authors:delete_where { is_active = false })
    refused("bad_argument", "no condition", authors.delete_where, authors, {})
    assert.same({ "dee" }, emails(authors:list()))
  end)

  it("narrows by scopes, one on the other", function()
    assert.same({ "cyd", "ada" }, emails(authors:adults():list()))
    assert.same({ "cyd" }, emails(authors:adults(40):tagged("code"):list()))
    assert.equal(1, authors:adults():tagged("math"):count())
    assert.is_false(authors:tagged("none"):exists())
    assert.is_nil(authors:tagged("none"):find { name = "Ada" })
    refused("not_found", "no row", function() return authors:adults():get(created[2].id) end)
    assert.is_false(authors:adults():delete(created[2].id))
    assert.equal(2, authors:adults():update_where({}, { name = "x" }))
    assert.equal(2, authors:oldest(2):count())
    assert.is_true(authors:oldest(2):exists { age = mp.gt(1) })
  end)

  it("keeps a scope's own words together", function()
    assert.equal(0, authors:odd():count { email = "ada@x" })
    assert.equal(0, authors:odd():delete_where { email = "ada@x" })
  end)

  it("takes a key of several columns", function()
    seats:create_many { { row = "a", number = 1 }, { row = "a", number = 2, guest = "x" },
      { row = "b", number = 1 } }

    assert.equal("x", seats:get({ row = "a", number = 2 }).guest)
    assert.equal("y", seats:update({ number = 1, row = "b" }, { guest = "y" }).guest)
    assert.is_true(seats:delete { row = "a", number = 1 })
    refused("not_found", "%(row, number%)", seats.get, seats, { row = "a", number = 1 })
    refused("bad_argument", "several columns", seats.get, seats, "a")
    refused("bad_argument", 'has no "number"', seats.get, seats, { row = "a" })
  end)

  it("reads and writes a table without a key, except by key", function()
    local logs = Logs:using(executor())
    logs:create_many { { line = "a" }, { line = "b" } }

    assert.equal(2, #logs:list())
    assert.equal(1, logs:delete_where { line = "a" })
    refused("bad_argument", "no primary key", logs.get, logs, 1)
    refused("bad_argument", "no primary key", logs.page, logs)
  end)

  it("names a mistyped column with the right one", function()
    refused("bad_argument", 'did you mean "email"', authors.find, authors, { emial = 1 })
    refused("bad_argument", 'did you mean "email"', authors.create, authors, { emial = 1 })
    refused("bad_argument", 'did you mean "email"', authors.update, authors, 1, { emial = 1 })
    refused("bad_argument", 'did you mean "name"', authors.update_where, authors, { id = 1 },
      { nmae = 1 })
  end)

  it("refuses values that a column cannot hold", function()
    refused("encode", "", authors.create, authors, { email = "f@x", age = 1.5 })
    refused("encode", "", authors.create, authors, { email = "f@x", age = 2 ^ 40 })
    refused("encode", "", authors.list, authors, { name = 5 })
    refused("encode", "", authors.list, authors, { is_active = 2 })
    assert.equal(4, authors:count())
  end)
end

describe("a repository", function()
  local db
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Author, Seat, Log)
  end)
  teardown(function() tables.close(db, SCHEMA) end)

  describe("on an engine", function()
    after_each(function() db:exec "truncate authors, seats, logs" end)
    describe_methods(function() return db end)
  end)

  describe("beside others", function()
    after_each(function() db:exec "truncate authors, seats, logs" end)

    it("moves updated_at and never created_at", function()
      local authors = Authors:using(db)
      local ada = authors:create { email = "ada@x" }

      local later = authors:update(ada.id, { age = 1 })

      assert.is_true(later.updated_at > ada.updated_at)
      assert.equal(ada.created_at, later.created_at)
    end)

    it("tells which constraint a row breaks", function()
      local authors = Authors:using(db)
      authors:create { email = "ada@x" }

      local err = refused("unique_violation", "", authors.create, authors, { email = "Ada@x" })

      assert.same({ "uq_authors_email", "authors", "23505" },
        { err.constraint, err.table, err.sqlstate })
      assert.is_nil(tostring(err):find("Ada@x", 1, true))
    end)

    it("serves many tasks at once", function()
      local authors, numbers = Authors:using(db), {}
      for at = 1, 40 do numbers[at] = at end

      local made = mp.map(numbers, function(at) return authors:create { email = at .. "@x" } end)
      local again = mp.map(made, function(row) return authors:get(row.id).email end)

      for at = 1, 40 do assert.equal(at .. "@x", again[at]) end
    end)

    it("works in a transaction that is rolled back", function()
      db:transaction(function(tx)
        local authors = Authors:using(tx)
        authors:create { email = "ada@x" }
        local _, err = errors.try(db.transaction, tx, function(inner)
          Authors:using(inner):create { email = "bob@x" }
          error("no", 0)
        end)
        assert.equal(1, authors:count(), tostring(err))
        assert.equal(0, Authors:using(db):count())
      end)

      assert.equal(1, Authors:using(db):count())
    end)
  end)

  describe("on a pinned connection", function()
    local conn
    before_each(function() conn = db:connect() end)
    after_each(function()
      conn:close()
      db:exec "truncate authors, seats, logs"
    end)
    describe_methods(function() return conn end)
  end)
end)
