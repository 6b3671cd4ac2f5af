-- value_object_spec.lua - fields of several columns on a real server: sessions and repositories.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local seed = require "spec.support.seed"
local tables = require "spec.support.tables"

local SCHEMA = "value_object_spec"

local Money = {}
Money.__index = Money
local function money(amount, currency)
  return setmetatable({ amount = amount, currency = currency }, Money)
end

local function optional(name, of) return c[of](name, { null = true }) end

local Shop = mp.model { "shops", c.int8("id", { primary_key = true }), c.text "name",
  mp.has_many("items", { table = "items", order_by = "id" }) }
local Item = mp.model { "items", c.int8("id", { primary_key = true, identity = true }),
  c.text("sku", { unique = true }),
  mp.value_object("price", { optional("price_amount", "numeric"),
    c.text("price_currency", { null = true, default = "EUR" }), class = Money }),
  mp.value_object("place", { optional("shelf", "int4"), optional("is_high", "bool"),
    optional("tags", "jsonb"), fields = { "shelf", "is_high", "tags" } }),
  mp.belongs_to("shop", { table = "shops", null = true }), mp.version() }
local Shape = mp.model { "shapes", discriminator = "kind", value = "shape",
  c.int8("id", { primary_key = true, identity = true }), c.text "kind" }
local Box = mp.model { extends = Shape, value = "box", mp.value_object("size", {
  optional("size_x", "int4"), optional("size_y", "int4") }) }

