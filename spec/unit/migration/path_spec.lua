-- Which revisions run, in which order; random graphs are checked against a slow and plain oracle.
local errors = require "moonpool.errors"
local path = require "moonpool.migration.path"
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

local function set_of(list)
  local set = {}
  for _, id in ipairs(list) do set[id] = true end
  return set
end

local function ids_of(records)
  local ids = {}
  for index, record in ipairs(records) do ids[index] = record.revision end
  return ids
end

local function go(direction, parents, applied, text)
  local graph = graph_of(parents)
  local goal = target.read(graph, text, direction)
  return ids_of(path[direction](graph, set_of(applied), goal))
end

local function refusal(...)
  local _, err = errors.try(go, ...)
  return err
end

local CHAIN = { a = false, b = "a", c = "b", d = "c" }
local DIAMOND = { a = false, b = "a", c = "a", d = { "b", "c" } }

describe("moonpool.migration.path upgrade", function()
  local CASES = {
    { "everything from the base", CHAIN, {}, "head", { "a", "b", "c", "d" } },
    { "what is missing", CHAIN, { "a", "b" }, "head", { "c", "d" } },
    { "nothing at the head", CHAIN, { "a", "b", "c", "d" }, "head", {} },
    { "nothing to a revision below", CHAIN, { "a", "b" }, "a", {} },
    { "up to a named revision", CHAIN, {}, "b", { "a", "b" } },
    { "one step", CHAIN, { "a" }, "+1", { "b" } },
    { "two steps", CHAIN, { "a" }, "+2", { "b", "c" } },
    { "both branches before their merge", DIAMOND, {}, "head", { "a", "b", "c", "d" } },
    { "one branch only", DIAMOND, {}, "c", { "a", "c" } },
    { "the rest of a merge", DIAMOND, { "a", "c" }, "d", { "b", "d" } },
    { "the last steps of a merge", DIAMOND, { "a", "c" }, "+2", { "b", "d" } },
    { "a revision put in below", { a = false, x = "a", b = "x" }, { "a", "b" }, "head", { "x" } },
  }
  for _, case in ipairs(CASES) do
    it("runs " .. case[1], function()
      assert.same(case[5], go("upgrade", case[2], case[3], case[4]))
    end)
  end

  it("refuses more steps than are left", function()
    assert.is_truthy(refusal("upgrade", CHAIN, { "a", "b" }, "+3").message:find("only 2", 1, true))
  end)

  it("refuses a step with a choice", function()
    assert.is_truthy(refusal("upgrade", DIAMOND, { "a" }, "+1").message:find("b, c", 1, true))
  end)
end)

describe("moonpool.migration.path downgrade", function()
  local CASES = {
    { "everything to the base", CHAIN, { "a", "b", "c", "d" }, "base", { "d", "c", "b", "a" } },
    { "nothing on an empty database", CHAIN, {}, "base", {} },
    { "one step", CHAIN, { "a", "b" }, "-1", { "b" } },
    { "to the base by steps", CHAIN, { "a", "b" }, "-2", { "b", "a" } },
    { "down to a named revision", CHAIN, { "a", "b", "c" }, "a", { "c", "b" } },
    { "nothing to the revision it is at", CHAIN, { "a", "b" }, "b", {} },
    { "a merge first", DIAMOND, { "a", "b", "c", "d" }, "a", { "d", "c", "b" } },
    { "a merge alone", DIAMOND, { "a", "b", "c", "d" }, "-1", { "d" } },
    { "only what stands on the target", DIAMOND, { "a", "b", "c", "d" }, "b", { "d" } },
  }
  for _, case in ipairs(CASES) do
    it("takes back " .. case[1], function()
      assert.same(case[5], go("downgrade", case[2], case[3], case[4]))
    end)
  end

  it("refuses a target that is not applied", function()
    assert.is_truthy(refusal("downgrade", CHAIN, { "a" }, "c").message:find("not applied", 1, true))
  end)

  it("refuses more steps than are applied", function()
    assert.is_truthy(refusal("downgrade", CHAIN, { "a" }, "-2").message:find("only 1", 1, true))
  end)

  it("refuses a step with a choice", function()
    local err = refusal("downgrade", DIAMOND, { "a", "b", "c", "d" }, "-2")

    assert.is_truthy(err.message:find("b, c", 1, true))
  end)
end)

-- The oracle: a matrix of "stands on", by repeated relaxation.
local function stands_on(parents, ids)
  local above = {}
  for _, id in ipairs(ids) do
    above[id] = { [id] = true }
    for _, parent in ipairs(parents[id] or {}) do above[id][parent] = true end
  end
  local changed = true
  while changed do
    changed = false
    for _, id in ipairs(ids) do
      for middle in pairs(above[id]) do
        for below in pairs(above[middle]) do
          if not above[id][below] then
            above[id][below] = true
            changed = true
            goto again
          end
        end
      end
      ::again::
    end
  end
  return above
