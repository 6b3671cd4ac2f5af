-- replaced_relation_spec.lua - lists that are set unread: the flush reads and compares.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local tables = require "spec.support.tables"
local trips = require "spec.support.trips"

local SCHEMA = "replaced_relation_spec"

local function key() return c.int8("id", { primary_key = true, identity = true }) end

local Post = mp.model { "posts", key(), c.text "title",
  mp.many_to_many("tags", { table = "tags", through = "taggings" }),
  mp.has_many("comments", { table = "comments", order_by = "id" }),
  mp.has_many("notes", { table = "notes", cascade = { "save", "orphan" } }),
  mp.has_one("cover", { table = "covers", cascade = { "save", "orphan" } }) }
local Tag = mp.model { "tags", key(), c.text "name" }
local Tagging = mp.model { "taggings", mp.belongs_to("post", { table = "posts" }),
  mp.belongs_to("tag", { table = "tags" }), c.text("by", { default = "us" }),
  mp.primary_key { "post_id", "tag_id" } }
local Comment = mp.model { "comments", key(), c.text "text",
  mp.belongs_to("post", { table = "posts", null = true }) }
local Page = mp.model { "pages", key(), c.text "title",
  mp.many_to_many("tags", { table = "tags", through = "page_tags" }) }
Page:on("before_update", function(page, session) page.tags = { session:get(Tag, 3) } end)
local PageTag = mp.model { "page_tags", mp.belongs_to("page", { table = "pages" }),
  mp.belongs_to("tag", { table = "tags" }), mp.primary_key { "page_id", "tag_id" } }
local Note = mp.model { "notes", key(), c.text "text", mp.belongs_to("post", { table = "posts" }) }
local Cover = mp.model { "covers", key(), c.text "file",
  mp.belongs_to("post", { table = "posts", unique = true }) }

