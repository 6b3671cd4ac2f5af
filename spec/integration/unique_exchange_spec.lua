-- unique_exchange_spec.lua - unique values that change hands within one flush, on a real server.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local seed = require "spec.support.seed"
local tables = require "spec.support.tables"
local trips = require "spec.support.trips"

local SCHEMA = "unique_exchange_spec"

local function key() return c.int8("id", { primary_key = true, identity = true }) end

local User = mp.model { "users", key(), c.citext("email", { unique = true }),
  c.text("nick", { unique = true, null = true }), c.text("name", { default = "-" }),
  mp.version(), mp.has_many("posts", { table = "posts", cascade = { "save", "delete" } }) }
local Post = mp.model { "posts", key(), c.text "title",
  mp.belongs_to("user", { table = "users", null = true }) }
local Slot = mp.model { "slots", key(), c.int4 "list", c.int4 "position", c.text("note",
  { default = "" }), mp.unique { "list", "position" } }
local Code = mp.model { "codes", key(), c.varchar("code", { length = 3, unique = true }),
  c.text("note", { default = "" }) }
local Checked = mp.model { "checked", key(),
  c.text("url", { unique = true, check = "url ~ '^http'" }) }
local Late = mp.model { "late", key(), c.varchar("code", { length = 3 }),
  mp.unique { "code", deferrable = true } }
local Lazy = mp.model { "lazy", key(), c.varchar("code", { length = 3 }),
  mp.unique { "code", deferrable = "immediate" } }
local Stamp = mp.model { "stamps", key(), c.text("code", { unique = true }), c.text("note",
  { default = "" }), mp.version { by = "xmin" } }
local Soft = mp.model { "softs", key(), c.text("code", { unique = true }), mp.soft_delete() }
local Node = mp.model { "nodes", key(), c.varchar("name", { length = 9, unique = true }),
  mp.belongs_to("parent", { table = "nodes", null = true }),
  mp.has_many("children", { table = "nodes", column = "parent_id" }) }
local Pair = mp.model { "pairs", c.int4("a", { primary_key = true }), c.text "text" }
local Address = mp.model { "addresses", key(), c.int4 "user_no",
  c.bool("is_main", { default = false }), c.text("city", { default = "" }),
  mp.index { "user_no", unique = true, where = "is_main" } }
local MODELS = { Address, User, Post, Slot, Code, Checked, Late, Lazy, Stamp, Soft, Node, Pair }

