-- loading_spec.lua - relations from a real server: each kind, each strategy, each round trip.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local tables = require "spec.support.tables"
local trips = require "spec.support.trips"

local SCHEMA = "loading_spec"

local function id()
  return c.int8("id", { primary_key = true, identity = true })
end

local Team = mp.model { "teams", id(), c.text "name",
  mp.has_many("members", { table = "authors" }) }
local Author = mp.model { "authors", id(), c.text "name",
  mp.belongs_to("team", { table = "teams", null = true }),
  mp.has_one("profile", { table = "profiles" }),
  mp.has_many("posts", { table = "posts", order_by = "id" }),
  mp.has_many("received", { through = "posts", source = "comments" }),
  mp.many_to_many("friends", { table = "authors", through = "friendships", from = "one_id",
    to = "other_id" }) }
local Profile = mp.model { "profiles", id(), c.text "bio", mp.belongs_to("author",
  { table = "authors", unique = true }) }
local Post = mp.model { "posts", id(), c.text "title",
  c.text("body", { deferred = true, null = true }),
  mp.belongs_to("author", { table = "authors" }), mp.soft_delete(),
  mp.has_many("comments", { table = "comments", order_by = "id" }),
  mp.has_many("live_comments", { table = "comments", where = { state = "live" } }),
  mp.has_many("notes", { table = "notes", polymorphic = "subject", order_by = "id" }),
  mp.many_to_many("tags", { table = "tags", through = "taggings", extra = { "weight" },
    order_by = "name" }) }
local Comment = mp.model { "comments", id(), c.text "state",
  mp.belongs_to("post", { table = "posts" }),
  mp.belongs_to("author", { table = "authors" }) }
local Tag = mp.model { "tags", c.citext("name", { primary_key = true }) }
local Tagging = mp.model { "taggings",
  mp.belongs_to("post", { table = "posts" }),
  mp.belongs_to("tag", { table = "tags", key = "name", type = "citext", column = "tag_name" }),
  c.int4("weight", { default = 0 }), mp.primary_key { "post_id", "tag_name" } }
local Note = mp.model { "notes", id(), c.text "text",
  mp.belongs_to("subject", { polymorphic = { "posts", "authors" }, null = true }) }
local Friendship = mp.model { "friendships",
  mp.belongs_to("one", { table = "authors" }), mp.belongs_to("other", { table = "authors" }),
  mp.primary_key { "one_id", "other_id" } }
local Section = mp.model { "sections", id(),
  mp.belongs_to("parent", { table = "sections", null = true }),
  mp.has_many("children", { table = "sections", order_by = "id" }) }
local Order = mp.model { "orders", c.text "shop", c.int4 "number",
  mp.primary_key { "shop", "number" }, mp.has_many("lines", { table = "lines", order_by = "id" }) }
local Line = mp.model { "lines", id(), mp.belongs_to("order", { table = "orders",
  column = { "shop", "number" }, key = { "shop", "number" } }) }

local ALL = { Team, Author, Profile, Post, Comment, Tag, Tagging, Note, Friendship, Section, Order,
  Line }

