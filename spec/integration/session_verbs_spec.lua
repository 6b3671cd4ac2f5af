-- session_verbs_spec.lua - what a session does besides flushing: merge, upsert, bulk, refusals.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local tables = require "spec.support.tables"
local world = require "spec.support.verbs_world"

local User, Post = world.User, world.Post

local SCHEMA = "session_verbs_spec"

describe("a session", function()
  local db, s
  setup(function() db = world.open(SCHEMA) end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    world.fill(db)
    s = db:session()
  end)
  after_each(function() s:close() end)

  local refused = refusal.of_kind

  describe("merges", function()
    it("a detached object into its own of the same row", function()
      local other = db:session()
      local given = other:get(User, 1)
      other:close()
      given.name, given.settings.theme = "merged", "dark"

      local own = s:merge(given)

      assert.not_equal(given, own)
      assert.equal(own, s:get(User, 1))
      s:commit()
      assert.equal("merged", db:value "select name from users where id = 1")
      assert.equal("dark", db:value "select settings->>'theme' from users where id = 1")
    end)

    it("what the object holds, and what is new", function()
      local own = s:merge(User { id = 1, email = "u1", name = "new name",
        posts = { Post { title = "p" } } })
      s:commit()
      assert.equal(1, db:value "select count(*) from posts where author_id = 1")
      assert.equal(2, own.version)
      local fresh = s:merge(User { email = "fresh" })
      assert.equal("pending", (mp.state(fresh)))
    end)

    it("no version that is older than the row", function()
      local given = mp.repository(User):using(db):get(1)
      db:exec "update users set version = 5"
      local err = refused("stale_object", "version 1", s.merge, s, given)
      assert.same({ 1, 5 }, { err.expected_version, err.actual_version })
    end)
  end)

  describe("upserts", function()
    it("new rows and those that are there, and gives their objects", function()
      local known = s:get(User, 2)
      local list = s:upsert(User, { { email = "u2", name = "two" },
        { email = "u9", name = "nine" } }, { key = "email" })
      assert.equal(known, list[1])
      assert.same({ "two", 2 }, { known.name, known.version })
      assert.equal("persistent", (mp.state(list[2])))
      list[2].age = 9
      s:commit()
      assert.equal(9, db:value "select age from users where email = 'u9'")
      s:upsert(User, { { email = "u2", name = "ignored" } }, { key = "email", update = false })
      assert.equal("two", known.name)
    end)

    it("and takes it back", function()
      local known = s:get(User, 2)
      local list = s:upsert(User, { { email = "u2", name = "two" }, { email = "u9" } },
        { key = "email" })
      s:rollback()
      assert.equal("n2", known.name)
      assert.equal("transient", (mp.state(list[2])))
      assert.equal(5, db:value "select count(*) from users")
    end)

    it("no two rows with one key", function()
      refused("bad_argument", "rows 1 and 2", s.upsert, s, User,
        { { email = "a" }, { email = "a" } }, { key = "email" })
      refused("bad_argument", "no column", s.upsert, s, User, { { email = "a" } },
        { key = "emial" })
    end)
  end)

  describe("writes in bulk", function()
    it("new rows without objects", function()
      local rows = {}
      for at = 1, 100 do rows[at] = { email = "b" .. at, settings = { at = at } } end
      assert.equal(100, s:bulk_insert(User, rows))
      local back = s:bulk_insert(User, { { email = "back" } }, { returning = true })
      assert.equal("detached", (mp.state(back[1])))
      assert.equal("integer", math.type(back[1].id))
      back = s:bulk_insert(User, { { email = "x" }, { email = "y" } }, { returning = true })
      assert.equal(back[1].id + 1, back[2].id)
      s:commit()
      assert.equal(108, db:value "select count(*) from users")
    end)

    it("rows by their keys, and tells the objects", function()
      local two = s:get(User, 2)
      assert.equal(3, s:bulk_update(User, { { id = 1, name = "a" }, { id = 2, name = "b" },
        { id = 3, age = 33 }, { id = 777, age = 1 } }))
      assert.same({ "b", 2 }, { two.name, two.version })
      assert.same({}, mp.changes(two))
      s:rollback()
      assert.equal("n2", two.name)
    end)

    for _, how in ipairs { "fetch", "evaluate" } do
      it(("rows by a condition, told to objects by %s"):format(how), function()
        local two, four = s:get(User, 2), s:get(User, 4)
        four.name = "changed"
        assert.equal(3, s:update_where(User, { age = mp.gt(2) }, { age = 50 }, { sync = how }))
        assert.same({ 2, 50 }, { two.age, four.age })
        assert.equal("changed", four.name)
        assert.equal(3, four.version)
        four.name = "changed again"
        s:flush()
        assert.equal(4, four.version)
        s:rollback()
        assert.same({ 4, "n4", 1 }, { four.age, four.name, four.version })
        assert.equal(2, s:delete_where(User, { age = { 2, 4 } }, { sync = how }))
        assert.equal("deleted", (mp.state(two)))
        s:commit()
        assert.equal("detached", (mp.state(two)))
        assert.is_nil(s:find(User, 2))
      end)
    end

    it("no rows without a condition", function()
      refused("bad_argument", "no condition", s.update_where, s, User, {}, { age = 1 })
      refused("bad_argument", "no condition", s.delete_where, s, User, nil)
      refused("bad_argument", "cannot be evaluated", s.update_where, s, User, mp.sql "true",
        { age = 1 }, { sync = "evaluate" })
      refused("invalid", "users.age", s.update_where, s, User, { id = 1 }, { age = "old" })
    end)
  end)

  it("deletes softly, and no longer finds it", function()
    local post = s:add(Post { title = "p" })
    s:commit()
    s:delete(post)
    s:commit()
    assert.equal("detached", (mp.state(post)))
    assert.is_nil(s:find(Post, post.id))
    assert.equal(1, db:value "select count(*) from posts where deleted_at is not null")
    assert.equal(post.id, s:select(Post):with_deleted():one().id)
  end)

  it("loads deferred columns, changes them, and those that were not loaded", function()
    db:exec "update users set bio = 'long' where id = 1"
    local list = s:select(User):order_by("id"):all()
    refused("not_loaded", "user.bio", function() return list[1].bio end)
    list[1]:load "bio"
    assert.same({ "long", nil }, { list[1].bio, list[2].bio })
    list[1].bio = "longer"
    list[3].bio = "given"
    s:commit()
    assert.same({ "longer", "given" },
      db:column "select bio from users where bio is not null order by id")
  end)

  it("forgets what was loaded, so that it is loaded again", function()
    local user = s:select(User):with { "posts", "bio", "boss" }:where { id = 1 }:one()
    assert.same({ 0, nil, nil }, { #user.posts, user.bio, user.boss })
    db:exec "update users set bio = 'now', boss_id = 2 where id = 1"
    db:exec("insert into posts (id, title, author_id) values ($1, 'p', 1)", mp.uuid.v4())
    s:expire(user, "posts", "bio")
    refused("not_loaded", "user.posts", function() return user.posts end)
    refused("not_loaded", "user.bio", function() return user.bio end)
    user:load { "posts", "bio" }
    assert.same({ 1, "now" }, { #user.posts, user.bio })
    assert.same({}, mp.changes(user))
    s:expire(user)
    refused("not_loaded", "user.posts", function() return user.posts end)
    refused("bad_argument", 'did you mean "posts"', s.expire, s, user, "post")
    refused("bad_argument", "no row in this session", s.expire, s, User { email = "x" })
    s:commit()
  end)

  it("sees changes inside JSON and arrays, and sets SQL", function()
    local user = s:get(User, 1)
    table.insert(user.tags, "x")
    user.settings.deep = { list = { 1, 2 } }
    user.age = User.age + 10
    s:commit()
    assert.same({ { "x" }, 11 }, { user.tags, user.age })
    user.settings.deep.list[3] = 3
    assert.same({ "settings" }, (select(2, mp.state(user))))
    s:commit()
    assert.equal("[1, 2, 3]", db:value "select settings->'deep'->>'list' from users where id = 1")
  end)

  describe("refuses", function()
    it("objects that are not its own", function()
      local other <close> = db:session()
      local theirs = other:get(User, 1)
      refused("bad_argument", "in another session", s.add, s, theirs)
      refused("bad_argument", "in another session", s.delete, s, theirs)
      other:close()
      refused("bad_argument", "detached", s.add, s, theirs)
      refused("bad_argument", "no row to delete", s.delete, s, User { email = "x" })
      refused("bad_argument", "takes an instance", s.add, s, { email = "x" })
      local post = s:add(Post { title = "p" })
      post.author = theirs
      refused("bad_argument", "detached", s.commit, s)
    end)

    it("a field that is no column, with a suggestion", function()
      local user = s:get(User, 1)
      user.nmae = "x"
      refused("bad_argument", { '"nmae"', 'did you mean "name"' }, s.commit, s)
      user.nmae = nil
      s:commit()
    end)

    it("values that a column cannot store, before anything is sent", function()
      local user = s:add(User { email = "v", age = "old" })
      refused("invalid", "users.age", s.commit, s)
      user.age, user.email = 3, nil
      refused("invalid", "users.email", s.commit, s)
      user.email = "v"
      s:commit()
      user.email = mp.null
      refused("invalid", "users.email", s.commit, s)
    end)

    it("two new objects with one key", function()
      local id = mp.uuid.v4()
      s:add_all { Post { id = id, title = "a" }, Post { id = id, title = "b" } }
      refused("bad_argument", "same key", s.commit, s)
    end)

    it("the second of two tasks that use it at once", function()
      local ok, err = pcall(mp.all, function() s:query "select pg_sleep(0.05)" end,
        function() s:get(User, 1) end)
      assert.is_false(ok)
      assert.matches("another task is using this session, at .*session_verbs_spec.lua:%d+",
        tostring(err))
      assert.equal("n1", s:get(User, 1).name)
    end)

    it("writes where it is read only, and anything when it is closed", function()
      local reader = db:session { read_only = true }
      local user = reader:get(User, 1)
      user.name = "x"
      refused("bad_argument", "read only", reader.commit, reader)
      refused("bad_argument", "read only", reader.add, reader, User { email = "x" })
      reader:close()
      assert.equal("detached", (mp.state(user)))
      assert.equal("x", user.name)
      refused("bad_argument", "closed", reader.get, reader, User, 1)
    end)
  end)

  it("forgets a new object that is deleted, and lets go of what is expunged", function()
    local fresh = s:add(User { email = "new" })
    s:delete(fresh)
    assert.equal("transient", (mp.state(fresh)))
    local user = s:get(User, 1)
    user.name = "lost"
    s:expunge(user)
    assert.equal("detached", (mp.state(user)))
    assert.not_equal(user, s:get(User, 1))
    s:expunge_all()
    s:commit()
    assert.equal("n1", db:value "select name from users where id = 1")
  end)
end)
