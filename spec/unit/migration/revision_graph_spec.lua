-- The graph of revisions: order, heads, and every shape that is refused.
local errors = require "moonpool.errors"
local revision = require "moonpool.migration.revision"
local revision_graph = require "moonpool.migration.revision_graph"

local function graph_of(parents)
  local records = {}
  for id, down in pairs(parents) do
    records[#records + 1] = revision.in_file(
      revision.new { revision = id, down_revision = down or nil }, id .. ".lua")
  end
  return revision_graph.new(records)
end

local function refusal_of(parents)
  local _, err = errors.try(graph_of, parents)
  return err
end

describe("moonpool.migration.revision_graph", function()
  it("is empty without revisions", function()
    local graph = graph_of {}

    assert.same({}, graph:heads())
    assert.same({}, graph:bases())
    assert.same({}, graph:all())
  end)

  it("orders a chain from the base", function()
    local graph = graph_of { c = "b", a = false, b = "a" }

    assert.same({ "a", "b", "c" }, graph:ids())
  end)

  it("puts parents before children whatever their names", function()
    local graph = graph_of { a = "z", z = "m", m = false }

    assert.same({ "m", "z", "a" }, graph:ids())
  end)

  it("finds both heads of a branch", function()
    assert.same({ "b", "c" }, graph_of({ a = false, b = "a", c = "a" }):heads())
  end)

  it("finds every base", function()
    assert.same({ "a", "x" }, graph_of({ a = false, x = false }):bases())
  end)

  it("has one head after a merge", function()
    assert.same({ "m" }, graph_of({ a = false, b = "a", c = "a", m = { "b", "c" } }):heads())
  end)

  it("gives the ancestors of a merge with itself", function()
    local graph = graph_of { a = false, b = "a", c = "a", m = { "b", "c" }, n = "m" }

    assert.same({ a = true, b = true, c = true, m = true }, graph:ancestors { "m" })
  end)

  it("gives the descendants of a branch point with itself", function()
    local graph = graph_of { a = false, b = "a", c = "a", d = "c" }

    assert.same({ c = true, d = true }, graph:descendants { "c" })
  end)

  it("gives the heads of a set of applied revisions", function()
    local graph = graph_of { a = false, b = "a", c = "a", d = "c" }

    assert.same({ "b", "c" }, graph:heads_of { a = true, b = true, c = true })
  end)

  it("matches a unique prefix", function()
    assert.same({ "20261123" }, graph_of({ ["20261122"] = false, ["20261123"] = "20261122" })
      :matches "20261123")
  end)

  it("matches a whole id that is another's prefix to itself alone", function()
    assert.same({ "ab" }, graph_of({ ab = false, abc = "ab" }):matches "ab")
  end)

  it("matches an ambiguous prefix to all it could be", function()
    assert.same({ "a1", "a2" }, graph_of({ a1 = false, a2 = "a1" }):matches "a")
  end)

  it("keeps its own lists when a caller changes what it got", function()
    local graph = graph_of { a = false, b = "a" }

    graph:children("a")[1] = "changed"
    graph:parents("b")[1] = "changed"
    graph:ids()[1] = "changed"

    assert.same({ "b" }, graph:children "a")
    assert.same({ "a" }, graph:parents "b")
    assert.same({ "a", "b" }, graph:ids())
  end)

  it("refuses a duplicate revision and names both files", function()
    local _, err = errors.try(revision_graph.new, {
      revision.in_file(revision.new { revision = "a" }, "one.lua"),
      revision.in_file(revision.new { revision = "a" }, "two.lua"),
    })

    assert.equal("bad_config", err.kind)
    assert.is_truthy(err.message:find("one.lua", 1, true))
    assert.is_truthy(err.message:find("two.lua", 1, true))
  end)

  it("refuses a missing parent and names the file", function()
    local err = refusal_of { b = "gone" }

    assert.equal("bad_config", err.kind)
    assert.is_truthy(err.message:find("b.lua", 1, true))
    assert.is_truthy(err.message:find("gone", 1, true))
  end)

  it("refuses a missing parent of a merge", function()
    local err = refusal_of { a = false, m = { "a", "gone" } }

    assert.is_truthy(err.message:find("gone", 1, true))
  end)

  it("refuses a cycle and shows it", function()
    local err = refusal_of { a = "c", b = "a", c = "b" }

    assert.equal("bad_config", err.kind)
    assert.is_truthy(err.message:find("a -> c -> b -> a", 1, true), err.message)
  end)

  it("refuses a revision that is its own parent", function()
    assert.is_truthy(refusal_of({ a = "a" }).message:find("a -> a", 1, true))
  end)

  it("refuses a cycle that hangs on a sound base", function()
    local err = refusal_of { a = false, b = { "a", "c" }, c = "b" }

    assert.is_truthy(err.message:find("cycle", 1, true))
  end)

  it("handles a chain of 5,000 in linear time", function()
    local records = {}
    for number = 1, 5000 do
      records[number] = revision.new {
        revision = ("r%05d"):format(number),
        down_revision = number > 1 and ("r%05d"):format(number - 1) or nil,
      }
    end
    local started = os.clock()

    local graph = revision_graph.new(records)

    assert.same({ "r05000" }, graph:heads())
    assert.is_true(os.clock() - started < 1)
  end)
end)
