-- What the targets of upgrade and downgrade mean.
local errors = require "moonpool.errors"
local revision = require "moonpool.migration.revision"
local revision_graph = require "moonpool.migration.revision_graph"
local target = require "moonpool.migration.target"

local function graph_of(parents)
  local records = {}
  for id, down in pairs(parents) do
    records[#records + 1] = revision.new { revision = id, down_revision = down or nil }
  end
  return revision_graph.new(records)
end

local CHAIN = { a1 = false, b2 = "a1", c3 = "b2", d4 = "c3" }
local FORK = { a1 = false, b2 = "a1", c3 = "a1" }
local DIAMOND = { a1 = false, b2 = "a1", c3 = "a1", d4 = { "b2", "c3" } }

local function read(parents, text, direction)
  return target.read(graph_of(parents), text, direction or "upgrade")
end

local function refusal(...)
  local _, err = errors.try(read, ...)
  return err
end

describe("moonpool.migration.target", function()
  local MEANINGS = {
    { CHAIN, "head", { "d4" } },
    { CHAIN, "heads", { "d4" } },
    { FORK, "heads", { "b2", "c3" } },
    { CHAIN, "b2", { "b2" } },
    { CHAIN, "c", { "c3" } },
    { CHAIN, "a1+2", { "c3" } },
    { CHAIN, "a+1", { "b2" } },
    { CHAIN, "head-1", { "c3" } },
    { CHAIN, "base+1", { "a1" } },
    { CHAIN, "base+4", { "d4" } },
    { CHAIN, "d4-4", {} },
    { {}, "head", {} },
    { FORK, "c3-1", { "a1" } },
  }
  for _, case in ipairs(MEANINGS) do
    it(("reads %s as {%s}"):format(case[2], table.concat(case[3], ", ")), function()
      assert.same({ ids = case[3] }, read(case[1], case[2]))
    end)
  end

  it("reads base when going down", function()
    assert.same({ ids = {} }, read(CHAIN, "base", "downgrade"))
  end)

  it("leaves +2 to the database's state", function()
    assert.same({ steps = 2 }, read(CHAIN, "+2"))
  end)

  it("leaves -1 to the database's state", function()
    assert.same({ steps = -1 }, read(CHAIN, "-1", "downgrade"))
  end)

  it("refuses head where there are two, naming both and the cure", function()
    local err = refusal(FORK, "head")

    assert.equal("bad_config", err.kind)
    assert.is_truthy(err.message:find("b2, c3", 1, true))
    assert.is_truthy(err.hint:find("merge", 1, true))
  end)

  it("names only five of many heads", function()
    local parents = {}
    for number = 1, 8 do parents["r" .. number] = false end

    assert.is_truthy(refusal(parents, "head").message:find("and 3 more", 1, true))
  end)

  local REFUSED = {
    { CHAIN, "zz", "no revision" },
    { { a1 = false, a2 = "a1" }, "a", "ambiguous" },
    { CHAIN, "base", "below" },
    { CHAIN, "-1", "other way" },
    { CHAIN, "+0", "not a step" },
    { CHAIN, "d4+1", "too far" },
    { CHAIN, "a1-2", "too far" },
    { CHAIN, "base-1", "too far" },
    { {}, "head+1", nil },
    { FORK, "a1+1", "ambiguous" },
    { FORK, "heads-1", "starts from 2" },
    { DIAMOND, "d4-1", "ambiguous" },
    { CHAIN, "", "empty" },
    { CHAIN, 3, "number" },
    { CHAIN, "a b", "no revision" },
    { CHAIN, "+99999999999999999999", "not a step" },
  }
  for _, case in ipairs(REFUSED) do
    it(("refuses %s with a cure"):format(tostring(case[2])), function()
      local err = refusal(case[1], case[2])

      assert.equal("bad_argument", err.kind)
      assert.is_truthy(err.message:find(case[3] or "", 1, true), err.message)
      assert.is_truthy(err.hint)
    end)
  end

  it("refuses +1 when going down", function()
    assert.is_truthy(refusal(CHAIN, "+1", "downgrade").hint:find("upgrade +1", 1, true))
  end)
end)
