-- hstore_spec.lua - types of extensions, found by name in whatever schema they are.
local both = require "spec.support.both_formats"
local mp = require "moonpool"

describe("types of extensions", function()
  local admin, db

  setup(function()
    admin = mp.engine(nil, { pool = { max = 1 } })
    admin:exec "create database extended"
    local url = os.getenv("DATABASE_URL"):gsub("/spec%?", "/extended?")
    db = mp.engine(url, { pool = { max = 2 } })
    db:script [[
      create schema ext;
      create extension hstore schema ext;
      create extension citext schema public;
      create extension ltree schema ext;
      create type tagged as (name citext, tags ext.hstore, path ext.ltree);
    ]]
  end)

  teardown(function()
    db:close()
    admin:exec "drop database extended"
    admin:close()
  end)

  local function assert_same(sql_type, value, expected)
    local binary, text = both.round_trip(db, sql_type, value)
    assert.same(expected or value, binary, sql_type .. " in binary")
    assert.same(expected or value, text, sql_type .. " as text")
  end

  it("read and write hstore as a table, null for NULL", function()
    assert_same("ext.hstore", {})
    assert_same("ext.hstore", {
      a = "1", ["b \"c\" => \\"] = "d, \"e\"", null = mp.null, n = "NULL", [""] = "",
    })
    assert_same("ext.hstore", 'a=>1, b=>NULL', { a = "1", b = mp.null })
    assert_same("ext.hstore[]", { { a = "1" }, mp.null, {} })
    assert_same("ext.hstore[]", { { { a = "1" } }, { { b = mp.null } } })
    assert_same("ext.hstore[]", { "a=>1", { b = mp.null } }, { { a = "1" }, { b = mp.null } })
  end)

  it("read and write citext and ltree as strings", function()
    assert_same("citext", 'A "b"')
    assert_same("citext[]", { "A", "b" })
    assert_same("ext.ltree", "top.science")
    assert_same("ext.ltree[]", { "top.science", mp.null })
    assert_same("ext.lquery", "top.*")
    assert_same("ext.ltxtquery", "science & top")
    assert.is_true(db:value("select $1::citext = 'ABC'", "abc"))
  end)

  it("stand in rows", function()
    assert_same("tagged", { name = "X", tags = { a = "1", b = mp.null }, path = "a.b" })
  end)

  it("name the wrong value", function()
    local ok, err = pcall(db.value, db, "select $1::ext.hstore", { a = 5 })

    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "encode"))
    assert.is_truthy(tostring(err):find("at path .a", 1, true), tostring(err))
  end)
end)