describe("a relation that was replaced unread", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Post, Tag, Tagging, Comment, Note, Cover, Page, PageTag)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:script [[truncate posts, tags, taggings, pages, page_tags, comments, notes, covers
        restart identity;
      insert into posts (title) values ('p'), ('q');
      insert into tags (name) values ('a'), ('b'), ('c');
      insert into taggings (post_id, tag_id, by) values
        (1, 1, 'them'), (1, 2, 'them'), (2, 3, 'them');
      insert into pages (title) values ('page'); insert into page_tags values (1, 1);
      insert into comments (text, post_id) values ('x', 1), ('y', 1), ('z', 2);
      insert into notes (text, post_id) values ('m', 1), ('n', 2);
      insert into covers (file, post_id) values ('old', 1)]]
    s = db:session()
  end)
  after_each(function() s:close() end)

  local function taggings()
    return db:value [[select string_agg(post_id || ':' || tag_id || by, ' '
      order by post_id, tag_id) from taggings]]
  end

  local function tags(...)
    local list = {}
    for at, id in ipairs { ... } do list[at] = s:get(Tag, id) end
    return list
  end

  it("writes only what differs from what it held", function()
    local post = s:get(Post, 1)
    post.tags = tags(2, 3)
    s:commit()
    assert.equal("1:2them 1:3us 2:3them", taggings())
    post.tags = tags(3)
    s:commit()
    assert.equal("1:3us 2:3them", taggings())
  end)

  it("may be emptied", function()
    local posts = s:select(Post):order_by("id"):all()
    posts[1].tags, posts[2].comments = {}, mp.null
    s:commit()
    assert.equal("2:3them", taggings())
    assert.equal(1, db:value "select count(*) from comments where post_id is null")
    assert.same({}, posts[2].comments)
  end)

  it("takes new objects, and lets go of the others by its own rule", function()
    local posts = s:select(Post):order_by("id"):all()
    local y = s:get(Comment, 2)
    posts[1].comments = { Comment { text = "new" }, y }
    posts[2].comments = { s:get(Comment, 1), s:get(Comment, 3) }
    posts[1].notes = { Note { text = "only" } }
    s:commit()
    assert.equal("x2 y1 z2 new1", db:value [[select string_agg(text || post_id, ' ' order by id)
      from comments]])
    assert.equal("n2 only1", db:value [[select string_agg(text || post_id, ' ' order by id)
      from notes]])
    assert.equal(2, s:get(Comment, 1).post_id)
  end)

  it("may be a relation to one row", function()
    local post = s:get(Post, 1)
    post.cover = Cover { file = "new" }
    s:commit()
    assert.equal("new", db:value "select string_agg(file, ' ') from covers")
    local other <close> = db:session()
    post = other:get(Post, 2)
    post.cover = Cover { file = "first" }
    other:commit()
    post = other:get(Post, 1)
    post.cover = mp.null
    other:commit()
    assert.equal("first", db:value "select string_agg(file, ' ') from covers")
  end)

  it("is read in one round trip, whatever their number, before the flush's own", function()
    local counted <close> = trips.open { search_path = SCHEMA .. ", public" }
    for round = 1, 3 do
      local own <close> = counted.db:session()
      local posts = own:select(Post):order_by("id"):all()
      local all = own:select(Tag):order_by("id"):all()
      for _, post in ipairs(posts) do
        post.tags, post.comments = { all[round] }, { Comment { text = "only" } }
      end
      local count = counted:count(own.commit, own)
      -- The texts are known by then, on each of the two connections.
      if round == 3 then assert.equal(2, count) end
    end
    assert.equal("1:3us 2:3us", taggings())
  end)

  it("is read inside the transaction that is open", function()
    s:begin()
    s:exec "insert into taggings (post_id, tag_id, by) values (1, 3, 'me')"
    local post = s:get(Post, 1)
    post.tags = tags(1)
    s:flush()
    assert.equal("1them", s:value [[select string_agg(tag_id || by, ' ') from taggings
      where post_id = 1]])
    s:rollback()
    assert.equal("1:1them 1:2them 2:3them", taggings())
    assert.same({ 1, 2 }, { post.tags[1].id, post.tags[2].id })
  end)

  it("is read before a query, too", function()
    s:get(Post, 1).tags = tags(3)
    assert.equal(2, s:value "select count(*) from taggings")
    s:commit()
    assert.equal("1:3us 2:3them", taggings())
  end)

  it("may be set by a hook", function()
    local own <close> = db:session()
    own:get(Page, 1).title = "hooked"
    own:commit()
    assert.equal(3, db:value "select tag_id from page_tags")
  end)

  it("counts for max_statements", function()
    local own <close> = db:session { max_statements = 3 }
    local posts = own:select(Post):order_by("id"):all()
    posts[1].tags, posts[2].comments = { own:get(Tag, 3) }, {}
    refusal.check({ kind = "bad_argument", says = "may send 3 statements" }, own.commit, own)
    assert.equal("1:1them 1:2them 2:3them", taggings())
  end)

  it("is read once where the flush fails", function()
    local post = s:get(Post, 1)
    post.tags = tags(3)
    local bad = s:add(Tag { id = 1, name = "twice" })
    assert.equal("bad_argument", select(2, errors.try(s.commit, s)).kind)
    s:expunge(bad)
    s:commit()
    assert.equal("1:3us 2:3them", taggings())
  end)

  it("is named by a plan, which sends nothing", function()
    local post = s:get(Post, 1)
    post.tags = {}
    refusal.check({ kind = "not_loaded", says = "posts.tags was set without being loaded" },
      s.plan, s)
    post:load "tags"
    assert.same({}, post.tags)
    assert.equal(1, #s:plan())
  end)

  it("needs no reading in a new object", function()
    local counted <close> = trips.open { search_path = SCHEMA .. ", public" }
    local own <close> = counted.db:session()
    own:add(Post { title = "new", tags = { own:get(Tag, 1) } })
    own:commit()
    own:add(Post { title = "newer", tags = { own:get(Tag, 1) } })
    assert.equal(2, (counted:count(own.commit, own)))
  end)
end)
