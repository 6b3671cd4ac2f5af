-- composite_spec.lua - enums, domains, rows and arrays of them, to the server and back.
local both = require "spec.support.both_formats"
local mp = require "moonpool"

describe("composite types", function()
  local db

  setup(function()
    db = mp.engine(nil, { pool = { max = 2 } })
    db:script [[
      create schema shop;
      create type shop.mood as enum ('sad', 'so so', 'happy, "really"');
      create domain shop.cents as int4 check (value >= 0);
      create domain shop.price as shop.cents;
      create domain shop.ids as int4[];
      create type shop.item as (name text, price numeric, "odd, (name)" bool);
      create type shop.basket as (id int8, mood shop.mood, items shop.item[], cents shop.price);
      create type shop.shelf as (baskets shop.basket[], data jsonb, raw bytea);
      create table shop.stock (gone int4, item shop.item, left_over shop.price);
      alter table shop.stock drop column gone;
    ]]
  end)

  teardown(function()
    db:script "drop schema shop cascade"
    db:close()
  end)

  local function assert_same(sql_type, value, expected)
    local binary, text = both.round_trip(db, sql_type, value)
    assert.same(expected or value, binary, sql_type .. " in binary")
    assert.same(expected or value, text, sql_type .. " as text")
  end

  local function refused(text, sql_type, value)
    local ok, err = pcall(db.value, db, "select $1::" .. sql_type, value)
    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "encode"), tostring(err))
    assert.is_truthy(tostring(err):find(text, 1, true), tostring(err) .. " lacks " .. text)
  end

  it("reads and writes enums and arrays of them", function()
    assert_same("shop.mood", 'happy, "really"')
    assert_same("shop.mood[]", { "sad", mp.null, 'happy, "really"', "so so" })
    assert_same("shop.mood[]", {})
  end)

  it("reads and writes domains as what they are made of", function()
    assert_same("shop.price", 7)
    assert_same("shop.price[]", { 1, mp.null })
    assert_same("shop.ids", { 1, 2 })
    assert_same("shop.ids[]", { { 1, 2 }, { 3 }, mp.null, {} })
    refused("a boolean is not", "shop.price", true)
  end)

  it("reads and writes rows by the names of their fields", function()
    assert_same("shop.item", {
      name = 'a "b" \\ (c), d', price = mp.decimal "1.50", ["odd, (name)"] = true,
    })
    assert_same("shop.item", { name = "" })
    assert_same("shop.item", { name = mp.null }, {})
    assert_same("shop.item", {})
  end)

  it("reads and writes rows in arrays in rows", function()
    local basket = {
      id = 5, mood = "so so", cents = 3,
      items = {
        { name = "x", price = mp.decimal "0.1" }, mp.null, {}, { ["odd, (name)"] = false },
      },
    }
    assert_same("shop.basket", basket)
    assert_same("shop.basket[]", { basket, { id = 1 } })
    assert_same("shop.shelf", { baskets = { basket, basket }, raw = "\0\1\\\"" })
  end)

  it("reads and writes arrays of rows in two dimensions, with lower bounds", function()
    assert_same("shop.item[]", {
      { { name = "a" }, { name = "b" } }, { { name = "c" }, { name = "d" } },
    })
    assert_same("shop.item[]", { { name = "a" }, lower = 0 })
    assert_same("shop.mood[]", { { "sad" }, { "so so" }, lower = { -1, 5 } })
    local six = "a"
    for _ = 1, 6 do six = { six } end
    assert_same("text[]", six)
  end)

  it("takes JSON and bytes inside a row, beside a string for the server to parse", function()
    local value = db:value("select $1::shop.shelf", {
      data = { a = mp.list { 1 } }, raw = "\0\255", baskets = { { id = "42", cents = 1 } },
    })

    assert.same({ { id = 42, cents = 1 } }, value.baskets)
    assert.equal("\0\255", value.raw)
    assert.equal(1, value.data.a[1])
  end)

  it("keeps lower bounds where a string in the array is parsed by the server", function()
    assert_same("int4[]", { "7", 8, lower = 3 }, { 7, 8, lower = 3 })
    assert_same("int4[]", { { "7" }, { 8 }, lower = { 3, 1 } }, { { 7 }, { 8 }, lower = { 3, 1 } })
  end)

  it("takes a row's text as the server reads it", function()
    assert.same({ name = "x", price = mp.decimal "2" }, db:value("select $1::shop.item", "(x,2,)"))
  end)

  it("reads rows of a table without the columns it has dropped", function()
    db:exec("insert into shop.stock values ($1, $2)", { name = "nail" }, 4)

    local binary, text = both.read(db, "(select s from shop.stock s)")

    assert.same({ item = { name = "nail" }, left_over = 4 }, binary)
    assert.same(binary, text)
    assert.same(binary, db:value("select $1::shop.stock", binary))
  end)

  it("reads rows of no type with numbered fields", function()
    local row = db:value "select row(1, 'a'::text, null, row('sad'::shop.mood, array[1.5]))"
    local rows = db:value "select array[row(1, true), row(2, false)]"

    assert.same({ f1 = 1, f2 = "a", f4 = { f1 = "sad", f2 = { mp.decimal "1.5" } } }, row)
    assert.same({ { f1 = 1, f2 = true }, { f1 = 2, f2 = false } }, rows)
  end)

  it("tells which part of a row of no type cannot be read", function()
    local ok, err = pcall(db.value, db, "select row(1, '1 2'::int2vector)")

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "decode"))
    assert.is_truthy(err.message:find("int2vector", 1, true))
  end)

  it("refuses an unknown field with a suggestion, and tells the path of a wrong value", function()
    refused('shop.item has no field "nmae" (parameter 1)', "shop.item", { nmae = "x" })
    refused('did you mean "name"?', "shop.item", { nmae = "x" })
    refused("at path .items[2].price (parameter 1)", "shop.basket",
      { items = { {}, { price = true } } })
    refused("at path [1].items", "shop.basket[]", { { items = 5 } })
    refused("a number is not shop.item", "shop.item", 5)
    refused("has a key that is no name", "shop.item", { [5] = 1 })
    refused("a number is not shop.mood", "shop.mood", 5)
  end)

  it("compares enums and rows in the server's types", function()
    assert.is_true(db:value("select 'sad'::shop.mood = any($1)", { "sad" }))
    assert.equal(1, db:value("select count(*) from shop.stock where item = $1::shop.item",
      { name = "nail" }))
    refused("$1::schema.type", "record", { name = "nail" })
  end)
end)
