-- contract_models_spec.lua - models, queries and sessions as their users were promised them.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local metadata = require "moonpool.schema.metadata"
local mp = require "moonpool"

local SCHEMA = "contract_models_spec"

local Team = mp.model { "teams", schema = SCHEMA,
  c.int8("id", { primary_key = true, identity = true }), c.text "name",
  mp.has_many("users", { table = "users" }) }
local Group = mp.model { "groups", schema = SCHEMA,
  c.int8("id", { primary_key = true, identity = true }), c.text "name" }
local Membership = mp.model { "memberships", schema = SCHEMA,
  mp.belongs_to("user", { table = "users", on_delete = "cascade" }),
  mp.belongs_to("group", { table = "groups" }), mp.primary_key { "user_id", "group_id" } }
local User = mp.model {
  "users", schema = SCHEMA,
  c.uuid("id", { primary_key = true, generate = "v7" }),
  c.citext("email", { unique = true, check = "email ~ '@'" }),
  c.text("name", { null = true, renamed_from = "display_name" }),
  c.enum("role", { "reader", "editor", "admin" },
    { type = SCHEMA .. ".user_role", default = "reader" }),
  c.array("tags", "text", { default = {} }),
  c.jsonb("settings", { default = {} }),
  c.numeric("credit", { precision = 12, scale = 2, default = 0 }),
  c.timestamptz("seen_at", { null = true, index = true }),
  mp.timestamps(), mp.soft_delete(), mp.version(), mp.audit(),
  mp.belongs_to("team", { table = "teams", column = "team_id" }),
  mp.has_many("posts", { table = "posts", column = "author_id", cascade = { "save", "delete" } }),
  mp.many_to_many("groups", { table = "groups", through = "memberships" }),
  mp.index { "tags", using = "gin" }, mp.unique { "team_id", "name" }, mp.check("credit >= 0"),
}
function User.methods:display() return self.name or self.email end
local Post = mp.model { "posts", schema = SCHEMA,
  c.int8("id", { primary_key = true, identity = true }), c.text "title",
  c.text("state", { default = "live" }), c.timestamptz("created_at", { default = mp.sql "now()" }),
  mp.belongs_to("author", { table = "users" }),
  mp.has_many("comments", { table = "comments" }),
  mp.many_to_many("tags", { table = "tags", through = "taggings" }) }
local Comment = mp.model { "comments", schema = SCHEMA,
  c.int8("id", { primary_key = true, identity = true }), c.text "body",
  c.timestamptz("created_at", { default = mp.sql "now()" }),
  mp.belongs_to("post", { table = "posts" }) }
local Tag = mp.model { "tags", schema = SCHEMA,
  c.int8("id", { primary_key = true, identity = true }), c.text "name" }
local Tagging = mp.model { "taggings", schema = SCHEMA,
  mp.belongs_to("post", { table = "posts" }), mp.belongs_to("tag", { table = "tags" }),
  mp.primary_key { "post_id", "tag_id" } }
local MODELS = { Team, Group, Membership, User, Post, Comment, Tag, Tagging }

