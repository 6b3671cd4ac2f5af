-- moonpool.orm.value_object: fields of several columns, as they are declared, made and compared.
local c = require "moonpool.column"
local ddl = require "moonpool.schema.ddl"
local model = require "moonpool.orm.model"
local null = require "moonpool.null"
local reading_session = require "spec.support.reading_session"
local refusal = require "spec.support.refusal"
local select = require "moonpool.sql.select"
local value_fields = require "moonpool.orm.value_fields"
local value_object = require "moonpool.orm.value_object"

local Money = {}
Money.__index = Money
function Money:text() return ("%d %s"):format(self.amount, self.currency) end

local function price_columns()
  return c.int4("price_amount", { null = true }), c.text("price_currency", { null = true })
end

local function priced(given)
  given[1], given[2] = price_columns()
  return value_object.new("price", given)
end

local Item = model.new { "value_items", c.int8("id", { primary_key = true }),
  priced { class = Money }, c.text("name", { null = true }) }

local function refused(says, ...)
  refusal.check({ kind = "bad_argument", says = says }, value_object.new, ...)
end

describe("moonpool.orm.value_object", function()
  it("brings its columns, in their order", function()
    assert.same({ "id", "price_amount", "price_currency", "name" }, Item.table:column_names())
    assert.matches("price_amount int4,\n  price_currency text",
      table.concat(ddl.create(Item.table), "\n"))
  end)

  it("makes a value of its class, whose fields are its columns without its own name", function()
    local row = model.load(Item, { id = 1, price_amount = 5, price_currency = "EUR" })

    assert.equal("5 EUR", row.price:text())
    assert.same({ amount = 5, currency = "EUR" }, row.price)
  end)

  it("is nil where all columns are NULL, and a value where one is there", function()
    assert.is_nil(model.load(Item, { id = 1 }).price)
    assert.same({ currency = "EUR" }, model.load(Item, { id = 1, price_currency = "EUR" }).price)
  end)

  it("may be made and taken apart by functions", function()
    local Place = model.new { "value_places", value_object.new("place", {
      c.int4("x", { null = true }), c.int4("y", { null = true }),
      load = function(x, y) return ("%d/%d"):format(x, y) end,
      dump = function(text) return tonumber((text:match "^%d+")), tonumber((text:match "%d+$")) end,
    }) }

    assert.equal("1/2", model.load(Place, { x = 1, y = 2 }).place)
    assert.same({ x = 3, y = 4 }, value_fields.expand(Place, { place = "3/4" }))
  end)

  it("may name its fields", function()
    local Range = model.new { "value_spans", value_object.new("span", { c.int4 "starts",
      c.int4 "ends", fields = { "from", "to" } }) }

    assert.same({ from = 1, to = 2 }, model.load(Range, { starts = 1, ends = 2 }).span)
  end)

  it("stands for its columns in a row", function()
    local row = { id = 1, price = { amount = 5 } }

    assert.same({ id = 1, price_amount = 5, price_currency = null },
      value_fields.expand(Item, row))
    assert.same({ price_amount = null, price_currency = null },
      value_fields.expand(Item, { price = null }))
    assert.same({ id = 1, price = { amount = 5 } }, row)
    local plain = { id = 1 }
    assert.equal(plain, value_fields.expand(Item, plain))
  end)

  it("is taken by a new instance, and read from it", function()
    local item = Item { id = 1, price = { amount = 5 } }

    assert.equal(5, item.price.amount)
    assert.is_nil(Item {}.price)
  end)

  it("refuses values that have more than its columns could hold", function()
    refusal.check({ kind = "invalid", says = { "value_items.price", '"amout"', '"amount"' } },
      value_fields.expand, Item, { price = { amout = 5 } })
    refusal.check({ kind = "invalid", says = "value_items.price: it is made of a table" },
      value_fields.expand, Item, { price = 5 })
  end)

  describe("in a condition", function()
    local s = reading_session.new()

    local function where(condition)
      return (tostring(s:select(Item):where(condition)):match "where (.*)$")
    end

    it("is its columns", function()
      local eq = "value_items.price_amount = $1 and value_items.price_currency = $2"
      assert.equal(eq, where(Item.price:eq { amount = 5, currency = "EUR" }))
      assert.equal(eq, where { price = { amount = 5, currency = "EUR" } })
      assert.matches("not %(", where(Item.price:ne { amount = 5, currency = "EUR" }))
      assert.equal("value_items.price_amount = $1 and value_items.price_currency is null",
        where(Item.price:eq { amount = 5 }))
      assert.equal("i.price_amount = value_items.price_amount and "
        .. "i.price_currency = value_items.price_currency",
        where((Item:as "i").price:eq(Item.price)))
    end)

    it("knows NULL in all of them", function()
      local none = "value_items.price_amount is null and value_items.price_currency is null"
      assert.equal(none, where(Item.price:is_null()))
      assert.equal(none, where(Item.price:eq(null)))
      assert.equal(none, where { price = null })
    end)

    it("is one of a list", function()
      local dollar, euro = { amount = 1, currency = "USD" }, { amount = 1, currency = "EUR" }
      assert.matches("%(value_items.price_amount, value_items.price_currency%) in",
        where(Item.price:one_of { dollar, euro }))
      assert.matches(" or ", where(Item.price:one_of { dollar, { amount = 1 } }))
      assert.equal("false", where(Item.price:one_of {}))
    end)

    it("refuses what only columns can be compared by", function()
      refusal.check({ kind = "bad_argument", says = '"price" is a value of several columns' },
        function() return Item.price:gt(5) end)
      refusal.check({ kind = "bad_argument", says = "not compared with SQL" },
        Item.price.eq, Item.price, Item.c.id)
      refusal.check({ kind = "bad_argument", says = "a filter compares it with a value" },
        where, { price = Item.c.id })
      refusal.check({ kind = "bad_argument", says = 'value "price" of "value_items" is several' },
        select, { Item.price })
    end)
  end)

  it("is inherited, and kept apart from what it is not", function()
    local Parent = model.new { "value_kinds", discriminator = "kind", c.text "kind",
      priced { class = Money } }
    local Child = model.new { extends = Parent, value = "child", value_object.new("size", {
      c.int4("size_x", { null = true }), c.int4("size_y", { null = true }) }) }

    local row = model.load(Parent, { kind = "child", price_amount = 1, size_x = 2 })

    assert.equal(Child, model.of(row))
    assert.same({ 1, 2 }, { row.price.amount, row.size.x })
    assert.is_nil(rawget(model.load(Parent, { kind = "other", size_x = 2 }), "size"))
  end)

  it("says what is wrong with a declaration", function()
    local x, y = c.int4 "x", c.int4 "y"
    refused("it has no name", nil, { x })
    refused("it names no columns", "p", {})
    refused("item 2 of its list is no column", "p", { x, "y" })
    refused('"body" is deferred', "p", { c.text("body", { deferred = true, null = true }) })
    refused("load and dump go together", "p", { x, y, load = print })
    refused("class and fields say", "p", { x, load = print, dump = print, class = {} })
    refused("it has 2 columns, and names 1 fields", "p", { x, y, fields = { "a" } })
    refusal.check({ kind = "bad_argument", says = "stands twice" }, model.new,
      { "value_twice", value_object.new("x", { x }) })
  end)
end)
