-- transform_spec.lua - columns with load and dump, and computed values: stored, compared, loaded.
local c = require "moonpool.column"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "transform_spec"

-- "u-7" in the program is 7 in the table.
local function load_id(value) return "u-" .. value end
local function dump_id(value) return math.tointeger(value:match "%d+") end
local function id(name, options)
  local given = { load = load_id, dump = dump_id }
  for key, value in pairs(options or {}) do given[key] = value end
  return c.int8(name, given)
end

local User = mp.model { "users", id("id", { primary_key = true }), c.text "first", c.text "last",
  c.text("note", { null = true, deferred = true }),
  c.text("mood", { null = true, load = string.upper, dump = string.lower }),
  mp.computed("name", { sql = function(u) return u.first .. " " .. u.last end,
    lua = function(u) return u.first .. " " .. u.last end }),
  mp.has_many("posts", { table = "posts", column = "author_id", order_by = "id" }) }
local Post = mp.model { "posts", c.int8("id", { primary_key = true }), id "author_id",
  mp.belongs_to("author", { table = "users", column = "author_id" }) }

describe("a transformed column", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, User, Post)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:script [[truncate users, posts; insert into users (id, first, last, note, mood) values
      (7, 'Ada', 'Lovelace', 'n7', 'fine'), (8, 'Bob', 'Boole', null, null);
      insert into posts (id, author_id) values (1, 7), (2, 7), (3, 8)]]
    s = db:session()
  end)
  after_each(function() s:close() end)

  it("is compared as the program has it", function()
    assert.equal("u-7", s:select(User):where { id = "u-7" }:one().id)
    assert.equal(2, s:select(User):where { id = { "u-7", "u-8" } }:count())
    assert.equal("u-7", s:select(User):where { mood = "FINE" }:one().id)
    assert.equal(1, s:select(User):where { mood = mp.null }:count())
    assert.equal("FINE", s:find(User, { mood = "FINE" }).mood)
    local users = mp.repository(User):using(db)
    assert.equal("FINE", users:get("u-7").mood)
    assert.equal(1, #users:list { mood = "FINE" })
    assert.equal("GLAD", users:update("u-8", { mood = "GLAD" }).mood)
    db:exec "delete from posts where id = 3"
    assert.is_true(users:delete "u-8")
  end)

  it("leads to what it refers to, whichever way", function()
    local users = s:select(User):order_by "id":with "posts":all()
    assert.same({ 2, 1 }, { #users[1].posts, #users[2].posts })
    local own <close> = db:session()
    local posts = own:select(Post):order_by "id":with "author":all()
    assert.same({ "u-7", "u-7", "u-8" }, { posts[1].author.id, posts[2].author.id,
      posts[3].author.id })
    assert.equal(posts[1].author, posts[2].author)
    local third <close> = db:session()
    for _, strategy in ipairs { "joined", "lateral", "select" } do
      local post = third:select(Post):where { id = 3 }
        :with { author = { strategy = strategy } }:one()
      assert.equal("u-8", post.author.id)
    end
    assert.equal(2, s:select(Post):where { author = users[1] }:count())
  end)

  it("has deferred columns loaded by its key", function()
    local users = s:select(User):order_by "id":all()

    assert.equal("n7", users[1]:load "note")
    assert.is_nil(users[2].note)
  end)

  it("is stored as it is sent", function()
    s:add(User { id = "u-9", first = "Cy", last = "X", mood = "Calm" })
    s:commit()

    assert.same({ 9, "calm" }, db:tuples("select id, mood from users where first = 'Cy'")[1])
  end)

  it("has computed values beside it, to compare and to order by", function()
    assert.equal("Ada Lovelace", s:select(User):where { name = "Ada Lovelace" }:one().name)
    assert.equal("Bob", s:select(User):order_by "name desc":first().first)
    local post = s:select(Post):where { id = 3 }
      :with { author = { strategy = "joined", where = { name = "Bob Boole" } } }:one()
    assert.equal("Bob Boole", post.author.name)
    assert.equal(1, mp.repository(User):using(db):count { name = "Bob Boole" })
  end)
end)
