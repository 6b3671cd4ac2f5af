-- session_schema_spec.lua - sessions over db:with { schema = ... }: one model, a schema for each.
local c = require "moonpool.column"
local ddl = require "moonpool.schema.ddl"
local mp = require "moonpool"

local Author = mp.model { "authors", schema = "app",
  c.int8("id", { primary_key = true, identity = true }), c.text "name",
  mp.has_many("books", { table = "books", order_by = "id", cascade = { "save", "delete" } }),
  mp.many_to_many("circles", { table = "circles", through = "memberships" }) }
local Book = mp.model { "books", schema = "app",
  c.int8("id", { primary_key = true, identity = true }), c.text "title",
  mp.belongs_to("author", { table = "authors" }) }
local Circle = mp.model { "circles", schema = "app",
  c.int8("id", { primary_key = true, identity = true }), c.text "name" }
local Membership = mp.model { "memberships", schema = "app",
  mp.belongs_to("author", { table = "authors" }), mp.belongs_to("circle", { table = "circles" }),
  mp.primary_key { "author_id", "circle_id" } }

local TENANTS = { "tenant_one", "tenant_two" }

local function create(db, tenant)
  db:script(("drop schema if exists %s cascade; create schema %s"):format(tenant, tenant))
  for _, model in ipairs { Author, Book, Circle, Membership } do
    local text = table.concat(ddl.create_table(model.table), ";\n")
    db:script((text:gsub("%f[%w]app%.", tenant .. ".")))
  end
end

describe("a session over translated schemas", function()
  local db, one, two
  setup(function()
    db = mp.engine()
    for _, tenant in ipairs(TENANTS) do create(db, tenant) end
    one = db:with { schema = { app = "tenant_one" } }
    two = db:with { schema = { app = "tenant_two" } }
  end)
  teardown(function()
    for _, tenant in ipairs(TENANTS) do
      db:script("set client_min_messages = warning; drop schema " .. tenant .. " cascade")
    end
    db:close()
  end)
  before_each(function()
    for _, tenant in ipairs(TENANTS) do
      db:script(("truncate %s.authors, %s.books, %s.circles restart identity cascade"):format(
        tenant, tenant, tenant))
    end
  end)

  local function count(tenant, name)
    return db:value(("select count(*) from %s.%s"):format(tenant, name))
  end

  local function fill(executor)
    local s <close> = executor:session()
    for n = 1, 3 do
      s:add(Author { name = "a" .. n, books = { Book { title = "x" }, Book { title = "y" } },
        circles = { Circle { name = "c" .. n } } })
    end
    s:commit()
  end

  it("writes and reads the one, and nothing of the other", function()
    fill(one)

    assert.same({ 3, 6, 3, 0, 0, 0 }, { count("tenant_one", "authors"),
      count("tenant_one", "books"), count("tenant_one", "memberships"),
      count("tenant_two", "authors"), count("tenant_two", "books"),
      count("tenant_two", "memberships") })
    local s <close> = one:session()
    local authors = s:select(Author):order_by "id":with { "books", "circles" }:all()
    assert.same({ 3, 2, "c2" }, { #authors, #authors[1].books, authors[2].circles[1].name })
    local other <close> = two:session()
    assert.is_nil(other:find(Author, 1))
    assert.equal(0, other:select(Author):count())
  end)

  it("updates, unlinks and deletes there alone", function()
    fill(one)
    fill(two)
    local s <close> = one:session()
    local authors = s:select(Author):order_by "id":with { "books", "circles" }:all()
    for _, author in ipairs(authors) do author.name = "new" end
    authors[1].circles[1] = nil
    authors[2].circles[1] = nil
    s:delete(authors[3])
    s:commit()

    assert.same({ 2, 4, 0 }, { count("tenant_one", "authors"), count("tenant_one", "books"),
      count("tenant_one", "memberships") })
    assert.same({ 3, 6, 3 }, { count("tenant_two", "authors"), count("tenant_two", "books"),
      count("tenant_two", "memberships") })
    assert.equal("a1", db:value "select min(name) from tenant_two.authors")
  end)

  it("stays there in transactions, savepoints and streams", function()
    local s <close> = two:session()
    s:begin()
    s:add(Author { name = "a" })
    local nested <close> = s:nested()
    s:add(Author { name = "b" })
    nested:commit()
    local names = {}
    for author in s:select(Author):order_by "id":stream() do names[#names + 1] = author.name end
    s:commit()

    assert.same({ "a", "b" }, names)
    assert.equal(2, count("tenant_two", "authors"))
    two:transaction(function(tx)
      local own <close> = tx:session()
      own:add(Author { name = "c" })
      own:commit()
      assert.equal(3, own:select(Author):count())
    end)
    assert.equal(3, count("tenant_two", "authors"))
    assert.equal(0, count("tenant_one", "authors"))
  end)

  it("is heard by the engine's observers", function()
    local assert_queries = require "moonpool.testing.assert_queries"

    assert_queries(3, function()
      local s <close> = one:session()
      local author = s:add(Author { name = "a" })
      s:commit()
      author.name = "b"
      s:commit()
      s:select(Author):all()
    end)
  end)
end)