describe("unique values that change hands in a flush", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, table.unpack(MODELS))
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    for _, model in ipairs(MODELS) do
      db:exec(("truncate %s restart identity cascade"):format(model.table.name))
    end
    s = db:session()
  end)
  after_each(function() s:close() end)

  local function stored(model, rows)
    local list = {}
    for at, row in ipairs(rows) do list[at] = s:add(model(row)) end
    s:commit()
    return list
  end

  local function column(model, name)
    return table.concat(db:column(("select coalesce(%s::text, '-') from %s order by id"):format(
      name, model.table.name)), " ")
  end

  it("are exchanged by two rows", function()
    local a, b = table.unpack(stored(User, { { email = "a", nick = "x" },
      { email = "b", nick = "y" } }))
    a.email, b.email = b.email, a.email
    s:commit()
    assert.equal("b a", column(User, "email"))
    a.email, b.email, a.nick, b.nick = b.email, a.email, b.nick, a.nick
    s:commit()
    assert.same({ "a b", "y x", "3 3" }, { column(User, "email"), column(User, "nick"),
      column(User, "version") })
    assert.same({ "a", "y", 3 }, { a.email, a.nick, a.version })
    assert.same({}, mp.changes(a))
    a.name = "still tracked"
    s:commit()
  end)

  it("are exchanged by rows that change different columns", function()
    local a, b = table.unpack(stored(User, { { email = "a" }, { email = "b" } }))
    a.email, a.name, b.email = "B", "ab", "a"
    s:commit()
    assert.same({ "B a", "ab -" }, { column(User, "email"), column(User, "name") })
  end)

  it("are passed on along a chain, without a detour", function()
    local list = stored(Code, { { code = "a" }, { code = "b" }, { code = "c" } })
    list[1].code, list[2].code, list[3].code = "b", "c", "d"
    assert.equal(4, #s:plan())
    s:commit()
    assert.equal("b c d", column(Code, "code"))
    list[3].code, list[2].code, list[1].code = "e", "d", "c"
    list[2].note = "other columns"
    s:commit()
    assert.equal("c d e", column(Code, "code"))
  end)

  it("are moved along a long list by two updates", function()
    local rows = {}
    for at = 1, 200 do rows[at] = { list = 1, position = at } end
    local list = stored(Slot, rows)
    for at, slot in ipairs(list) do slot.position = at % 200 + 1 end
    s:add(Slot { list = 1, position = 201 })
    list[200].position = 202
    assert.equal(4, #s:plan())
    s:commit()
    assert.same({ 201, 202, 2 }, { db:value "select count(distinct position) from slots",
      db:value "select max(position) from slots", db:value "select min(position) from slots" })
  end)

  it("are refused where none can let go of its own first", function()
    local a, b = table.unpack(stored(Code, { { code = "a" }, { code = "b" } }))
    a.code, b.code = "b", "a"
    local err = refusal.check({ kind = "bad_argument",
      says = { '"codes"', "(code)" } }, s.commit, s)
    assert.same({ "codes", "uq_codes_code" }, { err.table, err.constraint })
    assert.matches('mp.unique { "code", deferrable = true }', err.hint, 1, true)
    a.code = "c"
    s:commit()
    assert.equal("c a", column(Code, "code"))
    local c1, c2 = table.unpack(stored(Checked, { { url = "http://a" }, { url = "http://b" } }))
    c1.url, c2.url = c2.url, c1.url
    refusal.check({ kind = "bad_argument", says = '"checked"' }, s.commit, s)
  end)

  it("are not looked after where the constraint is checked at the commit", function()
    local a, b = table.unpack(stored(Late, { { code = "a" }, { code = "b" } }))
    a.code, b.code = "b", "a"
    assert.equal(2, #s:plan())
    s:commit()
    assert.equal("b a", column(Late, "code"))
  end)

  it("wait for the end of the flush where the constraint may", function()
    local a, b = table.unpack(stored(Lazy, { { code = "a" }, { code = "b" } }))
    a.code, b.code = "b", "a"
    s:commit()
    assert.equal("b a", column(Lazy, "code"))
    a.code, b.code = "a", "b"
    s:flush()
    a.code, b.code = "b", "a"
    s:flush()
    a.code, b.code = "a", "b"
    s:flush()
    a.code = "b"
    assert.equal("unique_violation", select(2, errors.try(s.flush, s)).kind)
    a.code = "a"
    s:commit()
    assert.equal("a b", column(Lazy, "code"))
  end)

  it("are exchanged by rows whose version is xmin", function()
    local a, b, d = table.unpack(stored(Stamp, { { code = "a" }, { code = "b" }, { code = "d" } }))
    a.code, b.code, d.note = "b", "a", "x"
    s:commit()
    a.note, b.note = "again", "again"
    s:commit()
    assert.same({ "b a d", "again again x" }, { column(Stamp, "code"), column(Stamp, "note") })
    db:exec "update stamps set note = 'theirs' where id = 1"
    a.code, b.code = "a", "b"
    assert.equal("stale_object", select(2, errors.try(s.commit, s)).kind)
    s:refresh(a)
    s:refresh(b)
    a.code, b.code = "a", "b"
    s:commit()
    assert.equal("a b d", column(Stamp, "code"))
  end)

  it("go from a deleted row to a new one", function()
    local list = stored(User, { { email = "a" }, { email = "b" } })
    s:add(Post { title = "p", user = list[2] })
    s:commit()
    s:delete(list[1])
    local new = s:add(User { email = "A", posts = { Post { title = "q" } } })
    s:get(Post, 1).title = "an update of a table that refers to users"
    s:commit()
    assert.equal("b A", column(User, "email"))
    assert.equal(new.id, s:get(Post, 2).user_id)
  end)

  it("go from a row that is deleted with what refers to it", function()
    local user = stored(User, { { email = "a", posts = { Post { title = "p" } } } })[1]
    s:delete(user)
    s:add(User { email = "a", posts = { Post { title = "q" } } })
    s:commit()
    assert.same({ "a", "q" }, { column(User, "email"), column(Post, "title") })
  end)

  it("go from a row that others are taken from in the same flush", function()
    local user, other = table.unpack(stored(User, {
      { email = "a", posts = { Post { title = "p" } } }, { email = "b" } }))
    local post = user.posts[1]
    post.user = other
    s:flush()
    s:rollback()
    table.remove(user.posts)
    s:delete(user)
    s:add(User { email = "a" })
    s:commit()
    assert.same({ "b a", "p" }, { column(User, "email"), column(Post, "title") })
    assert.is_nil(post.user_id)
  end)

  it("go from a row whose own are taken over by the one that takes its value", function()
    local user = stored(User, { { email = "a", posts = { Post { title = "p" } } } })[1]
    local post = user.posts[1]
    local new = s:add(User { email = "a" })
    post.user = new
    s:delete(user)
    s:commit()
    assert.same({ "a", 1 }, { column(User, "email"),
      db:value "select count(*) from posts p join users u on u.id = p.user_id" })
    assert.equal(new.id, post.user_id)
  end)

  it("go from a deleted row to a changed one", function()
    local a, b = table.unpack(stored(Code, { { code = "a" }, { code = "b" } }))
    s:delete(a)
    b.code = "a"
    s:commit()
    assert.equal("a", column(Code, "code"))
  end)

  it("go from a changed row to a new one, and from there on", function()
    local a = stored(Code, { { code = "a" }, { code = "b" } })[1]
    a.code = "c"
    s:add(Code { code = "a" })
    s:commit()
    assert.equal("c b a", column(Code, "code"))
  end)

  it("are free when a row is deleted softly", function()
    local a, b = table.unpack(stored(Soft, { { code = "a" }, { code = "b" } }))
    s:delete(a)
    b.code = "a"
    s:add(Soft { code = "b" })
    s:commit()
    assert.same({ "a b", 1 }, { table.concat(db:column
      "select code from softs where deleted_at is null order by id", " "),
      db:value "select count(*) from softs where deleted_at is not null" })
  end)

  it("are those of the rows that a partial index holds", function()
    local a, b = table.unpack(stored(Address, { { user_no = 1, is_main = true }, { user_no = 1 } }))
    for _ = 1, 2 do
      a.is_main, b.is_main = not a.is_main, not b.is_main
      b.city = b.city .. "x"
      s:commit()
    end
    assert.equal("true false", column(Address, "is_main"))
    a.is_main = false
    s:add(Address { user_no = 1, is_main = true })
    s:commit()
    assert.equal("false false true", column(Address, "is_main"))
    s:delete(s:get(Address, 3))
    b.is_main = true
    s:commit()
    assert.equal("false true", column(Address, "is_main"))
  end)

  it("go within a tree, where children are deleted before their parents", function()
    local x, y, z = Node { name = "x" }, Node { name = "y" }, Node { name = "z" }
    x.children = { z }
    stored(Node, { { name = "r", children = { x, y } } })
    s:delete(x)
    s:delete(z)
    s:add(Node { name = "x", parent = y })
    s:commit()
    assert.equal("r y x", column(Node, "name"))
  end)

  it("may be keys, where there is an order", function()
    s:add_all { Pair { a = 1, text = "one" }, Pair { a = 2, text = "two" } }
    s:commit()
    s:delete(s:get(Pair, 1))
    s:get(Pair, 2).a = 1
    s:commit()
    assert.equal("two", db:value "select text from pairs where a = 1")
    local pair = s:get(Pair, 1)
    local new = s:add(Pair { a = 1, text = "new" })
    pair.a = 3
    s:commit()
    assert.same({ pair, new }, { s:get(Pair, 3), s:get(Pair, 1) })
    pair.a, new.a = 1, 3
    refusal.check({ kind = "bad_argument", says = { '"pairs"', "(a)" } }, s.commit, s)
  end)

  it("cost no round trip", function()
    local counted <close> = trips.open { search_path = SCHEMA .. ", public" }
    local own <close> = counted.db:session()
    own:add_all { User { email = "a" }, User { email = "b" } }
    own:commit()
    local list = own:select(User):order_by("id"):all()
    for round = 1, 3 do
      list[1].email, list[2].email = list[2].email, list[1].email
      local count = counted:count(own.commit, own)
      if round == 3 then assert.equal(1, count) end
    end
    assert.equal("b a", column(User, "email"))
  end)

  local random = math.random

  local function exchange(list, at, name, chance)
    local other = random(1, at)
    if random() > chance then return end
    list[at][name], list[other][name] = list[other][name], list[at][name]
  end

  local function shuffle(list)
    for at = #list, 1, -1 do
      exchange(list, at, "email", 0.7)
      exchange(list, at, "nick", 0.3)
    end
    if random(1, 2) == 1 then return end
    local gone = table.remove(list, random(1, #list))
    s:delete(gone)
    list[#list + 1] = s:add(User { email = gone.email, nick = gone.nick })
  end

  local function shown(list)
    local texts = {}
    for at, user in ipairs(list) do
      texts[at] = ("%d %s %s"):format(user.id, user.email, user.nick or "-")
    end
    table.sort(texts)
    return texts
  end

  it("end where they are meant to, whatever rows are shuffled", function()
    seed.set "unique exchange"
    local list = {}
    for at = 1, 12 do list[at] = { email = "e" .. at, nick = at % 3 > 0 and "n" .. at or nil } end
    list = stored(User, list)
    for _ = 1, 60 do
      shuffle(list)
      s:commit()
      assert.same(shown(list), shown(db:query "select * from users"))
    end
  end)
end)
