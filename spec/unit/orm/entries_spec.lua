-- entries_spec.lua - what is known of a session's objects, put down when it is asked for.
local entries = require "moonpool.orm.entries"

local function batch_of(count)
  local known, siblings = entries.new(), {}
  local batch = { siblings = siblings, result = {}, awaits = known }
  for at = 1, count do siblings[at] = setmetatable({}, { batch = batch }) end
  return known, siblings, batch
end

describe("entries", function()
  it("know the row of each object that came with a batch, once one is asked for", function()
    local known, objects, batch = batch_of(3)

    assert.is_nil(next(known))
    assert.equal(2, known[objects[2]])
    assert.equal(1, rawget(known, objects[1]))
    assert.is_nil(batch.awaits)
  end)

  it("keep what is known better", function()
    local known, objects = batch_of(2)
    local copy = { id = 1 }
    known[objects[1]] = copy

    assert.equal(2, known[objects[2]])
    assert.equal(copy, known[objects[1]])
  end)

  it("do not come back from a batch once they are removed", function()
    local known, objects = batch_of(2)
    known[objects[1]] = { id = 1 }

    entries.remove(known, objects[1])

    assert.is_nil(known[objects[1]])
    assert.equal(2, known[objects[2]])
  end)
end)
