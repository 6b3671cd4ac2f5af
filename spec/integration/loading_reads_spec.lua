-- loading_reads_spec.lua - what a session reads: SQL text, streams, locks, within its bounds.
local errors = require "moonpool.errors"
local mp = require "moonpool"
local tables = require "spec.support.tables"
local world = require "spec.support.authors_world"

local Author, Post, Comment, Note = world.Author, world.Post, world.Comment, world.Note

local SCHEMA = "loading_reads_spec"

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

  it("stops a session that sends more than it may, naming what repeats", function()
    local own <close> = db:session { max_statements = 4 }
    local posts = own:select(Post):order_by "id":limit(10):all()

    local err = refused("bad_argument", function()
      for _, post in ipairs(posts) do own:select(Author):where { id = post.author_id }:one() end
    end)

    assert.matches("the session may send 4 statements, and this is one more; 4 of them were the"
      .. " same at .-loading_reads_spec.lua:%d+: select authors.id, authors.name", err.message)
    assert.matches("loading_reads_spec.lua:%d+", err.where)
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
