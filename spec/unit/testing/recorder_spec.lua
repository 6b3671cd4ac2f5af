-- moonpool.testing.recorder: an executor that remembers and answers as it is told.
local recorder = require "moonpool.testing.recorder"

describe("moonpool.testing.recorder", function()
  local db
  before_each(function() db = recorder.new() end)

  it("remembers what it was sent, NULLs counted", function()
    db:query("select $1, $2", 1, nil)

    assert.same({ sql = "select $1, $2", params = { 1, n = 2 }, method = "query" }, db:last())
  end)

  it("answers as an empty database", function()
    assert.same({}, db:query "a")
    assert.is_nil(db:one "b")
    assert.equal(0, db:exec "c")
  end)

  it("answers in order, then by pattern, and by function", function()
    db:answer(1, function(a) return a * 2 end):on("count", 7)

    assert.equal(1, db:value "x")
    assert.equal(7, db:value "select count(*)")
    assert.equal(42, db:value("y", 21))
  end)

  it("raises what it is told to", function()
    db:answer { raise = "refused" }

    assert.has_error(function() db:exec "x" end, "refused")
  end)

  it("notes how a transaction ends, and gives its results", function()
    assert.same({ 1, 2 }, { db:transaction(function(tx)
      tx:exec "x"
      return 1, 2
    end) })
    assert.has_error(function() db:transaction(function() error("no", 0) end) end, "no")

    assert.same({ "begin", "x", "commit", "begin", "rollback" }, db:texts())
  end)
end)
