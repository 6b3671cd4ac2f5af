-- moonpool.orm.instance: what a field reads as while nothing was loaded.
local c = require "moonpool.column"
local declare = require "moonpool.orm.relation.declare"
local errors = require "moonpool.errors"
local instance = require "moonpool.orm.instance"
local model = require "moonpool.orm.model"

local function id()
  return c.int8("id", { primary_key = true, identity = true })
end

local Post = model.new { "ins_posts", id(), c.text("body", { deferred = true }),
  declare.belongs_to("author", { table = "ins_authors", null = true }),
  declare.has_many("comments", { table = "ins_comments" }) }
local Author = model.new { "ins_authors", id(), c.text "name" }

local function refusal(kind, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  return err.message, err.hint
end

describe("moonpool.orm.instance", function()
  it("reads what a new instance lacks as nil, and its lists as empty ones that stay", function()
    local post = Post {}

    assert.is_nil(post.author)
    assert.is_nil(post.body)
    assert.same({}, post.comments)
    assert.equal(post.comments, post.comments)
    assert.equal("transient", instance.state(post))
  end)

  it("takes related instances, and refuses anything else", function()
    local author = Author { name = "Ada" }

    assert.equal(author, Post { author = author }.author)
    assert.equal('"author" of "ins_posts" takes an instance, not a string',
      (refusal("bad_argument", Post, { author = "Ada" })))
    assert.equal('"comments" of "ins_posts" takes a list of instances, not a table',
      (refusal("bad_argument", Post, { comments = author })))
    assert.matches('did you mean "author"', (refusal("bad_argument", Post, { auther = author })))
  end)

  it("names the cure for what was not loaded", function()
    local post = model.load(Post, { id = 1, author_id = 2 })

    local message, hint = refusal("not_loaded", function() return post.author end)

    assert.equal("ins_post.author is not loaded", message)
    assert.equal('add :with { "author" } to the select, or call ins_post:load "author"', hint)
    assert.equal("ins_post.body is not loaded",
      (refusal("not_loaded", function() return post.body end)))
    assert.equal("detached", instance.state(post))
  end)

  it("knows without loading that no column leads anywhere", function()
    assert.is_nil(model.load(Post, { id = 1 }).author)
  end)

  it("reads any other name as nil, and methods first", function()
    function Post.methods:title() return "post " .. self.id end

    local post = model.load(Post, { id = 1 })

    assert.is_nil(post.nothing)
    assert.equal("post 1", post:title())
  end)

  it("shows only data to pairs", function()
    local names = {}
    for name in pairs(model.load(Post, { id = 1, author_id = 2 })) do names[#names + 1] = name end
    table.sort(names)

    assert.same({ "author_id", "id" }, names)
  end)

  it("says that it has no session to load from", function()
    local post = model.load(Post, { id = 1, author_id = 2 })

    assert.equal("ins_post is detached: there is no session to load from",
      (refusal("bad_argument", instance.load, post, "author")))
    assert.equal("a number is no instance of a model",
      (refusal("bad_argument", instance.load, 1, "author")))
  end)
end)
