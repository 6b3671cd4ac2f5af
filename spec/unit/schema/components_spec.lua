-- Who is in a cycle with whom.
local components = require "moonpool.schema.metadata.components"
local seed = require "spec.support.seed"

-- Nodes by number, neighbours as lists of numbers.
local function find(edges)
  local nodes, lists = {}, {}
  for at = 1, #edges do nodes[at] = { at = at } end
  for at, targets in ipairs(edges) do
    lists[nodes[at]] = {}
    for index, target in ipairs(targets) do lists[nodes[at]][index] = nodes[target] end
  end
  local component = components(nodes, function(node) return lists[node] end)
  return function(a, b) return component[nodes[a]] == component[nodes[b]] end
end

local function reaches(edges, from, to)
  local seen, queue = {}, { from }
  while #queue > 0 do
    local at = table.remove(queue)
    for _, target in ipairs(edges[at]) do
      if target == to then return true end
      if not seen[target] then
        seen[target] = true
        queue[#queue + 1] = target
      end
    end
  end
  return false
end

describe("components of a graph", function()
  it("are circles, and nodes alone", function()
    local is_same = find { { 2 }, { 3 }, { 1 }, { 1 }, { 5 } }

    assert.is_true(is_same(1, 3))
    assert.is_true(is_same(2, 3))
    assert.is_false(is_same(1, 4))
    assert.is_true(is_same(5, 5))
  end)

  it("are those that reach each other, whatever the graph", function()
    seed.set "components of a graph"
    for _ = 1, 100 do
      local count, edges = math.random(8), {}
      for at = 1, count do
        edges[at] = {}
        for index = 1, math.random(0, 3) do edges[at][index] = math.random(count) end
      end
      local is_same = find(edges)
      for a = 1, count do
        for b = 1, count do
          local both = a == b or reaches(edges, a, b) and reaches(edges, b, a)
          assert.equal(both, is_same(a, b))
        end
      end
    end
  end)

  it("are found in a chain of any length", function()
    local edges = {}
    for at = 1, 50000 do edges[at] = { at % 50000 + 1 } end

    assert.is_true(find(edges)(1, 50000))
  end)
end)
