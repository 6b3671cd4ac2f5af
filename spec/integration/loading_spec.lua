-- loading_spec.lua - relations from a real server: each kind, each strategy.
local errors = require "moonpool.errors"
local mp = require "moonpool"
local tables = require "spec.support.tables"
local world = require "spec.support.authors_world"

local Author, Post, Note, Section, Order =
  world.Author, world.Post, world.Note, world.Section, world.Order

local SCHEMA = "loading_spec"

local function refused(kind, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  return err
end

local function ids(list)
  local found = {}
  for at, object in ipairs(list) do found[at] = object.id end
  return found
end

describe("loading", function()
  local db, s
  setup(function() db = world.open(SCHEMA) end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function() s = db:session() end)
  after_each(function() s:close() end)

  -- What the server says belongs to each parent.
  local function expected(sql)
    local lists = {}
    for _, row in ipairs(db:tuples(sql)) do
      lists[row[1]] = lists[row[1]] or {}
      table.insert(lists[row[1]], row[2])
    end
    return lists
  end

  local function assert_lists(sql, objects, name, field)
    local lists = expected(sql)
    for _, object in ipairs(objects) do
      local found = {}
      for at, related in ipairs(object[name]) do found[at] = related[field or "id"] end
      assert.same(lists[object.id] or {}, found, name .. " of " .. object.id)
    end
  end

  it("gives each parent the rows that the server says are its own", function()
    local posts = s:select(Post):order_by "id"
      :with { "comments", "live_comments", "tags", "notes", "author" }:all()

    assert.equal(99, #posts)
    assert_lists("select post_id, id from comments order by id", posts, "comments")
    assert_lists("select post_id, id from comments where state = 'live' order by id", posts,
      "live_comments")
    assert_lists("select post_id, tags.name from taggings join tags on tags.name = tag_name"
      .. " order by tags.name", posts, "tags", "name")
    assert_lists("select subject_id, id from notes where subject_type = 'posts' order by id", posts,
      "notes")
    for _, post in ipairs(posts) do assert.equal(post.author_id, post.author.id) end
    assert.equal(posts[1].author, posts[3].author)
  end)

  it("reads what the pair of a many_to_many holds beside the two", function()
    local post = s:select(Post):where { id = 3 }:with "tags":one()

    assert.equal(0, post.tags:extra(post.tags[1]).weight)
    assert.equal(3, post.tags:extra(post.tags[2]).weight)
  end)

  it("sees what is taken from a list that tells of pairs", function()
    local post = s:select(Post):where { id = 4 }:with "tags":one()
    table.remove(post.tags, 1)
    s:flush()

    local own <close> = s:nested()
    assert.equal(1, #s:select(Post):where { id = 4 }:with { tags = { limit = 9 } }:one().tags)
    own:rollback()
    s:rollback()
    assert.equal(2, db:value "select count(*) from taggings where post_id = 4")
  end)

  it("goes through, to itself, and to one row", function()
    local authors = s:select(Author):order_by "id"
      :with { "received", "friends", "profile", "team" }:all()

    assert_lists("select p.author_id, c.id from comments c join posts p on p.id = c.post_id"
      .. " where p.deleted_at is null order by c.id", authors, "received")
    assert.same({ 2, 3 }, ids(authors[1].friends))
    assert.equal(authors[2], authors[1].friends[1])
    assert.equal("mathematician", authors[1].profile.bio)
    assert.is_nil(authors[2].profile)
    assert.is_nil(authors[3].team)
    assert.same({}, authors[3].friends)
  end)

  it("follows a table that refers to itself", function()
    local root = s:select(Section):where { parent_id = mp.null }
      :with { children = { with = { children = { "children" } } } }:one()

    assert.same({ 2, 3 }, ids(root.children))
    assert.same({ 4 }, ids(root.children[1].children))
    assert.same({}, root.children[1].children[1].children)
    assert.equal(root, root.children[1]:load "parent")
  end)

  it("asks by several columns", function()
    local orders = s:select(Order):order_by("shop", "number"):with "lines":all()

    assert.same({ { 1, 3 }, {}, { 2 } },
      { ids(orders[1].lines), ids(orders[2].lines), ids(orders[3].lines) })
    assert.equal(orders[1], orders[1].lines[1]:load "order")
  end)

  it("finds the rows that a polymorphic relation leads to", function()
    local notes = s:select(Note):order_by "id":with { subject = { "author", "posts" } }:all()

    assert.equal("post 1", notes[1].subject.title)
    assert.equal(notes[1].subject, notes[2].subject)
    assert.equal("Bob", notes[3].subject.name)
    assert.is_nil(notes[4].subject)
    assert.is_nil(notes[5].subject)
    assert.equal("Bob", notes[1].subject.author.name)
    assert.equal(50, #notes[3].subject.posts)
  end)

  it("limits, filters and orders for each parent", function()
    local posts = s:select(Post):where(Post.id:le(20)):order_by "id":with { comments = {
      where = function(comment) return comment.state:eq "live" end, order_by = "id desc",
      limit = 2, with = { "author" } } }:all()

    assert_lists([[select post_id, id from (select *, row_number() over
      (partition by post_id order by id desc) as n from comments where state = 'live') c
      where n <= 2 order by id desc]], posts, "comments")
    assert.equal("string", type(posts[1].comments[1].author.name))
  end)

  it("gives the same by every strategy", function()
    for _, strategy in ipairs { "select", "joined", "lateral" } do
      local own <close> = db:session()
      local posts = own:select(Post):order_by "id":limit(7)
        :with { author = { strategy = strategy, with = { team = { strategy = strategy } } } }:all()
      local seen = {}
      for at, post in ipairs(posts) do seen[at] = post.author.name .. post.author.team.name end
      assert.equal("Bobdocs Adacore Bobdocs Adacore Bobdocs Adacore Bobdocs",
        table.concat(seen, " "), strategy)
    end
  end)

  it("leaves soft-deleted rows out unless they are asked for", function()
    local author = s:get(Author, 1)

    assert.is_nil(s:find(Post, 100))
    assert.equal(49, #author:load "posts")
    author:load { posts = { with_deleted = true } }
    assert.equal(50, #author.posts)
    assert.equal(99, s:select(Post):count())
    assert.equal(100, s:select(Post):with_deleted():count())
  end)

  it("loads deferred columns with the rows, or for all of them later", function()
    local posts = s:select(Post):order_by "id":limit(3):all()
    refused("not_loaded", function() return posts[1].body end)

    assert.equal("body 1", posts[1]:load "body")
    assert.equal("body 3", posts[3].body)
    assert.same({}, mp.changes(posts[3]))
    assert.equal("body 4", s:select(Post):where { id = 4 }:with "body":one().body)
    assert.equal("body 2", s:select(Post):where { id = 2 }:with { "body" }:one().body)
  end)

  it("gives a list without rows, and nothing where the key is NULL", function()
    local author = s:select(Author):where { name = "Cy" }:with { "posts", "friends" }:one()

    assert.same({}, author.posts)
    assert.same({}, author.friends)
    assert.is_nil(author.team)
    assert.is_nil(author:load "team")
  end)

  it("leaves alone what has left the session", function()
    local posts = s:select(Post):order_by "id":limit(3):all()
    s:expunge(posts[2])

    posts[1]:load "author"

    assert.equal("Bob", posts[1].author.name)
    refused("not_loaded", function() return posts[2].author end)
    assert.equal("Bob", posts[3].author.name)
  end)

  it("loads what a new object leads to", function()
    local post = s:add(Post { title = "new", author_id = 1 })

    assert.equal("Ada", post:load("author").name)
    assert.same({}, post.comments)
    s:rollback()
  end)

  it("refuses to load for what is no session's any more", function()
    local post = s:get(Post, 1)
    s:close()

    local err = refused("bad_argument", function() post:load "author" end)
    assert.equal("the session is closed", err.message)
    refused("not_loaded", function() return post.author end)
  end)
end)
