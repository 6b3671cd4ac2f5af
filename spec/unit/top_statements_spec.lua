-- top_statements_spec.lua - statements by what they cost.
local errors = require "moonpool.errors"
local top_statements = require "moonpool.top_statements"

local function fingerprints()
  return {
    { sql = "a", calls = 10, errors = 0, rows = 5, queue = 0, run = 2, longest = 0.4 },
    { sql = "b", calls = 1, errors = 1, rows = 0, queue = 0, run = 1, longest = 1 },
    { sql = "c", calls = 30, errors = 0, rows = 9, queue = 0, run = 1, longest = 0.1 },
  }
end

local function order(given)
  local names = {}
  for at, item in ipairs(top_statements.pick(fingerprints(), given)) do names[at] = item.sql end
  return table.concat(names, " ")
end

describe("top statements", function()
  it("are those that took the most time in all", function()
    assert.equal("a b c", order())
  end)

  it("are ordered by what was asked for", function()
    assert.equal("b a c", order { by = "mean_time" })
    assert.equal("b a c", order { by = "longest" })
    assert.equal("c a b", order { by = "calls" })
    assert.equal("b a c", order { by = "errors" })
  end)

  it("are as many as were asked for", function()
    assert.equal("c", order { by = "rows", limit = 1 })
  end)

  it("have a mean", function()
    assert.equal(0.2, top_statements.pick(fingerprints(), { limit = 1 })[1].mean)
  end)

  it("refuse another order", function()
    local ok, err = pcall(order, { by = "cost" })
    assert.is_false(ok)
    assert.is_true(errors.is_error(err, "bad_argument"))
  end)
end)
