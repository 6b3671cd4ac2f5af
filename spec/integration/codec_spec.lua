-- codec_spec.lua - codecs of the user's own, by the name of a type.
local both = require "spec.support.both_formats"
local mp = require "moonpool"

describe("a codec of one's own", function()
  local db

  setup(function()
    db = mp.engine(nil, { pool = { max = 2 } })
    db:script [[
      create schema coin;
      create domain coin.money2 as numeric;
      create type coin.pair as (a int4, b int4);
      create type coin.purse as (owner text, sum coin.money2);
      create type coin.side as enum ('heads', 'tails');
    ]]
  end)

  teardown(function()
    db:script "drop schema coin cascade"
    db:close()
  end)

  local function engine(name, given)
    local own = mp.engine(nil, { pool = { max = 1 } })
    own:codec(name, given)
    return own
  end

  local function failure(kind, fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok)
    assert.is_true(mp.is_error(err, kind), tostring(err))
    return tostring(err)
  end

  local MONEY = {
    encode = function(value) return ("%d.%02d"):format(value.cents // 100, value.cents % 100) end,
    decode = function(text) return { cents = math.tointeger(tonumber(text) * 100) } end,
  }

  it("reads and writes values, elements and fields", function()
    local own <close> = engine("coin.money2", MONEY)

    for _, sql_type in ipairs { "coin.money2[]", "coin.purse", "coin.purse[]" } do
      local value = { cents = 150 }
      if sql_type:find "purse" then value = { owner = "a", sum = value } end
      if sql_type:find "%[%]" then value = { value, value } end
      local binary, text = both.round_trip(own, sql_type, value)
      assert.same(value, binary)
      assert.same(value, text)
    end
    -- Of a column the server names only what its domain is made of.
    assert.equal(mp.decimal "1.50", own:value("select $1::coin.money2", { cents = 150 }))
  end)

  it("takes the place of the one before it, also in statements that ran", function()
    local own <close> = mp.engine(nil, { pool = { max = 1 } })
    assert.equal(mp.decimal "7", own:value "select 7::numeric")

    own:codec("numeric", { decode = tonumber })
    assert.equal(7, own:value "select 7::numeric")
    own:codec("pg_catalog.numeric", { decode = function(text) return text .. "!" end })

    assert.equal("7!", own:value "select 7::numeric")
    assert.same({ "1!", "2!" }, own:value "select array[1, 2]::numeric[]")
  end)

  it("may work on bytes", function()
    local own <close> = engine("coin.pair", {
      format = "binary",
      encode = function(value)
        return string.pack(">I4I4I4i4I4I4i4", 2, 23, 4, value[1], 23, 4, value[2])
      end,
      decode = function(bytes)
        local _, _, _, a, _, _, b = string.unpack(">I4I4I4i4I4I4i4", bytes)
        return { a, b }
      end,
    })

    assert.same({ 1, -2 }, own:value("select $1::coin.pair", { 1, -2 }))
    assert.same({ { 1, -2 } }, own:value("select $1::coin.pair[]", { { 1, -2 } }))
    local text = failure("decode", own.one, own,
      "select $1::coin.pair as p, '1 2'::int2vector", { 1, 2 })
    assert.is_truthy(text:find("cast it to text", 1, true), text)
  end)

  it("leaves to the string what it has no function for", function()
    local own <close> = engine("coin.pair", { decode = function(text) return #text end })

    assert.equal(5, own:value("select $1::coin.pair", "(1,2)"))
    assert.is_truthy(failure("encode", own.value, own, "select $1::coin.pair", { a = 1 })
      :find("no string", 1, true))
  end)

  it("raises what its functions raise, with the place", function()
    local own <close> = engine("coin.side", {
      encode = function() error "no side" end,
      decode = function(text) if text == "tails" then error { kind = "own" } end error "never" end,
    })

    local text = failure("encode", own.value, own, "select $1::coin.side[]", { "heads" })
    assert.is_truthy(text:find("codec_spec.lua:%d+: no side at path %[1%] %(parameter 1%)"), text)
    text = failure("decode", own.value, own, "select 'heads'::coin.side")
    assert.is_truthy(text:find("codec_spec.lua:%d+: never"), text)
    local _, err = pcall(own.value, own, "select 'tails'::coin.side")
    assert.same({ kind = "own" }, err)
    assert.equal(1, own:value "select 1")
  end)

  it("may not wait", function()
    local own <close> = engine("coin.side", { decode = function() return db:value "select 1" end })

    local text = failure("bad_argument", own.value, own, "select 'heads'::coin.side")

    assert.is_truthy(text:find("cannot wait here", 1, true), text)
  end)

  it("refuses options that are none", function()
    failure("bad_argument", db.codec, db, "x", { encod = print })
    failure("bad_argument", db.codec, db, 5, {})
    failure("bad_argument", db.codec, db, "x", { encode = "f" })
  end)
end)