describe("a value object", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Shop, Item, Shape)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:script [[truncate shops, items, shapes restart identity;
      insert into shops values (1, 'one');
      insert into items (sku, price_amount, price_currency, shelf, is_high, tags, shop_id) values
        ('a', 1.50, 'EUR', 3, false, '{"new": true}', 1), ('b', 2, 'USD', null, null, null, 1),
        ('c', null, null, null, true, null, null)]]
    s = db:session()
  end)
  after_each(function() s:close() end)

  local refused = refusal.of_kind

  local function row(sku)
    local found = db:one("select price_amount, price_currency, shelf, is_high, version from items "
      .. "where sku = $1", sku)
    return { found.price_amount and tostring(found.price_amount) or mp.null,
      found.price_currency or mp.null, found.version }
  end

  local function find(sku) return s:find(Item, { sku = sku }) end

  it("of an object that was let go of is nothing to write", function()
    local item = s:get(Item, 1)
    s:expunge_all()

    item.price.amount = mp.decimal "9.99"
    s:commit()

    assert.equal("1.50", tostring(db:value "select price_amount from items where id = 1"))
    assert.equal("1.50", tostring(s:get(Item, 1).price.amount))
  end)

  it("comes with the row, however it is read", function()
    for _, read in ipairs {
      function() return s:get(Item, 1) end, function() return find "a" end,
      function() return s:select(Item):order_by("id"):all()[1] end,
      function() return s:get(Shop, 1):load("items")[1] end,
      function() return s:select(Shop):with { items = { limit = 1, order_by = "id" } }
        :one().items[1] end,
      function() return s:select(Item):from_sql("select * from items where id = 1"):one() end,
      function() return s:select(Item):order_by("id"):stream()() end,
      function() return db:query("select * from items order by id"):as(Item)[1] end,
    } do
      s:expunge_all()
      local item = read()
      assert.same({ "1.50", "EUR", Money }, { tostring(item.price.amount), item.price.currency,
        getmetatable(item.price) })
      assert.same({ shelf = 3, is_high = false, tags = { new = true } }, item.place)
      assert.same({}, mp.changes(item))
    end
    assert.is_nil(find("c").price)
    assert.same({ is_high = true }, find("c").place)
    s:commit()
  end)

  it("is written with a new object", function()
    local item = s:add(Item { sku = "n", price = money(5, "USD"), place = { shelf = 1 } })
    local plain = s:add(Item { sku = "p", price_amount = 7 })
    local none = s:add(Item { sku = "q", price = mp.null })
    assert.is_nil(plain.price)
    s:commit()
    assert.same({ "5", "USD", 1 }, row "n")
    assert.same({ "7", "EUR", 1 }, row "p")
    assert.same({ mp.null, mp.null, 1 }, row "q")
    assert.equal(5, item.price.amount)
    assert.same({ 7, "EUR" }, { plain.price.amount, plain.price.currency })
    assert.is_nil(none.price)
    item.price.amount = 6
    plain.price.currency = "GBP"
    s:commit()
    assert.same({ { "6", "USD", 2 }, { "7", "GBP", 2 } }, { row "n", row "p" })
  end)

  it("is written when it is replaced, or changed inside, and not otherwise", function()
    local a, b = find "a", find "b"
    a.price.amount = 3
    b.place = { shelf = 9, is_high = false }
    assert.same({ price_amount = { from = a.price_amount, to = 3 } }, mp.changes(a))
    assert.same({ "persistent", { "shelf", "is_high" } }, { mp.state(b) })
    assert.same({ from = nil, to = false }, mp.changes(b).is_high)
    s:commit()
    assert.same({ { "3", "EUR", 2 }, { "2", "USD", 2 } }, { row "a", row "b" })
    assert.same({ 3, 9 }, { a.price_amount, b.shelf })
    a.price = money(3, "EUR")
    b.place.tags = { deep = { 1 } }
    s:commit()
    b.place.tags.deep[1] = 2
    s:commit()
    assert.same({ { "3", "EUR", 2 }, { "2", "USD", 4 } }, { row "a", row "b" })
    assert.equal(2, db:value "select tags->'deep'->0 from items where sku = 'b'")
    assert.equal(0, #s:plan())
  end)

  it("is NULL in all of its columns when it is set to nil", function()
    local a, b = find "a", find "b"
    a.price, b.price = nil, mp.null
    assert.is_nil(a.price)
    assert.same({ "price_amount", "price_currency" }, (select(2, mp.state(a))))
    s:commit()
    assert.same({ { mp.null, mp.null, 2 }, { mp.null, mp.null, 2 } }, { row "a", row "b" })
    assert.same({}, { a.price, b.price, a.price_amount })
    a.price = money(1)
    s:commit()
    assert.same({ "1", mp.null, 3 }, row "a")
  end)

  it("follows its columns where these are written", function()
    local a, b = find "a", find "b"
    local held = a.price
    a.price_currency = "CHF"
    b.price_amount = Item.price_amount + 1
    s:commit()
    assert.same({ { "1.50", "CHF", 2 }, { "3", "USD", 2 } }, { row "a", row "b" })
    assert.same({ "CHF", "3" }, { a.price.currency, tostring(b.price.amount) })
    assert.equal("EUR", held.currency)
    a.price.amount, a.price_amount = 8, 8
    s:commit()
    a.price.amount, a.price_amount = 9, 10
    local err = refused("invalid", { '"items"', "price", "price_amount" }, s.commit, s)
    assert.equal("items", err.table)
    a.price_amount = 9
    s:commit()
    assert.same({ "9", "CHF", 4 }, row "a")
  end)

  it("may share what its columns hold", function()
    local a = find "a"
    a.place.tags.new, a.place.shelf = false, 4
    s:commit()
    a.place.tags.more, a.shelf = true, 5
    s:commit()
    assert.same({ 5, '{"new": false, "more": true}', 3 }, { db:value
      "select shelf from items where sku = 'a'", db:value
      "select tags::text from items where sku = 'a'", a.version })
    assert.same({ 5, true }, { a.place.shelf, a.place.tags.more })
    a.place.is_high, a.shelf = true, 6
    refused("invalid", "place", s.commit, s)
  end)

  it("can be changed again after somebody has asked what a flush would do", function()
    local a = find "a"
    local n = s:add(Item { sku = "n", price = money(1, "EUR") })
    a.price.amount = 2
    assert.equal(2, #s:plan())
    mp.changes(a)
    a.price.amount, n.price.amount = 4, 5
    s:commit()
    assert.same({ { "4", "EUR", 2 }, { "5", "EUR", 1 } }, { row "a", row "n" })
  end)

  it("is as it was after a rollback", function()
    local a = find "a"
    local n = s:add(Item { sku = "n", price = money(1, "EUR") })
    local p = s:add(Item { sku = "p", price_amount = 2 })
    a.price.amount = 2
    s:flush()
    local unit = s:nested()
    a.price.amount, n.price = 3, nil
    s:flush()
    unit:rollback()
    assert.same({ "2", 1 }, { tostring(a.price.amount), n.price.amount })
    a.price.currency = "unflushed"
    s:rollback()
    assert.same({ "1.50", "EUR" }, { tostring(a.price.amount), a.price.currency })
    assert.same({ "transient", "transient" }, { (mp.state(n)), (mp.state(p)) })
    assert.same({ 1, nil }, { n.price.amount, p.price })
    s:add_all { n, p }
    s:delete(a)
    s:flush()
    s:rollback()
    a.price.amount = 7
    s:commit()
    assert.same({ "7", "EUR", 2 }, row "a")
  end)

  it("is kept when a flush fails, and written by the next one", function()
    local a = find "a"
    a.price.amount = 2
    local n = s:add(Item { sku = "a", price = money(3, "EUR") })
    assert.equal("unique_violation", select(2, errors.try(s.commit, s)).kind)
    assert.same({ 2, "1.50" }, { a.price.amount, tostring(a.price_amount) })
    n.sku, n.price.amount = "n", 4
    s:commit()
    assert.same({ { "2", "EUR", 2 }, { "4", "EUR", 1 } }, { row "a", row "n" })
  end)

  it("is checked before anything is sent", function()
    local a = find "a"
    a.price = 5
    refused("invalid", "items.price: it is made of a table", s.commit, s)
    a.price = { amount = {}, currency = "EUR" }
    refused("invalid", "items.price_amount", s.commit, s)
    a.price = { amuont = 1 }
    refused("invalid", { '"amuont"', '"amount"' }, s.commit, s)
    s:rollback()
    s:commit()
    refused("bad_argument", "price", s.expire, s, a, "price")
    refused("bad_argument", "price", function() s:select(Item):with { "price" }:all() end)
  end)

  it("is read anew by refresh and lock, and told by statements", function()
    local a, b = find "a", find "b"
    db:exec "update items set price_amount = 5 where sku = 'a'"
    a.price.amount = 100
    s:refresh(a)
    assert.equal("5", tostring(a.price.amount))
    b.place = { shelf = 4 }
    s:update_where(Item, { price = money(2, "USD") }, { price = money(6, "USD") })
    assert.same({ "6", 4 }, { tostring(b.price.amount), b.place.shelf })
    s:bulk_update(Item, { { id = a.id, price = money(7, "USD") }, { id = b.id, price = mp.null } })
    assert.same({ "7", nil }, { tostring(a.price.amount), b.price })
    s:update_where(Item, { price = mp.null }, { place = { shelf = 1 } }, { sync = "evaluate" })
    assert.equal(1, b.place.shelf)
    s:commit()
    assert.equal(2, db:value "select count(*) from items where shelf = 1")
    s:get(Item, a.id, { lock = "update" })
    a.price.amount = 8
    s:commit()
    assert.equal("8", row("a")[1])
  end)

  it("is given to upsert and bulk_insert as itself", function()
    local a = find "a"
    local list = s:upsert(Item, { { sku = "a", price = money(5, "USD") },
      { sku = "n", price = money(6, "USD") } }, { key = "sku" })
    assert.equal(a, list[1])
    assert.same({ "5", "6" }, { tostring(a.price.amount), tostring(list[2].price.amount) })
    list[2].price.amount = 7
    local rows = s:bulk_insert(Item, { { sku = "x", price = money(1, "EUR") } },
      { returning = true })
    s:commit()
    assert.same({ { "5", "USD", 2 }, { "7", "USD", 2 }, { "1", "EUR", 1 } },
      { row "a", row "n", row "x" })
    assert.equal("1", tostring(rows[1].price.amount))
  end)

  it("is compared in queries", function()
    local function skus(condition)
      local list = {}
      for _, item in ipairs(s:select(Item):where(condition):order_by("sku"):all()) do
        list[#list + 1] = item.sku
      end
      return table.concat(list)
    end
    assert.same({ "a", "a", "b", "c", "ab", "ab" }, { skus { price = money(1.5, "EUR") },
      skus(Item.price:eq(money(1.5, "EUR"))), skus(Item.price:ne(money(1.5, "EUR"))),
      skus { price = mp.null }, skus(Item.price:is_not_null()),
      skus(Item.price:one_of { money(1.5, "EUR"), money(2, "USD") }) })
    assert.equal("c", skus(Item.place:eq { is_high = true }))
    assert.equal("b", s:find(Item, { price = money(2, "USD") }).sku)
    local i = Item:as "i"
    assert.equal(1, mp.select { mp.fn.count(i.id) }:from(i)
      :where(i.price:eq(money(2, "USD"))):value(db))
  end)

  it("is merged from objects of elsewhere", function()
    local other = db:session()
    local a, b = other:find(Item, { sku = "a" }), other:find(Item, { sku = "b" })
    a.price.amount, b.price = 4, nil
    other:close()
    local own = find "a"
    s:merge(a)
    s:merge(b)
    assert.is_false(own.price == a.price)
    assert.equal(4, own.price.amount)
    s:commit()
    assert.same({ { "4", "EUR", 2 }, { mp.null, mp.null, 2 } }, { row "a", row "b" })
    local merged = s:merge(Item { sku = "m", price = money(1, "CHF") })
    s:commit()
    assert.same({ "1", "CHF" }, { row("m")[1], merged.price.currency })
  end)

  it("belongs to a class of the table alone", function()
    s:add(Box { size = { x = 1, y = 2 } })
    s:add(Shape {})
    s:commit()
    s:expunge_all()
    local box = s:select(Shape):order_by("id"):all()[1]
    box.size.y = 3
    s:commit()
    assert.equal(3, db:value "select size_y from shapes where kind = 'box'")
  end)

  it("is in a repository's rows, in and out", function()
    local items = mp.repository(Item):using(db)
    local made = items:create { sku = "r", price = money(1, "USD") }
    assert.equal("1", tostring(made.price.amount))
    made = items:update(made.id, { price = money(2, "USD") })
    assert.equal("2", tostring(made.price.amount))
    assert.equal(made.id, items:find({ price = money(2, "USD"), sku = "r" }).id)
    items:create_many { { sku = "t", price = money(3, "USD") }, { sku = "u" } }
    assert.is_nil(items:update(made.id, { price = mp.null }).price)
    assert.same({ "3", "USD", 1 }, row "t")
    assert.equal(1, items:count { price = money(3, "USD") })
  end)

  local random = math.random

  local EDITS = {
    function(item) item.price = random(3) > 1 and money(random(99), "EUR") or nil end,
    function(item) if item.price then item.price.amount = random(99) end end,
    function(item) if item.price then item.price.currency = "c" .. random(9) end end,
    function(item) item.place = { shelf = random(9), tags = { random(9) } } end,
    function(item)
      if item.place then item.place.tags = { deep = { random(9) } } end
    end,
    function(item)
      -- A column counts where its value was left alone since the last flush.
      if #select(2, mp.state(item)) > 0 then return end
      item.shelf = random(9)
      s:flush()
    end,
  }

  local function shown(list)
    local texts = {}
    for at, item in ipairs(list) do
      local price, place = item.price or {}, item.place or {}
      local tags = place.tags or {}
      texts[at] = table.concat({ item.sku, tostring(price.amount), tostring(price.currency),
        tostring(place.shelf), tostring(item.shelf), tostring(tags[1]),
        tostring(tags.deep and tags.deep[1]) }, " ")
    end
    table.sort(texts)
    return texts
  end

  local function edit(list)
    for _ = 1, random(8) do EDITS[random(#EDITS)](list[random(#list)]) end
    if random(3) == 1 then
      list[#list + 1] = s:add(Item { sku = "n" .. random(1 << 40), price = money(1, "EUR") })
    end
  end

  local function all()
    local other <close> = db:session()
    return other:select(Item):all()
  end

  it("is what its columns are, by whatever edits, flushes and rollbacks", function()
    seed.set "value objects"
    local list = s:select(Item):all()
    for _ = 1, 60 do
      local before = table.move(list, 1, #list, 1, {})
      for _ = 1, random(3) do
        edit(list)
        s:flush()
      end
      if random(3) == 1 then
        s:rollback()
        list = before
      else
        s:commit()
      end
      assert.same(shown(all()), shown(list))
    end
  end)
end)