describe("models, queries and sessions", function()
  local db, s, team, ada

  setup(function()
    db = mp.engine()
    db:script(("drop schema if exists %s cascade; create extension if not exists citext"):format(
      SCHEMA))
    local objects = table.move(MODELS, 1, #MODELS, 2, { mp.schema(SCHEMA) })
    db:script(table.concat(metadata.new(objects):create_statements(), ";\n"))
  end)
  teardown(function()
    db:script(("drop schema %s cascade"):format(SCHEMA))
    db:close()
  end)
  before_each(function()
    local names = {}
    for at, model in ipairs(MODELS) do names[at] = ("%s.%s"):format(SCHEMA, model.table.name) end
    db:exec(("truncate %s cascade"):format(table.concat(names, ", ")))
    s = db:session()
    team = s:add(Team { name = "core" })
    ada = s:add(User { email = "ada@x.org", name = "Ada", role = "editor", team = team })
    s:commit()
  end)
  after_each(function() s:close() end)

  it("give instances their keys, defaults and methods at once", function()
    local user = User { email = "a@x.org" }

    assert.matches("^%x+%-%x+%-7", user.id)
    assert.same({ "reader", {}, {} }, { user.role, user.tags, user.settings })
    assert.equal("a@x.org", user:display())
    for name in pairs(user) do assert.is_not_nil(User.table.by_name[name], name) end
  end)

  it("name every constraint and index by the convention", function()
    local names = db:column([[
      select conname::text from pg_constraint where conrelid = $1::text::regclass
      union all select indexrelid::regclass::text from pg_index where indrelid = $1::text::regclass
      order by 1]], SCHEMA .. ".users")
    local is_there = {}
    for _, name in ipairs(names) do is_there[name:match "[^.]+$"] = true end

    for _, name in ipairs { "pk_users", "ck_users_email", "fk_users_team_id_teams",
      "ix_users_seen_at", "ix_users_tags", "uq_users_email" } do
      assert.is_true(is_there[name], name)
    end
  end)

  it("build what the contract shows", function()
    local u, p = User:as "u", Post:as "p"
    local query = mp.select { u.id, u.email, posts = mp.fn.count(p.id) }
      :from(u):left_join(p, p.author_id:eq(u.id))
      :where(u.role:one_of { "editor", "admin" } & ~u.email:ilike "%@test.%")
      :where(u.tags:contains { "beta" } | u.settings:at("theme"):eq "dark")
      :group_by(u.id):having(mp.fn.count(p.id):gt(3)):order_by(u.email:asc()):limit(20)

    local text, params = query:sql()
    assert.matches("^select u.id, u.email, count%(p.id%) as posts from", text)
    assert.equal("table", type(params))
    assert.same({}, query:all(db))
    assert.is_nil(query:one(db))
    for _ in query:stream(db) do error "there is no row" end
    assert.equal("lower(u.email)", tostring(mp.sql("lower(?)", u.email)))
  end)

  it("insert, update and delete by the builder", function()
    local row = { id = mp.uuid.v7(), email = "b@x.org", team_id = team.id }
    local id = mp.insert(User):values(row):returning(User.id):value(db)
    row.name = "Bob"
    mp.insert(User):values { row }:on_conflict("email"):update { "name" }:exec(db)
    local changed = mp.update(User):set { role = "admin" }:where(User.email:like "%@x.org"):exec(db)

    assert.equal("Bob", mp.select { User.name }:from(User):where { id = id }:value(db))
    assert.equal(2, changed)
    assert.equal(1, mp.delete(User):where { id = id }:exec(db))
  end)

  it("get one object for each row, and track what is in it", function()
    local other <close> = db:session()
    local found = other:get(User, ada.id)
    assert.equal(found, other:get(User, ada.id))
    assert.is_nil(other:find(User, mp.uuid.v4()))
    assert.equal("not_found", select(2, mp.try(other.get, other, User, mp.uuid.v4())).kind)

    found.name = "Ada L."
    found.settings.theme = "dark"
    assert.same({ "persistent", { "name", "settings" } }, { mp.state(found) })
    assert.same({ from = "Ada", to = "Ada L." }, mp.changes(found).name)
    assert.matches("update", tostring(other:plan()))
    other:commit()

    assert.same({ "Ada L.", 2 }, { found.name, found.version })
    assert.same({ "dark" }, db:column(("select settings->>'theme' from %s.users"):format(SCHEMA)))
  end)

  it("load what is asked for and nothing by a dot", function()
    local post = s:add(Post { author = ada, title = "Notes",
      comments = { Comment { body = "1" }, Comment { body = "2" } },
      tags = { Tag { name = "x" } } })
    s:commit()

    local other <close> = db:session()
    local posts = other:select(Post):where { state = "live" }
      :with { "author", comments = { order_by = "id desc", limit = 1 } }:limit(50):all()
    assert.equal("Ada", posts[1].author.name)
    assert.equal("2", posts[1].comments[1].body)
    local _, err = mp.try(function() return posts[1].tags end)
    assert.is_true(errors.is_error(err, "not_loaded"))
    assert.matches(':with { "tags" }', err.hint, 1, true)
    posts[1]:load "tags"
    assert.equal("x", posts[1].tags[1].name)
    assert.equal("x", mp.load(posts[1], "tags")[1].name)
    assert.equal(post.id, posts[1].id)
  end)

  it("nest, roll back and forget", function()
    local nested = s:nested()
    ada.name = "changed"
    local post = s:add(Post { author = ada, title = "x" })
    s:flush()
    nested:rollback()
    assert.same({ "Ada", "transient" }, { ada.name, (mp.state(post)) })

    local pending = s:add(Group { name = "g" })
    s:delete(pending)
    s:commit()
    assert.equal("transient", (mp.state(pending)))
  end)

  it("are stale, locked, upserted, refreshed, merged and expunged", function()
    local other <close> = db:session()
    other:get(User, ada.id, { lock = "update" }).name = "other"
    other:commit()
    ada.name = "mine"
    assert.equal("stale_object", select(2, mp.try(s.commit, s)).kind)
    assert.equal("other", s:refresh(ada).name)

    local rows = { { email = "ada@x.org", name = "upserted", team_id = team.id } }
    assert.equal(ada, s:upsert(User, rows, { key = "email" })[1])
    assert.equal("upserted", ada.name)
    local copy = s:merge(User { id = ada.id, email = "ada@x.org", name = "merged",
      team_id = team.id, version = ada.version })
    assert.equal(ada, copy)
    s:expunge(ada)
    assert.equal("detached", (mp.state(ada)))
  end)

  it("tell of what they do", function()
    local told = {}
    User:on("before_insert", function(user) told[#told + 1] = user.email end)
    s:on("after_commit", function() told[#told + 1] = "committed" end)
    s:add(User { email = "b@x.org", team = team })
    s:commit()
    assert.same({ "b@x.org", "committed" }, told)
  end)

  it("stand on a transaction, too", function()
    db:transaction(function(tx)
      local inner <close> = tx:session()
      inner:add(Group { name = "inside" })
      inner:commit()
      assert.equal(1, tx:value(("select count(*) from %s.groups"):format(SCHEMA)))
      tx:abort()
    end)
    assert.equal(0, db:value(("select count(*) from %s.groups"):format(SCHEMA)))
  end)
end)
