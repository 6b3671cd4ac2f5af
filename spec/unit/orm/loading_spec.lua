-- moonpool.orm.loading: the statements that reads send, how many trips, and what objects get.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local declare = require "moonpool.orm.relation.declare"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"
local reading_session = require "spec.support.reading_session"

local function id()
  return c.int8("id", { primary_key = true, identity = true })
end

local Author = model.new { "lo_authors", id(), c.text "name",
  declare.belongs_to("team", { table = "lo_teams", null = true }),
  declare.has_one("profile", { table = "lo_profiles" }),
  declare.has_many("comments", { through = "posts" }),
  declare.has_many("posts", { table = "lo_posts" }) }
local Post = model.new { "lo_posts", id(), c.text "title", c.text("body", { deferred = true }),
  declare.belongs_to("author", { table = "lo_authors" }),
  declare.has_many("comments", { table = "lo_comments", order_by = "id" }),
  declare.has_many("notes", { table = "lo_notes", polymorphic = "subject" }),
  declare.many_to_many("tags", { table = "lo_tags", through = "lo_post_tags",
    from = "post_id", to = "tag_id" }) }
local Comment = model.new { "lo_comments", id(), c.text "state",
  declare.belongs_to("post", { table = "lo_posts" }),
  declare.belongs_to("author", { table = "lo_authors" }) }
local Tag = model.new { "lo_tags", id(), c.text "name" }
local Team = model.new { "lo_teams", id(), c.text "name" }
local Profile = model.new { "lo_profiles", id(),
  declare.belongs_to("author", { table = "lo_authors" }) }
local Note = model.new { "lo_notes", id(), declare.belongs_to("subject",
  { polymorphic = { "lo_posts", "lo_authors" } }) }
local Line = model.new { "lo_lines", id(), declare.belongs_to("order", { table = "lo_orders",
  column = { "shop", "number" }, key = { "shop", "number" } }) }
local Order = model.new { "lo_orders", c.int8 "shop", c.int8 "number",
  constraint.primary_key { "shop", "number" }, declare.has_many("lines", { table = "lo_lines" }) }
-- The registry forgets a model that nobody holds.
local ALL = { Author, Post, Comment, Tag, Team, Profile, Note, Line, Order }

local POSTS = { { 1, "a", 7 }, { 2, "b", 8 }, { 3, "c", 7 } }
local POSTS_SQL = "^select lo_posts.id, lo_posts.title, lo_posts.author_id from lo_posts"

local function posts_session()
  return reading_session.new():on(POSTS_SQL, POSTS)
    :on("from lo_authors where", { { 7, "Ada", 1 }, { 8, "Bob" } })
    :on("from lo_comments where", { { 1, "live", 1, 8 }, { 2, "live", 3, 7 },
      { 3, "draft", 1, 7 } })
    :on("from lo_tags join", { { 1, "red", 1 }, { 1, "red", 2 }, { 2, "blue", 1 } })
    :on("from lo_notes where", { { 5, "lo_posts", 2 } })
    :on("from lo_teams where", { { 1, "core" } })
end

