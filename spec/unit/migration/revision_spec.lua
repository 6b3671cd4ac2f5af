-- What a migration file may return, and what it is told when it may not.
local revision = require "moonpool.migration.revision"

local function noop() end

local function problem_of(fields)
  return revision.check(revision.new(fields))
end

describe("moonpool.migration.revision", function()
  it("accepts a base revision", function()
    assert.is_nil(problem_of { revision = "20261122T073100", message = "start", upgrade = noop })
  end)

  it("accepts change in place of upgrade and downgrade", function()
    assert.is_nil(problem_of { revision = "a", change = noop })
  end)

  it("accepts a merge without functions", function()
    assert.is_nil(problem_of { revision = "c", down_revision = { "a", "b" } })
  end)

  it("gives no parents at the base", function()
    assert.same({}, revision.parents(revision.new { revision = "a" }))
  end)

  it("gives one parent as a list", function()
    assert.same({ "a" }, revision.parents(revision.new { revision = "b", down_revision = "a" }))
  end)

  it("gives a copy of a merge's parents", function()
    local record = revision.new { revision = "c", down_revision = { "a", "b" } }

    revision.parents(record)[1] = "changed"

    assert.same({ "a", "b" }, revision.parents(record))
  end)

  it("does not change the table it was given", function()
    local fields = { revision = "a", upgrade = noop }

    revision.in_file(revision.new(fields), "a.lua")

    assert.same({ revision = "a", upgrade = noop }, fields)
  end)

  it("knows its own records from tables that look alike", function()
    assert.is_true(revision.is_revision(revision.new { revision = "a" }))
    assert.is_false(revision.is_revision { revision = "a" })
    assert.is_false(revision.is_revision(nil))
  end)

  local REFUSED = {
    ["a missing revision"] = { fields = { upgrade = noop }, says = "missing" },
    ["a revision of the wrong type"] = {
      fields = { revision = 7, upgrade = noop }, says = "number",
    },
    ["a revision with a space"] = { fields = { revision = "a b", upgrade = noop }, says = "a b" },
    ["an empty revision"] = { fields = { revision = "", upgrade = noop }, says = "revision" },
    ["a revision of 65 bytes"] = {
      fields = { revision = ("a"):rep(65), upgrade = noop }, says = "revision",
    },
    ["a revision that is a word of the command line"] = {
      fields = { revision = "head", upgrade = noop }, says = "command line",
    },
    ["an unknown field, with a suggestion"] = {
      fields = { revision = "a", upgrad = noop }, says = "upgrade",
    },
    ["a positional field"] = { fields = { "a", revision = "b", upgrade = noop }, says = "unknown" },
    ["an upgrade that is no function"] = {
      fields = { revision = "a", upgrade = "create" }, says = "string",
    },
    ["change beside upgrade"] = {
      fields = { revision = "a", upgrade = noop, change = noop }, says = "change",
    },
    ["neither upgrade nor change"] = { fields = { revision = "a" }, says = "neither" },
    ["an empty list of parents"] = {
      fields = { revision = "a", down_revision = {}, upgrade = noop }, says = "empty",
    },
    ["a parent listed twice"] = {
      fields = { revision = "a", down_revision = { "b", "b" }, upgrade = noop }, says = "twice",
    },
    ["a parent of the wrong type"] = {
      fields = { revision = "a", down_revision = { 4 }, upgrade = noop }, says = "number",
    },
    ["a hazard code that is none"] = {
      fields = { revision = "a", allow = { "MP1" }, upgrade = noop }, says = "MP1",
    },
  }

  for what, case in pairs(REFUSED) do
    it("refuses " .. what, function()
      local problem = problem_of(case.fields)

      assert.is_truthy(problem)
      assert.is_truthy(problem.message:find(case.says, 1, true), problem.message)
      assert.is_truthy(problem.hint)
    end)
  end
end)
