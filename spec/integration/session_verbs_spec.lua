-- session_verbs_spec.lua - what a session does besides flushing: merge, upsert, bulk, events.
local c = require "moonpool.column"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local tables = require "spec.support.tables"

local SCHEMA = "session_verbs_spec"

local User = mp.model { "users", c.int8("id", { primary_key = true, identity = true }),
  c.citext("email", { unique = true }), c.text("name", { null = true }),
  c.int4("age", { null = true }), c.array("tags", "text", { default = {} }),
  c.jsonb("settings", { default = {} }), c.text("bio", { null = true, deferred = true }),
  mp.timestamps(), mp.version(),
  mp.belongs_to("boss", { table = "users", null = true }),
  mp.has_many("posts", { table = "posts", column = "author_id" }) }
local Post = mp.model { "posts", c.uuid("id", { primary_key = true, generate = "v7" }),
  c.text "title", mp.soft_delete(), mp.belongs_to("author", { table = "users", null = true }) }

describe("a session", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, User, Post)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:exec "truncate users, posts restart identity"
    db:exec [[insert into users (email, name, age) select 'u' || n, 'n' || n, n
      from generate_series(1, 5) n]]
    s = db:session()
  end)
  after_each(function() s:close() end)

  local function refused(kind, says, fn, ...)
    return refusal.check({ kind = kind, says = says }, fn, ...)
  end

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
        s:rollback()
        assert.same({ 4, "n4" }, { four.age, four.name })
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

  it("flushes before queries, unless told not to", function()
    s:add(User { email = "new", name = "auto" })
    assert.equal(0, s:no_autoflush(function()
      return s:select(User):where { name = "auto" }:count()
    end))
    assert.equal(1, s:select(User):where { name = "auto" }:count())
    assert.equal(0, db:value "select count(*) from users where name = 'auto'")
  end)

  it("is what a repository writes with, and undoes that, too", function()
    local Users = mp.repository(User)
    local users = Users:using(s)
    users:create { email = "created" }
    assert.equal(2, users:update_where({ id = { 1, 2 } }, { name = "both" }))
    local rows = {}
    for at = 1, 2000 do rows[at] = { email = "many" .. at } end
    assert.equal(2000, #users:create_many(rows))
    s:exec "insert into users (email) values ('raw')"
    assert.equal(5, db:value "select count(*) from users")
    s:rollback()
    assert.equal(5, users:count())
    users:create { email = "kept" }
    s:commit()
    assert.equal(6, db:value "select count(*) from users")
    local reader <close> = db:session { read_only = true }
    refused("bad_argument", "read only", reader.exec, reader, "delete from users")
    assert.equal(6, reader:value "with u as (select 1 from users) select count(*) from u")
    assert.is_false(reader.levels:is_open())
  end)

  it("runs a function in a unit of its own", function()
    local user = s:get(User, 1)
    assert.is_false(pcall(s.transaction, s, function()
      user.name = "undone"
      s:flush()
      error "no"
    end))
    assert.equal("n1", user.name)
    assert.equal("done", s:transaction(function(same)
      assert.equal(s, same)
      user.name = "done"
      return user.name
    end))
    s:commit()
    assert.equal("done", db:value "select name from users where id = 1")
  end)

  it("is a part of a transaction, and a part of a connection", function()
    db:transaction(function(tx)
      local inner <close> = tx:session()
      inner:get(User, 1).name = "in tx"
      inner:commit()
      inner:get(User, 2).name = "undone"
      inner:flush()
      inner:rollback()
      assert.same({ "in tx", "n2" }, tx:column "select name from users where id < 3 order by id")
      tx:exec "update users set name = 'more' where id = 3"
    end)
    local conn <close> = db:connect()
    local on <close> = conn:session()
    on:get(User, 2).name = "conn"
    on:commit()
    assert.same({ "in tx", "conn", "more" },
      db:column "select name from users where id < 4 order by id")
  end)

  it("reads over replicas, and writes nothing there", function()
    local reader <close> = db:read():session()
    local users = reader:select(User):with { "posts", "boss" }:order_by("id"):all()
    assert.equal(5, #users)
    assert.equal(users[1], reader:get(User, 1))
    refused("bad_argument", "read only", reader.commit, reader)
  end)

  describe("is committed with others in two phases", function()
    local other, t
    before_each(function()
      other = tables.open_more(SCHEMA)
      t = other:session()
    end)
    after_each(function()
      t:close()
      other:close()
    end)

    local function prepared()
      return db:value "select count(*) from pg_prepared_xacts where gid like 'moonpool-%'"
    end

    it("in both or in none", function()
      s:get(User, 1).name = "here"
      t:get(User, 2).name = "there"
      mp.distributed { s, t }:commit()
      assert.same({ "here", "there" },
        db:column "select name from users where id < 3 order by id")
      assert.equal(0, prepared())

      s:get(User, 1).name = "again"
      t:add(User { email = "u5" })
      local both = mp.distributed { s, t }
      refused("unique_violation", "uq_users_email", both.commit, both)
      assert.same({ { "name" }, 0 }, { select(2, mp.state(s:get(User, 1))), prepared() })
      assert.equal("here", db:value "select name from users where id = 1")
    end)

    it("with what one of them has prepared taken back where the other cannot", function()
      db:script [[create or replace function late() returns trigger language plpgsql as
        $$ begin raise exception 'late'; end $$;
        create constraint trigger late after update on users deferrable initially deferred
          for each row when (new.name = 'late') execute function late()]]
      s:get(User, 1).name = "fine"
      t:get(User, 2).name = "late"
      local ok, err = pcall(function() mp.distributed { s, t }:commit() end)
      db:exec "drop trigger late on users"
      assert.is_false(ok)
      assert.matches("late", tostring(err))
      assert.equal(0, prepared())
      assert.equal("n1", db:value "select name from users where id = 1")
      mp.distributed { s, t }:commit()
      assert.equal("fine", db:value "select name from users where id = 1")
    end)

    it("unless they cannot be", function()
      refused("bad_argument", "a list of sessions", mp.distributed, {})
      refused("bad_argument", "stands twice", mp.distributed, { s, s })
      db:transaction(function(tx)
        local inner <close> = tx:session()
        local both = mp.distributed { s, inner }
        refused("bad_argument", "two phases", both.commit, both)
      end)
    end)
  end)

  it("shows what it sends to whoever observes the engine", function()
    local seen = {}
    local _ <close> = db:on("query", function(event) seen[#seen + 1] = event.sql end)
    s:add(User { email = "watched" })
    s:commit()
    mp.sleep(0.01)
    assert.matches("insert into users", table.concat(seen, "\n"))
  end)

  describe("tells", function()
    it("what happens to rows, in order, and obeys a veto", function()
      local Noted = mp.model { "users", c.int8("id", { primary_key = true, identity = true }),
        c.citext "email", c.text("name", { null = true }) }
      local seen = {}
      for _, event in ipairs { "before_insert", "after_insert", "before_update", "after_update",
        "before_delete", "after_delete", "after_load" } do
        Noted:on(event, function(object, session)
          mp.sleep(0)
          assert.equal(s, session)
          seen[#seen + 1] = event .. " " .. object.email
        end)
      end
      Noted:on("before_insert", function(object) object.name = "by hook" end)
      Noted:on("before_update", function(object)
        if object.name == "veto" then error("no", 0) end
      end)
      local user = s:add(Noted { email = "h" })
      s:commit()
      assert.equal("by hook", db:value "select name from users where email = 'h'")
      user.name = "veto"
      assert.is_false(pcall(s.commit, s))
      user.name = "fine"
      s:commit()
      s:get(Noted, 1)
      s:delete(user)
      s:commit()
      assert.same({ "before_insert h", "after_insert h", "before_update h", "before_update h",
        "after_update h", "after_load u1", "before_delete h", "after_delete h" }, seen)
    end)

    it("and may be asked about rows, but not to flush in between", function()
      local seen
      s:on("before_flush", function()
        seen = s:select(User):count()
        refused("bad_argument", "the session is flushing", s.flush, s)
      end)
      s:add(User { email = "counted" })
      s:commit()
      assert.equal(5, seen)
      assert.equal(6, s:select(User):count())
    end)

    it("and that it has committed, when what is called afterwards fails", function()
      s:on("after_commit", function() error("mail", 0) end)
      s:get(User, 1).name = "kept"
      local err = refused("hook_failed", "was committed", s.commit, s)
      assert.same({ true, "mail" }, { err.committed, err.cause })
      assert.equal("kept", db:value "select name from users where id = 1")
    end)

    it("what happens to itself", function()
      local seen = {}
      for _, event in ipairs { "before_flush", "after_flush", "before_commit", "after_commit",
        "after_rollback" } do
        s:on(event, function(session)
          seen[#seen + 1] = event
          assert.equal(s, session)
        end)
      end
      s:get(User, 1).name = "x"
      s:commit()
      s:rollback()
      assert.same({ "before_commit", "before_flush", "after_flush", "before_flush",
        "after_commit", "after_rollback" }, seen)
      refused("bad_argument", 'did you mean "after_commit"', s.on, s, "after_comit", print)
    end)
  end)
end)