local ROWS = [[
  insert into teams (name) values ('core'), ('docs');
  insert into authors (name, team_id) values ('Ada', 1), ('Bob', 2), ('Cy', null);
  insert into profiles (bio, author_id) values ('mathematician', 1);
  insert into posts (title, body, author_id) select 'post ' || n, 'body ' || n, n % 2 + 1
    from generate_series(1, 100) n;
  update posts set deleted_at = now() where id = 100;
  insert into comments (state, post_id, author_id)
    select case when n % 3 = 0 then 'draft' else 'live' end, n % 20 + 1, n % 3 + 1
    from generate_series(1, 200) n;
  insert into tags values ('Red'), ('blue');
  insert into taggings select n, 'RED', n from generate_series(1, 10) n;
  insert into taggings select n, 'blue', 0 from generate_series(1, 5) n;
  insert into notes (text, subject_type, subject_id) values ('a', 'posts', 1), ('b', 'posts', 1),
    ('c', 'authors', 2), ('d', null, null), ('e', 'posts', 4711);
  insert into friendships values (1, 2), (1, 3), (2, 1);
  insert into sections (parent_id) values (null), (1), (1), (2);
  insert into orders values ('a', 1), ('a', 2), ('b', 1);
  insert into lines (shop, number) values ('a', 1), ('b', 1), ('a', 1);]]

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
  setup(function()
    db = tables.open(SCHEMA)
    for _, model in ipairs(ALL) do tables.create(db, model) end
    db:script(ROWS)
  end)
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

  it("compares a relation with an instance", function()
    local ada = s:get(Author, 1)

    assert.equal(49, s:select(Post):where { author = ada }:count())
    assert.equal(1, s:select(Author):where { team = mp.null }:count())
    assert.equal(2, s:select(Note):where { subject = s:get(Post, 1) }:count())
  end)

  it("maps SQL text, and loads what belongs to its rows", function()
    local posts = s:select(Post):from_sql([[select p.*, length(title) as long from posts p
      where id = any($1) order by id desc]], { 1, 2 }):with "author":all()

    assert.same({ 2, 1 }, ids(posts))
    assert.equal("Ada", posts[1].author.name)
    assert.is_nil(rawget(posts[1], "long"))
    assert.equal(posts[1], s:get(Post, 2))
  end)

  it("answers one, first, get, exists and value", function()
    assert.is_true(s:select(Post):where { title = "post 9" }:exists())
    assert.is_false(s:select(Post):where { title = "post" }:exists())
    assert.equal(99, s:select(Post):value(mp.fn.max(Post.id)))
    assert.equal(99, s:select(Post):order_by "id desc":first().id)
    refused("multiple_rows", function() s:select(Post):one() end)
    refused("not_found", function() s:select(Post):where { id = 0 }:get() end)
  end)

  it("streams instances that the session does not keep", function()
    local count = 0
    for post in s:select(Post):stream() do
      count = count + 1
      assert.equal("detached", (mp.state(post)))
    end

    assert.equal(99, count)
    assert.is_nil(next(s.uow.entries))
  end)

  it("locks rows, in a transaction, as they are now", function()
    local post = s:get(Post, 70)
    db:exec "update posts set title = 'changed' where id = 70"

    local locked = s:select(Post):where { id = { 70, 71 } }:order_by "id":for_update():all()

    assert.equal(post, locked[1])
    assert.equal("changed", post.title)
    assert.same({}, mp.changes(post))
    local other <close> = db:session()
    assert.same({ 72 }, ids(other:select(Post):where { id = { 70, 72 } }
      :for_update { skip_locked = true }:all()))
    s:rollback()
    db:exec "update posts set title = 'post 70' where id = 70"
  end)

  it("loads what a new object leads to", function()
    local post = s:add(Post { title = "new", author_id = 1 })

    assert.equal("Ada", post:load("author").name)
    assert.same({}, post.comments)
    s:rollback()
  end)

  it("sees what was added before, since reads flush", function()
    local post = s:get(Post, 50)
    s:add(Comment { state = "new", post_id = post.id, author_id = 1 })

    local found = s:select(Post):where { id = 50 }:with "comments":one()

    assert.equal(post, found)
    assert.equal("new", found.comments[1].state)
    s:rollback()
  end)

  it("reads in a transaction what only that has written", function()
    local tx <close> = db:begin()
    tx:exec "insert into comments (state, post_id, author_id) values ('mine', 60, 1)"
    local own <close> = tx:session()

    local post = own:select(Post):where { id = 60 }:with { "comments", "author" }:one()

    assert.equal("mine", post.comments[1].state)
  end)

  it("refuses to load for what is no session's any more", function()
    local post = s:get(Post, 1)
    s:close()

    local err = refused("bad_argument", function() post:load "author" end)
    assert.equal("the session is closed", err.message)
    refused("not_loaded", function() return post.author end)
  end)

  it("stops a session that sends more than it may, naming what repeats", function()
    local own <close> = db:session { max_statements = 4 }
    local posts = own:select(Post):order_by "id":limit(10):all()

    local err = refused("bad_argument", function()
      for _, post in ipairs(posts) do own:select(Author):where { id = post.author_id }:one() end
    end)

    assert.matches("the session may send 4 statements, and this is one more; 4 of them were the"
      .. " same at .-loading_spec.lua:%d+: select authors.id, authors.name", err.message)
    assert.matches("loading_spec.lua:%d+", err.where)
  end)

  describe("costs", function()
    local counter
    setup(function() counter = trips.open { search_path = SCHEMA .. ", public" } end)
    teardown(function() getmetatable(counter).__close(counter) end)

    local RELATIONS = { "author", "comments", "tags", "notes" }

    local function count_twice(fn)
      fn()
      return counter:count(fn)
    end

    it("two round trips for a select with four relations", function()
      local count, posts = count_twice(function()
        local own <close> = counter.db:session()
        return own:select(Post):with(RELATIONS):all()
      end)

      assert.equal(2, count)
      assert.equal(99, #posts)
    end)

    it("the same inside a transaction", function()
      local tx <close> = counter.db:begin()
      local count = count_twice(function()
        local own <close> = tx:session()
        return own:select(Post):with(RELATIONS):all()
      end)

      assert.equal(2, count)
    end)

    it("one more for each depth", function()
      assert.equal(3, (count_twice(function()
        local own <close> = counter.db:session()
        return own:select(Post)
          :with { author = { "team", "profile" }, comments = { "author" }, "tags" }:all()
      end)))
    end)

    it("four statements for a hundred rows and three relations, loaded in a loop", function()
      assert.equal(4, (count_twice(function()
        local own <close> = counter.db:session()
        for _, post in ipairs(own:select(Post):all()) do
          post:load "author"
          post:load "tags"
          post:load "comments"
        end
      end)))
    end)

    it("nothing for what is there already", function()
      local own <close> = counter.db:session()
      local posts = own:select(Post):with(RELATIONS):all()

      local count = counter:count(function()
        for _, post in ipairs(posts) do post:load { "author", "tags", comments = { "post" } } end
      end)

      assert.equal(0, count)
    end)
  end)

  it("leaves a graph whose every field is a value or not_loaded, with no connection", function()
    local own = mp.engine(nil, { settings = { search_path = SCHEMA .. ", public" } })
    local session = own:session()
    local posts = session:select(Post):with { "author.team", "comments", "tags" }:all()
    session:close()
    own:close()
    local seen, loaded, unloaded = {}, 0, 0
    local function walk(object)
      if type(object) ~= "table" or seen[object] then return end
      seen[object] = true
      local model = require "moonpool.orm.model".of(object)
      for _, value in pairs(object) do walk(value) end
      if not model then return end
      local names = { "methods", "no_such_field", "load", "deleted_at" }
      for name in pairs(require "moonpool.orm.model".class(model).fields) do
        names[#names + 1] = name
      end
      for _, item in ipairs(model.table.columns) do names[#names + 1] = item.name end
      for _, name in ipairs(names) do
        local ok, value = pcall(function() return object[name] end)
        if ok then loaded = loaded + 1 else unloaded = unloaded + 1 end
        assert.is_true(ok or errors.is_error(value, "not_loaded"), tostring(value))
      end
    end

    walk(posts)

    assert.is_true(loaded > 1000)
    assert.is_true(unloaded > 300)
  end)
end)
