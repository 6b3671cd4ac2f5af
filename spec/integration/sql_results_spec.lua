-- sql_results_spec.lua - what built reads answer on a server: JSON, arrays, ranges, text, windows.
local database = require "spec.support.sql_cases.database"
local models = require "spec.support.sql_cases.models"
local mp = require "moonpool"
local release = require "spec.support.release"

local fn, null = mp.fn, mp.null
local User, Category, Booking, Event = models.User, models.Category, models.Booking, models.Event
local u = User:as "u"

describe("a built read", function()
  local db
  setup(function()
    db = database.open "sql_results"
    mp.insert(User):overriding("system"):values({
      { id = 1, email = "ada@x.org", name = "Ada", role = "admin", age = 36, active = true,
        score = 1.5, tags = { "beta", "math" }, marks = { 1, 2, 3 },
        settings = { theme = "dark", size = 12, on = true, ui = { list = { "a", "b" } } } },
      { id = 2, email = "bob@x.org", name = "50% Bob_", role = "reader", age = 20, active = false,
        score = 2.5, tags = {}, marks = { 9 },
        settings = { theme = "light", size = 3, none = null, ["12"] = "x" } },
      { id = 3, email = "eve@y.org", name = null, role = "reader", age = null, active = true,
        score = 0.0, tags = { "beta" }, marks = {}, settings = { size = "12", list = { 1, 2 } } },
    }):exec(db)
  end)
  teardown(function() database.close(db, "sql_results") end)

  -- The ids for which a condition holds.
  local function ids(...)
    return mp.select({ u.id }):from(u):where(...):order_by("id"):column(db)
  end

  it("compares parts of JSON as what they are compared with", function()
    local s = u.settings

    assert.same({ 1 }, ids(s:at("theme"):eq "dark"))
    assert.same({ 1 }, ids(s:at("size"):eq(12)))
    assert.same({ 3 }, ids(s:at("size"):eq "12" & s:at("list"):is_not_null()))
    assert.same({ 1 }, ids(s:at("on"):eq(true)))
    assert.same({ 1 }, ids(s:at("ui"):eq { list = { "a", "b" } }))
    assert.same({ 1 }, ids(s:at("size"):gt(3)))
    assert.same({ 1, 2 }, ids(s:at("size"):ge(3)))
    assert.same({ 1, 2 }, ids(s:at("theme"):one_of { "dark", "light", "x" }))
    assert.same({ 1, 2 }, ids(s:at("size"):one_of { 12, 3 }))
    assert.same({ 2 }, ids(s:at("size"):none_of { 12, "12" }))
    assert.same({ 1, 2, 3 }, ids(s:at("none"):is_null()))
    assert.same({ 1 }, ids(s:at("ui", "list", 0):eq "a"))
    assert.same({ 1 }, ids(s:at("ui", "list", -1):eq "b"))
    assert.same({ 1 }, ids(s:at("theme"):starts_with "da"))
    assert.same({ 1, 3 }, ids(s:at("size"):cast("int4"):gt(3)))
    assert.same({}, ids(s:at("size"):eq(u.age)))
    assert.same({ 2 }, ids(s:at("12"):eq "x"))
  end)

  it("asks JSON by the standard", function()
    if release(db) < 17 then return pending "needs PostgreSQL 17" end
    local s = u.settings

    assert.same({ 1, 2 }, ids(s:json_exists("$.theme")))
    assert.same({ 3 }, ids(s:json_exists("$.list[*] ? (@ > $low)", { passing = { low = 1 } })))
    assert.same({ 1 }, ids(s:json_value("$.size", { returning = "int4", on_error = "null" }):gt(3)
      & s:json_value("$.theme"):eq "dark"))
    assert.same({ 12, 3, 12 }, mp.select({ size = s:json_value("$.size", { returning = "int4" }) })
      :from(u):order_by(u.id):column(db))
    assert.same({ "a", "b" }, mp.select({ s:json_query "$.ui.list" }):from(u):where({ id = 1 })
      :value(db))
    assert.same({ 1, 3 }, ids(s:json_query("$.*", { wrapper = "with" }):cast("text"):is_json "array"
      & ~u.id:eq(2)))
    local x = mp.json_table(s, "$.ui", { { "n", ordinality = true },
      { "gone", "bool", exists = true },
      { nested = "$.list[*]", columns = { { "item", "text", path = "$" } } } }):as "x"
    assert.same({ { n = 1, gone = false, item = "a" }, { n = 1, gone = false, item = "b" } },
      mp.select({ x.n, x.gone, x.item }):from(u):lateral(x):order_by(x.item):all(db))
  end)

  it("gives the rows of functions side by side, and joins in brackets", function()
    local r = mp.rows_from(fn.generate_series(1, 3), { fn.pairs_of(2),
      columns = { { "id", "int4" }, { "name", "text" } } }):with_ordinality()
      :as("r", { "n", "id", "name", "at" })
    local a, b = User:as "a", User:as "b"
    local both = mp.joined(a):join(b, b.role:eq(a.role) & b.id:gt(a.id))

    assert.same({ { n = 1, name = "1", at = 1 }, { n = 2, name = "2", at = 2 }, { n = 3, at = 3 } },
      mp.select({ r.n, r.name, r.at }):from(r):order_by(r.at):all(db))
    assert.same({ { id = 1 }, { id = 2, other = 3 }, { id = 3 } }, mp.select({ u.id, other = b.id })
      :from(u):left_join(both, a.id:eq(u.id)):order_by(u.id):all(db))
    assert.same({ 3, 2, 1 }, mp.select({ u.id }):from(u):order_by(u.id):reversed():column(db))
  end)

  it("gives parts of JSON as values and as text", function()
    local row = mp.select({ a = u.settings:at("size"), b = u.settings:at("size"):as_text(),
      c = u.settings:at("ui") }):from(u):where({ id = 1 }):one(db)

    assert.same({ 12, "12" }, { row.a, row.b })
    assert.same({ "a", "b" }, { row.c.list[1], row.c.list[2] })
  end)

  it("asks what is in JSON", function()
    local s = u.settings

    assert.same({ 1 }, ids(s:contains { ui = { list = { "b" } } }))
    assert.same({ 3 }, ids(s:at("list"):contains { 2 }))
    assert.same({ 3 }, ids(s:contained_by { size = "12", list = { 1, 2, 3 }, x = 1 }))
    assert.same({ 1, 2 }, ids(s:has_key "theme"))
    assert.same({ 1, 3 }, ids(s:has_any { "ui", "list" }))
    assert.same({ 1 }, ids(s:has_all { "ui", "theme" }))
    assert.same({ 1 }, ids(s:path_exists "$.ui.list[*] ? (@ == \"b\")"))
    assert.same({ 1 }, ids(s:path_matches "$.size > 5"))
    assert.same({ 3 }, ids(s:at("list"):length():eq(2)))
    local rest = mp.select({ s:without "list" }):from(u):where({ id = 3 }):value(db)
    assert.same({ size = "12" }, rest)
  end)

  it("asks what is in arrays", function()
    assert.same({ 1, 3 }, ids(u.tags:contains { "beta" }))
    assert.same({ 1 }, ids(u.tags:contains { "math", "beta" }))
    assert.same({ 2, 3 }, ids(u.tags:contained_by { "beta" }))
    assert.same({ 1 }, ids(u.marks:overlaps { 3, 4 }))
    assert.same({ 1, 3 }, ids(u.tags:any "beta"))
    assert.same({ 2 }, ids(u.tags:length():eq(0)))
    assert.same({ 1 }, ids(u.tags:at(2):eq "math"))
    assert.same({ 2 }, ids(u.marks:eq { 9 }))
    assert.same({ 1, 2, 3 }, ids(u.id:one_of { 1, 2, 3 }))
    assert.same({}, ids(u.id:one_of {}))
    assert.same({ 1, 2, 3 }, ids(u.id:none_of {}))
    assert.same({ 3 }, ids(u.id:none_of { 1, 2 }))
    assert.same({ 1, 2 }, ids(u.role:one_of { "admin", "reader" }, u.age:is_not_null()))
  end)

  it("finds texts that hold wildcards", function()
    assert.same({ 2 }, ids(u.name:contains "50%"))
    assert.same({ 2 }, ids(u.name:ends_with "_"))
    assert.same({}, ids(u.name:contains "5_%"))
    assert.same({ 1 }, ids(u.name:icontains "DA"))
    assert.same({}, ids(u.name:contains "DA"))
    assert.same({ 1 }, ids(u.email:starts_with(fn.lower(u.name))))
    assert.same({ 2 }, ids(u.name:regex "^[0-9]"))
    assert.same({ 1 }, ids(u.name:iregex "^aDA$"))
    assert.same({ 1, 3 }, ids(u.name:is_distinct_from "50% Bob_"))
  end)

  it("searches words", function()
    local row = { author_id = 1, title = "Foxes", body = "The quick brown foxes jumped" }
    mp.insert(models.Post):values(row):exec(db)
    local p = models.Post:as "p"
    local function found(...) return mp.select({ p.id }):from(p):where(...):count(db) end

    assert.equal(1, found(p.body:matches("fox jump", { config = "english" })))
    assert.equal(0, found(p.body:matches("fox -jump", { config = "english" })))
    assert.equal(0, found(p.body:matches("fox", { config = "simple" })))
    assert.equal(1, found(p.body:matches("brown foxes", { parser = "phrase", config = "simple" })))
    assert.equal(1, found(p.body:matches("foxes | cats", { parser = "raw", config = "simple" })))
  end)

  it("takes ranges, and what lies in them", function()
    local b = Booking:as "b"
    mp.insert(Booking):values({ id = 1, room = 3, during = "[2026-01-01 10:00,2026-01-01 12:00)",
      days = "[2026-01-01,2026-01-03)", seats = mp.range(1, 5), at = "2026-01-01T11:00:00",
      day = "2026-01-02" }):exec(db)
    local function holds(condition)
      return mp.select({ b.id }):from(b):where(condition):exists(db)
    end

    assert.is_true(holds(b.seats:contains(4)))
    assert.is_false(holds(b.seats:contains(5)))
    assert.is_true(holds(b.seats:contains(mp.range(2, 3))))
    assert.is_true(holds(b.during:contains(mp.timestamp "2026-01-01T11:00:00")))
    assert.is_true(holds(b.during:contains(b.at) & b.days:contains(b.day)))
    assert.is_true(holds(b.seats:overlaps(mp.range(4, 9))))
    assert.is_true(holds(b.seats:adjacent(mp.range(5, 9))))
    assert.is_true(holds(b.seats:left_of(mp.range(5, 9))))
    assert.is_true(holds(b.room:contained_by(mp.range(1, 9))))
    assert.is_true(holds(b.days:contains(mp.date "2026-01-02")))
    assert.equal(mp.range(1, 9), mp.select({ b.seats + fn.int4range(4, 9) }):from(b):value(db))
  end)

  it("calculates with the types that constants have", function()
    local function v(value)
      return mp.select({ value:as "v" }):from(u):where({ id = 1 }):value(db)
    end

    assert.equal(37, v(u.age + 1))
    assert.equal(mp.decimal "54.0", v(u.age * 1.5))
    assert.equal(5000000036, v(u.age + 5000000000))
    assert.equal(3.0, v(u.score * 2))
    assert.equal(-36, v(-u.age))
    assert.equal(-34, v(-(u.age - 2)))
    assert.equal(72, v(u.age - -u.age))
    assert.equal(2.25, v((-u.score) ^ 2))
    assert.equal(-2.25, v(-(u.score ^ 2)))
    assert.equal(2, v(fn.coalesce(mp.sql("?::int4", null), 2)))
    assert.equal("young", v(mp.case { { u.age:lt(40), "young" }, otherwise = "old" }))
    assert.equal(1, v(mp.case { of = u.role, { "admin", 1 }, otherwise = 2 }))
    assert.is_true(v(u.created_at - mp.interval { days = 1 }) < v(u.created_at))
  end)

  it("pages by tuples", function()
    local order = mp.tuple(u.active, u.id)

    assert.same({ 3 }, ids(order:gt(true, 1)))
    assert.same({ 1, 2 }, ids(order:lt(true, 3)))
    assert.same({ 1, 3 }, ids(mp.tuple(u.id, u.role):one_of { { 1, "admin" }, { 2, "admin" },
      { 3, "reader" } }))
  end)

  it("groups by an expression with a value in it", function()
    local first = fn.left(u.email, 1)
    local rows = mp.select({ first = first, n = fn.count() }):from(u):group_by(first)
      :order_by "first":all(db)

    assert.same({ "a", "b", "e" }, { rows[1].first, rows[2].first, rows[3].first })
  end)

  it("walks a tree, and stops at its cycle", function()
    mp.insert(Category):values({ { id = 1, parent_id = 3, name = "a" },
      { id = 2, parent_id = 1, name = "b" }, { id = 3, parent_id = 2, name = "c" } }):exec(db)
    local d = Category:as "d"
    local tree = mp.recursive("tree", mp.select({ d.id, d.name }):from(d):where { id = 1 },
      function(tree)
        return mp.select({ d.id, d.name }):from(d):join(tree, tree.id:eq(d.parent_id))
      end, { cycle = { "id", set = "is_cycle", using = "path" } })
    local rows = mp.select({ tree.id, tree.is_cycle }):with(tree):from(tree):tuples(db)

    assert.same({ 1, 2, 3, 1 }, { rows[1][1], rows[2][1], rows[3][1], rows[4][1] })
    assert.same({ false, true }, { rows[3][2], rows[4][2] })
  end)

  it("sums frames of windows", function()
    local e = Event:as "e"
    mp.insert(Event):values({ { kind = "a", at = "2026-01-01", amount = 1 },
      { kind = "a", at = "2026-01-02", amount = 2 }, { kind = "a", at = "2026-01-04", amount = 4 },
      { kind = "a", at = "2026-01-04", amount = 8 } }):exec(db)
    local function sums(frame)
      frame.order = frame.order or e.at
      return mp.select({ v = fn.sum(e.amount):over(frame):cast "int4" }):from(e):order_by("id")
        :column(db)
    end
    local day = mp.sql("?::interval", mp.interval { days = 1 })

    assert.same({ 1, 3, 7, 15 }, sums { order = e.id, rows = { -math.huge, 0 } })
    assert.same({ 3, 7, 14, 12 }, sums { order = e.id, rows = { -1, 1 } })
    assert.same({ 3, 3, 12, 12 }, sums { range = { { preceding = day }, { following = day } } })
    assert.same({ 15, 15, 7, 11 }, sums { rows = { -math.huge, math.huge }, exclude = "ties" })
    assert.same({ 2, 13, 2, 2 }, sums { groups = { -1, 1 }, exclude = "group" })
  end)

  it("numbers parameters alike however deep the select", function()
    local inner = mp.select({ models.Post.author_id }):from(models.Post)
      :where(models.Post.title:eq "Foxes")

    assert.same({ 1 }, ids(u.age:gt(1), u.id:one_of(inner), u.email:ne "x"))
  end)

  it("keeps limits of parts of a union", function()
    local a = mp.select({ u.id }):from(u)
    local rows = a:order_by(u.id:desc()):limit(1):union_all(a:order_by("id"):limit(1))
      :order_by("id"):column(db)

    assert.same({ 1, 3 }, rows)
  end)

  it("ends in every way", function()
    local query = mp.select({ u.id, u.email }):from(u):order_by "id"
    local streamed = {}
    for row in query:stream(db) do streamed[#streamed + 1] = row.id end

    assert.same({ 1, 2, 3 }, streamed)
    assert.equal(3, query:count(db))
    assert.equal(2, query:limit(2):count(db))
    assert.is_true(query:exists(db))
    assert.is_false(query:where({ id = 9 }):exists(db))
    assert.equal(1, query:first(db).id)
    assert.equal(1, query:limit(2):first(db).id)
    assert.is_nil(query:limit(0):first(db))
    assert.is_nil(query:where({ id = 9 }):first(db))
    assert.equal("bob@x.org", query:where({ id = 2 }):get(db).email)
    assert.is_true(mp.is_error(select(2, mp.try(query.get, query:where { id = 9 }, db)),
      "not_found"))
    assert.same({ 1, "ada@x.org" }, { table.unpack(query:tuples(db)[1]) })
    assert.matches("Scan", tostring(query:explain(db)))
    local cursor <close> = query:where(u.age:gt(1)):cursor(db, { batch = 1 })
    local found = {}
    for row in cursor:each() do found[#found + 1] = row.id end
    assert.same({ 1, 2 }, found)
  end)

  it("is recorded by a pipeline", function()
    local query = mp.select({ u.id }):from(u):order_by "id"
    local results = db:pipeline(function(p)
      query:all(p)
      query:count(p)
      query:where({ id = 2 }):one(p)
      query:exists(p)
      query:column(p)
    end)

    assert.equal(3, #results[1])
    assert.same({ 3, 2, true }, { results[2], results[3].id, results[4] })
    assert.same({ 1, 2, 3 }, { table.unpack(results[5]) })
  end)
end)
