-- soft_delete_spec.lua - rows that are deleted and stay: sessions, repositories, constraints.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "soft_delete_spec"

local Author = mp.model { "authors", c.int8("id", { primary_key = true, identity = true }),
  c.text("email", { unique = true }), mp.soft_delete(), mp.version(),
  mp.has_many("books", { table = "books" }) }
local Book = mp.model { "books", c.int8("id", { primary_key = true, identity = true }),
  c.text "title", mp.belongs_to("author", { table = "authors", null = true }),
  mp.soft_delete { column = "gone_at" } }
local Seat = mp.model { "seats", c.text "row", c.int4 "number", mp.primary_key { "row", "number" },
  mp.soft_delete() }

describe("soft delete", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Author, Book, Seat)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:script [[truncate authors, books, seats restart identity;
      insert into authors (email, version) select 'a' || n, 1 from generate_series(1, 3) n;
      insert into books (title, author_id) select 'b' || n, 1 from generate_series(1, 3) n;
      insert into seats select 'a', n from generate_series(1, 3) n]]
    s = db:session()
  end)
  after_each(function() s:close() end)

  it("keeps the row, out of every read, and what refers to it", function()
    local author = s:get(Author, 1)
    s:delete(author)
    s:commit()

    assert.equal(3, db:value "select count(*) from authors")
    assert.equal(2, db:value "select version from authors where deleted_at is not null")
    assert.equal(3, db:value "select count(*) from books where author_id = 1")
    assert.equal("detached", (mp.state(author)))
    assert.equal(2, s:select(Author):count())
    assert.is_nil(s:find(Author, 1))
    assert.equal(3, s:select(Author):with_deleted():count())
    assert.is_nil(s:get(Book, 1):load "author")
  end)

  it("deletes several rows with one statement, also by several columns", function()
    local seats, authors = s:select(Seat):where(Seat.number:lt(3)):all(), s:select(Author):all()
    for _, seat in ipairs(seats) do s:delete(seat) end
    for _, author in ipairs(authors) do s:delete(author) end
    local plan = tostring(s:plan())
    s:commit()

    assert.matches("update seats set deleted_at = now%(%) from unnest", plan)
    assert.equal(1, s:select(Seat):count())
    assert.equal(0, s:select(Author):count())
  end)

  it("is what a condition deletes by", function()
    local author = s:get(Author, 1)

    assert.equal(2, s:delete_where(Author, { id = { 1, 2 } }))
    s:commit()

    assert.equal("detached", (mp.state(author)))
    assert.equal(3, db:value "select count(*) from authors")
    assert.equal(0, s:delete_where(Author, { id = { 1, 2 } }))
    assert.equal(1, s:select(Author):count())
  end)

  it("is undone by a rollback, and by setting the column", function()
    local author = s:get(Author, 2)
    s:begin()
    s:delete(author)
    s:flush()
    s:rollback()
    assert.equal("persistent", (mp.state(author)))

    s:delete(author)
    s:commit()
    local deleted = s:select(Author):with_deleted():where { id = 2 }:one()
    deleted.deleted_at = nil
    s:commit()

    assert.equal(3, s:select(Author):count())
  end)

  it("raises stale_object for a row that was changed meanwhile", function()
    local author = s:get(Author, 1)
    db:exec "update authors set version = 7 where id = 1"
    s:delete(author)

    local _, err = errors.try(s.commit, s)

    assert.equal("stale_object", err.kind)
    assert.equal(0, db:value "select count(*) from authors where deleted_at is not null")
  end)

  it("lets another row have the values of a deleted one", function()
    s:delete(s:get(Author, 1))
    s:commit()
    s:add(Author { email = "a1" })
    s:commit()

    s:add(Author { email = "a1" })
    local _, err = errors.try(s.commit, s)
    assert.equal("unique_violation", err.kind)
    assert.equal("uq_authors_email", err.constraint)
  end)

  describe("in a repository", function()
    local authors
    before_each(function() authors = mp.repository(Author):using(db) end)

    it("leaves deleted rows out of reads, updates and pages", function()
      assert.is_true(authors:delete(1))

      assert.is_false(authors:delete(1))
      assert.equal(2, authors:count())
      assert.equal(2, #authors:list())
      assert.is_nil(authors:find { id = 1 })
      assert.is_false(authors:exists { id = 1 })
      assert.equal(2, #authors:page().items)
      assert.equal(0, authors:update_where({ id = 1 }, { email = "x" }))
      assert.equal(3, db:value "select count(*) from authors")
    end)

    it("reads them where that is asked for, and restores them", function()
      authors:delete_where { id = { 1, 2 } }

      assert.equal(3, authors:with_deleted():count())
      assert.is_not_nil(authors:with_deleted():find { id = 1 }.deleted_at)
      assert.equal("a1", authors:restore(1).email)
      assert.equal(2, authors:count())
    end)
  end)

  it("upserts among the rows that are there", function()
    s:delete(s:get(Author, 1))
    s:commit()
    local insert = mp.insert(Author):values { { email = "a1", version = 1 }, { email = "a2",
      version = 5 } }:on_conflict("email"):update { "version" }

    assert.equal("on conflict (email) where deleted_at is null", tostring(insert):match
      "on conflict %b() where %S+ is null")
    assert.equal(2, insert:exec(db))
    assert.same({ 1, 5 }, db:column
      "select version from authors where deleted_at is null and email < 'a3' order by email")
  end)
end)
