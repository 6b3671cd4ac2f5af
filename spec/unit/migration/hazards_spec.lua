-- Which operations need their word, and where the word may stand.
local errors = require "moonpool.errors"
local hazards = require "moonpool.migration.hazards"
local plan = require "moonpool.migration.plan"
local revision = require "moonpool.migration.revision"

local FILE = "m/versions/1_a.lua"

-- The body runs as a chunk of the migration's file, from line 1.
local function function_of(body)
  return assert(load("local op = ...\n" .. body, "@" .. FILE, "t"))
end

local function record_of(bodies)
  local fields = { revision = "a", allow = bodies.allow }
  for _, name in ipairs { "upgrade", "downgrade", "change" } do
    fields[name] = bodies[name] and function_of(bodies[name])
  end
  return revision.in_file(revision.new(fields), FILE)
end

describe("moonpool.migration.hazards", function()
  local function codes(bodies, allow, direction)
    local found = hazards.find({ plan.new(record_of(bodies), direction or "upgrade") }, allow)
    local list = {}
    for index, hazard in ipairs(found) do list[index] = hazard.code end
    return list
  end

  it("asks for a word before rows or values are lost", function()
    assert.same({ "MP15", "MP15" },
      codes { upgrade = "op:drop_table 't' op:drop_column('u', 'c')" })
  end)

  it("asks for a word before a rename", function()
    assert.same({ "MP16", "MP16" },
      codes { upgrade = "op:rename_table('t', 'u') op:rename_column('u', 'a', 'b')" })
  end)

  it("asks nothing for an index", function()
    assert.same({}, codes { upgrade = "op:drop_index 'ix'" })
  end)

  it("takes the operation's own word", function()
    assert.same({}, codes { upgrade = "op:drop_table('t', { data_loss = 'accepted' })" })
  end)

  it("takes a code on the operation", function()
    assert.same({}, codes { upgrade = "op:rename_table('t', 'u', { allow = { 'MP16' } })" })
  end)

  it("takes a code on the file", function()
    assert.same({}, codes { upgrade = "op:drop_table 't'", allow = { "MP15" } })
  end)

  it("takes a code for the run", function()
    assert.same({}, codes({ upgrade = "op:drop_table 't'" }, { "MP15" }))
  end)

  it("takes all for the run", function()
    assert.same({}, codes({ upgrade = "op:drop_table 't'" }, { "all" }))
  end)

  it("does not take another code", function()
    assert.same({ "MP15" }, codes({ upgrade = "op:drop_table 't'" }, { "MP16" }))
  end)

  it("asks nothing of what taking back a change does", function()
    assert.same({}, codes({ change = "op:rename_table('t', 'u')" }, nil, "downgrade"))
  end)

  it("refuses them together, with codes, places and words", function()
    local found = hazards.find({
      plan.new(record_of { upgrade = "op:drop_table 't'\nop:rename_table('u', 'v')" }, "upgrade"),
    })

    local _, err = errors.try(hazards.refuse, found)

    assert.equal("migration", err.kind)
    assert.equal("hazard", err.reason)
    assert.is_truthy(err.message:find(FILE .. ":2: MP15 drop_table t", 1, true), err.message)
    assert.is_truthy(err.message:find("data_loss = \"accepted\"", 1, true))
    assert.is_truthy(err.message:find(FILE .. ":3: MP16", 1, true))
  end)

  it("refuses nothing where there is nothing", function()
    hazards.refuse {}
  end)
end)
