-- assert_queries_spec.lua - statements of a function counted, wherever they are sent.
local assert_queries = require "moonpool.testing.assert_queries"
local mp = require "moonpool"

describe("assert_queries", function()
  local db
  setup(function() db = mp.engine() end)
  teardown(function() db:close() end)

  it("passes what the function returns when the number fits", function()
    local a, b = assert_queries(2, function(n)
      return db:value("select $1::int", n), db:value "select 2"
    end, 1)

    assert.same({ 1, 2 }, { a, b })
    assert_queries(0, function() end)
  end)

  it("counts on other engines, in transactions, pipelines and tasks", function()
    local other <close> = mp.engine()

    assert_queries(7, function()
      other:value "select 1"
      db:transaction(function(tx) tx:value "select 2" end)
      db:pipeline(function(p)
        p:value "select 3"
        p:value "select 4"
      end)
      mp.all(function() db:value "select 5" end, function() db:value "select 6" end)
      local late <close> = mp.engine()
      late:value "select 7"
    end)
  end)

  it("lists what was sent, and from where, when the number does not fit", function()
    local ok, message = pcall(assert_queries, 1, function()
      db:value "select 1"
      db:value "select\n 2"
    end)

    assert.is_false(ok)
    assert.matches("1 statements were expected, 2 were sent:\n  1. select 1 at .-_spec.lua:%d+\n"
      .. "  2. select 2 at .-_spec.lua:%d+", message)
  end)

  it("lets an error pass, and watches no more", function()
    local ok, err = pcall(assert_queries, 1, function() db:value "select 1 / 0" end)

    assert.is_false(ok)
    assert.equal("division_by_zero", err.kind)
    assert_queries(0, function() end)
  end)
end)
