-- tenant_spec.lua - mp.tenant: whoever acts for one tenant sees and writes no other's rows.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "tenant_spec"

local Account = mp.model { "accounts", c.int8("id", { primary_key = true }), c.text "name" }
local Post = mp.model { "posts", c.int8("id", { primary_key = true, identity = true }),
  c.text "title", mp.belongs_to("account", { table = "accounts" }), mp.tenant "account_id",
  mp.has_many("comments", { table = "comments", order_by = "id" }),
  mp.many_to_many("tags", { table = "tags", through = "taggings" }) }
local Comment = mp.model { "comments", c.int8("id", { primary_key = true, identity = true }),
  c.text "text", mp.belongs_to("account", { table = "accounts" }), mp.tenant "account_id",
  mp.belongs_to("post", { table = "posts" }) }
local Tag = mp.model { "tags", c.text("name", { primary_key = true }) }
local Tagging = mp.model { "taggings", c.int8("account_id", { default = mp.sql "0" }),
  mp.tenant "account_id", mp.belongs_to("post", { table = "posts" }),
  mp.belongs_to("tag", { table = "tags", key = "name", column = "tag_id", type = "text" }),
  mp.primary_key { "post_id", "tag_id" } }

local function refused(kind, pattern, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  assert.matches(pattern, err.message)
end

describe("rows of tenants", function()
  local db, one, two
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Account, Post, Comment, Tag, Tagging)
    one, two = db:as_tenant(1), db:as_tenant(2)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:script [[truncate posts, accounts, comments, tags, taggings restart identity cascade;
      insert into accounts values (1, 'one'), (2, 'two');
      insert into posts (title, account_id) values ('a', 1), ('b', 1), ('c', 2);
      insert into comments (text, account_id, post_id) values ('x', 1, 1), ('y', 2, 1), ('z', 2, 3);
      insert into tags values ('red'), ('blue');
      insert into taggings values (1, 1, 'red'), (2, 1, 'blue')]]
  end)

  it("are read by their own session alone, with what belongs to them", function()
    local s <close> = one:session()

    local posts = s:select(Post):order_by "id":with { "comments", "tags" }:all()

    assert.same({ 2, 1, 1 }, { #posts, #posts[1].comments, #posts[1].tags })
    assert.is_nil(s:find(Post, 3))
    assert.equal(2, s:select(Post):count())
    local other <close> = two:session()
    assert.equal("c", other:select(Post):one().title)
  end)

  it("are not found under another's hands, though the session has them", function()
    local s <close> = one:session()
    s:select(Post):unscoped "tenant":all()

    assert.equal(3, s:select(Post):unscoped "tenant":count())
    assert.is_nil(s:find(Post, 3))
    assert.equal("a", s:get(Post, 1).title)
    assert.equal(2, #s:select(Post):unscoped "tenant":where { id = 1 }:with "tags":one().tags)
  end)

  it("are written as their tenant's", function()
    local s <close> = two:session()
    local post = s:add(Post { title = "d", comments = { Comment { text = "w" } } })
    s:commit()

    assert.same({ 2, 2 }, { post.account_id, post.comments[1].account_id })
    for _, title in ipairs { "p", "q", "r" } do s:add(Post { title = title }) end
    s:commit()
    assert.equal(5, db:value "select count(*) from posts where account_id = 2")
    s:add(Post { title = "e", account_id = 1 })
    refused("invalid", "posts.account_id: the row would be another tenant's", s.commit, s)
    s:rollback()
    post.account_id = 1
    refused("invalid", "posts.account_id: the row would be another tenant's", s.commit, s)
  end)

  it("are written in bulk and by conditions, as far as they are their own", function()
    local s <close> = one:session()

    assert.equal(2, s:update_where(Post, mp.sql "true", { title = "new" }))
    assert.equal(1, s:bulk_update(Post, { { id = 1, title = "x" }, { id = 3, title = "x" } }))
    assert.equal(2, s:bulk_insert(Post, { { title = "y" }, { title = "z" } }))
    assert.equal(1, s:delete_where(Comment, mp.sql "true"))
    s:commit()

    assert.equal("c", db:value "select title from posts where account_id = 2")
    assert.equal(4, db:value "select count(*) from posts where account_id = 1")
    assert.equal(2, db:value "select count(*) from comments")
    refused("invalid", "another tenant's", s.update_where, s, Post, { id = 1 }, { account_id = 2 })
    refused("invalid", "another tenant's", s.bulk_insert, s, Post,
      { { title = "y", account_id = 2 } })
    refused("bad_argument", "may meet rows of other tenants", s.upsert, s, Post,
      { { id = 3, title = "y" } })
  end)

  it("are written between two others, too", function()
    local s <close> = one:session()
    local post = s:select(Post):where { title = "b" }:with "tags":one()
    post.tags[1] = s:get(Tag, "blue")
    s:commit()

    assert.equal(1, db:value
      "select account_id from taggings where tag_id = 'blue' and post_id = 2")
  end)

  it("are refused to nobody", function()
    local s <close> = db:session()

    refused("bad_argument", 'rows of "posts" belong to tenants, and none is acting',
      function() return s:select(Post):all() end)
    refused("bad_argument", "none is acting", s.find, s, Post, 1)
    refused("bad_argument", "none is acting", function()
      s:add(Post { title = "x" })
      s:commit()
    end)
    s:rollback()
    assert.equal(2, s:select(Account):count())
    refused("bad_argument", 'unscoped leaves "tenant", not "tenants"',
      function() s:select(Post):unscoped "tenants" end)
  end)

  it("are kept apart in transactions, and by sessions that are told later", function()
    two:transaction(function(tx)
      local s <close> = tx:session()
      assert.equal(1, s:select(Post):count())
    end)
    local tx <close> = db:begin()
    local s <close> = tx:as_tenant(1):session()
    assert.equal(2, s:select(Post):count())
    local later <close> = db:session()
    assert.equal(1, later:as_tenant(2):select(Post):count())
    later:select(Post):all()
    refused("bad_argument", "the session has objects already", later.as_tenant, later, 1)
  end)

  describe("in a repository", function()
    local posts
    before_each(function() posts = mp.repository(Post):using(one) end)

    it("are read and written as their tenant's", function()
      assert.equal(2, posts:count())
      assert.is_nil(posts:find { id = 3 })
      assert.equal(1, posts:create({ title = "d" }).account_id)
      assert.equal(2, #posts:create_many { { title = "e" }, { title = "f" } })
      assert.is_false(posts:delete(3))
      assert.equal(0, posts:update_where({ id = 3 }, { title = "x" }))
      refused("invalid", "another tenant's", posts.create, posts, { title = "g", account_id = 2 })
      refused("invalid", "another tenant's", posts.update, posts, 1, { account_id = 2 })
      assert.equal(6, posts:unscoped("tenant"):count())
    end)

    it("are refused to nobody", function()
      local bare = mp.repository(Post):using(db)

      refused("bad_argument", "none is acting", bare.list, bare)
      refused("bad_argument", "none is acting", bare.create, bare, { title = "x" })
      assert.equal(3, bare:unscoped("tenant"):count())
    end)
  end)

  it("need a column", function()
    refused("bad_argument", 'mp.tenant: "bad" has no column "acount_id"',
      mp.model, { "bad", c.int8("account_id", { primary_key = true }), mp.tenant "acount_id" })
  end)
end)