end

local function random_parents(count)
  local parents, ids, names = {}, {}, {}
  for number = 1, count do names[number] = ("%04x%d"):format(math.random(0, 65535), number) end
  for number = 1, count do
    local chosen, list = {}, {}
    for _ = 1, math.random(0, math.min(3, number - 1)) do
      local parent = names[math.random(1, number - 1)]
      if not chosen[parent] then
        chosen[parent] = true
        list[#list + 1] = parent
      end
    end
    ids[number] = names[number]
    parents[names[number]] = #list > 0 and list or false
  end
  return parents, ids
end

local function closed_subset(above, ids)
  local applied = {}
  for _, id in ipairs(ids) do
    if math.random() < 0.2 then
      for below in pairs(above[id]) do applied[below] = true end
    end
  end
  return applied
end

local function assert_order(above, list, is_up)
  local position = {}
  for index, id in ipairs(list) do position[id] = index end
  for _, id in ipairs(list) do
    for below in pairs(above[id]) do
      if position[below] and below ~= id then
        assert.equal(is_up, position[below] < position[id])
      end
    end
  end
end

local function keys(set)
  local list = {}
  for id in pairs(set) do list[#list + 1] = id end
  table.sort(list)
  return list
end

describe("moonpool.migration.path on random graphs", function()
  local seed = math.tointeger(tonumber(os.getenv "MP_SEED")) or os.time()

  local function with_random_graphs(count, check)
    math.randomseed(seed)
    for round = 1, count do
      local parents, ids = random_parents(math.random(1, 14))
      local ok, err = pcall(check, parents, ids, stands_on(parents, ids))
      if not ok then error(("MP_SEED=%d, round %d: %s"):format(seed, round, tostring(err)), 0) end
    end
  end

  it("upgrades exactly what the target stands on, parents first", function()
    with_random_graphs(300, function(parents, ids, above)
      local applied = closed_subset(above, ids)
      local goal = ids[math.random(#ids)]

      local list = ids_of(path.upgrade(graph_of(parents), applied, { ids = { goal } }))

      local expected = {}
      for below in pairs(above[goal]) do
        if not applied[below] then expected[below] = true end
      end
      assert.same(keys(expected), keys(set_of(list)))
      assert.equal(#keys(expected), #list)
      assert_order(above, list, true)
    end)
  end)

  it("takes back exactly what stands on the target, children first", function()
    with_random_graphs(300, function(parents, ids, above)
      local applied = closed_subset(above, ids)
      local goal = next(applied) and keys(applied)[1]
      if not goal then return end

      local list = ids_of(path.downgrade(graph_of(parents), applied, { ids = { goal } }))

      local expected = {}
      for id in pairs(applied) do
        if id ~= goal and above[id][goal] then expected[id] = true end
      end
      assert.same(keys(expected), keys(set_of(list)))
      assert_order(above, list, false)
    end)
  end)

  it("finds the heads that nothing stands on", function()
    with_random_graphs(300, function(parents, ids, above)
      local heads = {}
      for _, id in ipairs(ids) do heads[id] = true end
      for _, id in ipairs(ids) do
        for below in pairs(above[id]) do
          if below ~= id then heads[below] = nil end
        end
      end

      assert.same(keys(heads), graph_of(parents):heads())
    end)
  end)

  it("comes back to the base the way it went up", function()
    with_random_graphs(100, function(parents)
      local graph = graph_of(parents)
      local up = ids_of(path.upgrade(graph, {}, { ids = graph:heads() }))

      local down = ids_of(path.downgrade(graph, set_of(up), { ids = {} }))

      for index, id in ipairs(down) do assert.equal(up[#up + 1 - index], id) end
    end)
  end)

  it("refuses each random graph that is given a back edge", function()
    with_random_graphs(100, function(parents, ids, above)
      local top = ids[#ids]
      local below = keys(above[top])
      local looped = {}
      for id, list in pairs(parents) do looped[id] = list end
      looped[below[math.random(#below)]] = { top }

      local _, err = errors.try(graph_of, looped)

      assert.is_truthy(err and err.message:find("cycle", 1, true))
    end)
  end)

  it("steps through 5,000 revisions fast", function()
    local parents = {}
    for number = 1, 5000 do
      parents[("r%05d"):format(number)] = number > 1 and ("r%05d"):format(number - 1) or false
    end
    local graph = graph_of(parents)
    local started = os.clock()

    local up = path.upgrade(graph, {}, { steps = 5000 })
    local applied = set_of(ids_of(up))
    local down = path.downgrade(graph, applied, { steps = -5000 })

    assert.equal(5000, #up)
    assert.equal(5000, #down)
    assert.is_true(os.clock() - started < 2)
  end)
end)