local function refusal(kind, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  return err.message, err.hint
end

local function ids(list)
  local found = {}
  for at, object in ipairs(list) do found[at] = object.id end
  return found
end

describe("moonpool.orm.loading", function()
  it("reads a model's columns but the deferred ones", function()
    local s = reading_session.new()

    assert.equal("select lo_posts.id, lo_posts.title, lo_posts.author_id from lo_posts"
      .. " where lo_posts.title = $1 order by lo_posts.title desc limit $2",
      tostring(s:select(Post):where { title = "a" }:order_by "title desc":limit(3)))
    assert.equal(9, #ALL)
  end)

  it("loads four relations of a select in two round trips", function()
    local s = posts_session()

    local posts = s:select(Post):with { "author", "comments", "tags", "notes" }:all()

    assert.equal(2, #s.trips)
    assert.same({
      "select lo_authors.id, lo_authors.name, lo_authors.team_id from lo_authors"
        .. " where lo_authors.id = any($1)",
      "select lo_comments.id, lo_comments.state, lo_comments.post_id, lo_comments.author_id"
        .. " from lo_comments where lo_comments.post_id = any($1)"
        .. " order by lo_comments.id",
      "select lo_tags.id, lo_tags.name, lo_post_tags.post_id as _link1 from lo_tags"
        .. " join lo_post_tags on lo_post_tags.tag_id = lo_tags.id"
        .. " where lo_post_tags.post_id = any($1)",
      "select lo_notes.id, lo_notes.subject_type, lo_notes.subject_id"
        .. " from lo_notes where lo_notes.subject_type = $1"
        .. " and lo_notes.subject_id = any($2)" }, s:texts(2))
    assert.same({ 7, 8 }, s.trips[2][1].params[1])
    assert.equal("Ada", posts[1].author.name)
    assert.equal(posts[1].author, posts[3].author)
    assert.same({ { 1, 3 }, {}, { 2 } },
      { ids(posts[1].comments), ids(posts[2].comments), ids(posts[3].comments) })
    assert.same({ { 1, 2 }, { 1 }, {} },
      { ids(posts[1].tags), ids(posts[2].tags), ids(posts[3].tags) })
    assert.equal(posts[1].tags[1], posts[2].tags[1])
    assert.same({ {}, { 5 } }, { ids(posts[1].notes), ids(posts[2].notes) })
  end)

  it("adds one round trip for each depth, and takes from the session what it has", function()
    local s = posts_session()

    local posts = s:select(Post):with { "author.team", comments = { "author" } }:all()

    assert.equal(3, #s.trips)
    assert.same({ "select lo_teams.id, lo_teams.name from lo_teams where lo_teams.id = any($1)" },
      s:texts(3))
    assert.equal("core", posts[1].author.team.name)
    assert.is_nil(posts[2].author.team)
    assert.equal(posts[2].author, posts[1].comments[1].author)
  end)

  it("flushes before the first statement alone", function()
    local s = posts_session()

    s:select(Post):with "author":all()

    assert.same({ false, true }, { s.trips[1].is_continued, s.trips[2].is_continued })
  end)

  it("loads for all rows of a result what one of them is asked to load", function()
    local s = posts_session()

    local posts = s:select(Post):all()
    for _, post in ipairs(posts) do
      post:load "author"
      post:load "tags"
      post:load "comments"
    end

    assert.equal(4, #s.trips)
    assert.equal("Bob", posts[2].author.name)
    assert.equal(posts[1].tags, posts[1]:load "tags")
    assert.equal(posts[1], posts[1]:load { "tags", "author" })
    assert.equal(4, #s.trips)
  end)

  it("looks at the other rows once, however many are asked in turn", function()
    local s, looks = posts_session(), 0
    local posts = s:select(Post):all()
    local siblings_of = s.siblings_of
    function s:siblings_of(object)
      looks = looks + 1
      return siblings_of(self, object)
    end

    for _, post in ipairs(posts) do
      assert.equal(post.author_id, post:load("author").id)
      assert.equal(post, post:load { "author" })
    end

    assert.equal(1, looks)
  end)

  it("sends nothing for no rows", function()
    local s = reading_session.new()

    assert.same({}, s:select(Post):with { "author", comments = { limit = 2 } }:all())
    assert.equal(1, #s.trips)
  end)

  it("names what was not loaded", function()
    local posts = posts_session():select(Post):all()

    assert.equal("lo_post.author is not loaded",
      (refusal("not_loaded", function() return posts[1].author end)))
  end)

  it("limits each parent's rows by a lateral join", function()
    local s = reading_session.new():on(POSTS_SQL, POSTS):on("cross join lateral", {
      { 1, "live", 1, 8, 1 }, { 3, "draft", 1, 7, 1 }, { 2, "live", 3, 7, 3 } })

    local posts = s:select(Post)
      :with { comments = { where = { state = "live" }, order_by = "id desc", limit = 2 } }:all()

    assert.same({ "select _rows.*, _keys.n as _link1 from unnest($1::int8[]) with ordinality"
      .. " as _keys (k1, n) cross join lateral (select lo_comments.id, lo_comments.state,"
      .. " lo_comments.post_id, lo_comments.author_id from lo_comments"
      .. " where lo_comments.state = $2 and lo_comments.post_id = _keys.k1"
      .. " order by lo_comments.id desc limit $3) as _rows" }, s:texts(2))
    assert.same({ { 1, 3 }, {}, { 2 } },
      { ids(posts[1].comments), ids(posts[2].comments), ids(posts[3].comments) })
  end)

  it("joins a relation to one row where that is chosen", function()
    local s = reading_session.new():on("left join", {
      { 1, "a", 7, 7, "Ada", 1, 1, "core" }, { 2, "b", 8, 8, "Bob" },
      { 3, "c", 7, 7, "Ada", 1, 1 } })

    local posts = s:select(Post)
      :with { author = { strategy = "joined", with = { team = { strategy = "joined" } } } }:all()

    assert.equal(1, #s.trips)
    assert.matches("left join lo_authors as _one1 on _one1.id = lo_posts.author_id"
      .. " left join lo_teams as _one2 on _one2.id = _one1.team_id", s:texts(1)[1])
    assert.equal("Ada", posts[3].author.name)
    assert.equal("core", posts[1].author.team.name)
    assert.is_nil(posts[2].author.team)
  end)

  it("goes through a relation, each row once", function()
    local s = reading_session.new():on("^select lo_authors", { { 7, "Ada" }, { 8, "Bob" } })
      :on("^select lo_comments", { { 1, "live", 1, 9, 7 }, { 1, "live", 1, 9, 7 },
        { 2, "live", 2, 9, 8 } })

    local authors = s:select(Author):with "comments":all()

    assert.same({ "select lo_comments.id, lo_comments.state, lo_comments.post_id,"
      .. " lo_comments.author_id, _via1.author_id as _link1 from lo_comments"
      .. " join lo_posts as _via1 on _via1.id = lo_comments.post_id"
      .. " where _via1.author_id = any($1) order by lo_comments.id" }, s:texts(2))
    assert.same({ { 1 }, { 2 } }, { ids(authors[1].comments), ids(authors[2].comments) })
  end)

  it("reads a polymorphic relation with one statement for each table", function()
    local s = reading_session.new()
      :on("^select lo_notes", { { 1, "lo_posts", 3 }, { 2, "lo_authors", 7 },
        { 3, "lo_posts", 4 } })
      :on(POSTS_SQL, { { 3, "c", 7 } }):on("^select lo_authors", { { 7, "Ada" } })

    local notes = s:select(Note):with { subject = { "comments" } }:all()

    assert.equal(2, #s:texts(2))
    assert.equal(Post, model.of(notes[1].subject))
    assert.equal(Author, model.of(notes[2].subject))
    assert.is_nil(notes[3].subject)
    assert.equal(3, #s.trips)
  end)

  it("asks by several columns with one array for each", function()
    local s = reading_session.new():on("^select lo_orders", { { 1, 10 }, { 1, 11 } })
      :on("_keys", { { 5, 1, 11, 2 }, { 6, 1, 11, 2 } })

    local orders = s:select(Order):with "lines":all()

    assert.same({ "select _rows.*, _keys.n as _link1 from unnest($1::int8[], $2::int8[])"
      .. " with ordinality as _keys (k1, k2, n) cross join lateral (select lo_lines.id,"
      .. " lo_lines.shop, lo_lines.number from lo_lines where lo_lines.shop = _keys.k1"
      .. " and lo_lines.number = _keys.k2) as _rows" }, s:texts(2))
    assert.same({ {}, { 5, 6 } }, { ids(orders[1].lines), ids(orders[2].lines) })
  end)

  it("knows that no row leads here", function()
    local s = reading_session.new():on("^select lo_authors", { { 7, "Ada" } })

    local author = s:select(Author):with { "profile", "team" }:one()

    assert.is_nil(author.profile)
    assert.is_nil(author.team)
    assert.equal(2, #s.trips)
  end)

  it("loads deferred columns with the rows or for all of them later", function()
    local s = reading_session.new():on("lo_posts.body from", { { 1, "text" }, { 3, "more" } })
      :on("lo_posts.body, lo_posts.author_id", { { 1, "a", "text", 7 } }):on(POSTS_SQL, POSTS)

    local posts = s:select(Post):all()
    assert.equal("lo_post.body is not loaded",
      (refusal("not_loaded", function() return posts[1].body end)))

    assert.equal("text", posts[1]:load "body")
    assert.same({ "select lo_posts.id, lo_posts.body from lo_posts where lo_posts.id = any($1)" },
      s:texts(2))
    assert.equal("more", posts[3].body)

    local other = reading_session.new()
      :on("lo_posts.body, lo_posts.author_id", { { 1, "a", "text", 7 } })
    assert.equal("text", other:select(Post):with { "body" }:one().body)
    assert.equal(1, #other.trips)
  end)

  it("compares a relation with an instance", function()
    local s = posts_session()
    local ada = s:select(Author):where { id = 7 }:all()[1]

    assert.matches("where lo_posts.author_id = %$1$", tostring(s:select(Post):where {
      author = ada }))
    assert.matches("is compared with an instance, not with a number",
      (refusal("bad_argument", function() s:select(Post):where { author = 7 } end)))
  end)

  it("counts, and asks whether there are any", function()
    local s = reading_session.new():on("count", { { 12 } }):on("exists", { { true } })

    assert.equal(12, s:select(Post):where { title = "a" }:count())
    assert.is_true(s:select(Post):order_by "id":exists())
    assert.same({ "select count(*) from lo_posts where lo_posts.title = $1" }, s:texts(1))
    assert.same({ "select exists (select 1 from lo_posts)" }, s:texts(2))
  end)

  it("reads one, or raises for none and for two", function()
    local s = posts_session()

    assert.is_nil(s:select(Team):where { id = 3 }.first(s:select(Comment):limit(1)))
    assert.equal("one row of \"lo_posts\" was expected, and there are more",
      (refusal("multiple_rows", function() s:select(Post):one() end)))
    assert.equal("no row of \"lo_tags\" fulfils the condition",
      (refusal("not_found", function() s:select(Tag):get() end)))
  end)

  it("maps SQL text by the names of its columns", function()
    local s = reading_session.new { "id", "rank", "title" }
      :on("similarity", { { 1, 0.5, "a" } })

    local post = s:select(Post)
      :from_sql("select id, similarity(title, $1) as rank, title", "x"):one()

    assert.same({ 1, "a" }, { post.id, post.title })
    assert.equal("x", s.trips[1][1].params[1])
    assert.matches('the SQL gives no column "shop"', (refusal("bad_argument", function()
      s:select(Order):from_sql "select 1":all()
    end)))
  end)

  it("streams instances that no session keeps", function()
    local s = reading_session.new():on(POSTS_SQL, { { id = 1 }, { id = 2 } })
    local seen = {}

    for post in s:select(Post):stream() do seen[#seen + 1] = post.id end

    assert.same({ 1, 2 }, seen)
    assert.matches("relations cannot be loaded along a stream", (refusal("bad_argument", function()
      s:select(Post):with "author":stream()
    end)))
  end)

  it("refuses what is no relation, strategy or method, by name", function()
    local s = posts_session()
    local function with(given) return function() s:select(Post):with(given) end end

    assert.equal('"lo_posts" has no relation "auhtor" (did you mean "author"?)',
      (refusal("bad_argument", with { "auhtor" })))
    assert.equal('"lo_authors" has no relation "taem" (did you mean "team"?)',
      (refusal("bad_argument", with { "author.taem" })))
    assert.equal('with "comments" of "lo_posts": unknown option "limt" (did you mean "limit"?)',
      (refusal("bad_argument", with { comments = { limt = 1 } })))
    assert.equal('with "comments" of "lo_posts": only a plain relation to one row can be joined',
      (refusal("bad_argument", with { comments = { strategy = "joined" } })))
    assert.equal('with "author" of "lo_posts": a relation to one row has no limit',
      (refusal("bad_argument", with { author = { limit = 1 } })))
    assert.equal('a select of a session has no "were" (did you mean "where"?)',
      (refusal("bad_argument", function() return s:select(Post):were {} end)))
  end)

  it("refuses objects of another session", function()
    local post = posts_session():select(Post):all()[1]

    assert.equal('an instance of "lo_posts" is not one of this session',
      (refusal("bad_argument", function() posts_session():load(post, "author") end)))
    assert.equal("a session selects a model, not a string",
      (refusal("bad_argument", function() posts_session():select "posts" end)))
  end)
end)
