-- session_contention_spec.lua - sessions that write the same rows: nothing lost, no deadlock.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local full = require "spec.support.full"
local mp = require "moonpool"
local seed = require "spec.support.seed"
local tables = require "spec.support.tables"

local SCHEMA = "session_contention_spec"
local ROWS, TASKS, ROUNDS = 60, 8, full(25, 400)

local Counter = mp.model { "counters", c.int8("id", { primary_key = true }), c.int8("n", {
  default = 0 }), mp.version() }
local Item = mp.model { "items", c.int8("id", { primary_key = true }), c.text "name",
  c.int8("n", { default = 0 }) }

describe("sessions that write the same rows", function()
  local db
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Counter, Item)
    seed.set "session contention"
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:exec "truncate counters, items"
    db:exec "insert into counters (id) values (1)"
    db:exec("insert into items (id, name) select n, 'x' from generate_series(1, $1::int) n", ROWS)
  end)

  local function run(fn)
    local list = {}
    for at = 1, TASKS do list[at] = at end
    mp.map(list, fn)
  end

  -- Until nobody has been faster.
  local function increment()
    while true do
      local s <close> = db:session()
      local counter = s:get(Counter, 1)
      counter.n = counter.n + 1
      local _, err = errors.try(s.commit, s)
      if not err then return end
      assert(err.kind == "stale_object", tostring(err))
    end
  end

  it("lose no update of a versioned row", function()
    run(function()
      for _ = 1, ROUNDS do increment() end
    end)
    assert.same({ TASKS * ROUNDS, TASKS * ROUNDS + 1 },
      { db:value "select n from counters", db:value "select version from counters" })
  end)

  local function shuffled()
    local list = {}
    for id = 1, ROWS do list[id] = id end
    for at = ROWS, 2, -1 do
      local other = math.random(at)
      list[at], list[other] = list[other], list[at]
    end
    return list
  end

  it("wait for each other in one order, whatever the order of the changes", function()
    run(function(task)
      for round = 1, ROUNDS do
        local s <close> = db:session()
        local order = shuffled()
        for at = 1, ROWS // 2 do
          local item = s:get(Item, order[at])
          item.name = ("%d-%d"):format(task, round)
          -- Other statements, whose rows are among the others.
          if math.random(2) == 1 then item.n = item.n + 1 end
        end
        s:commit()
      end
    end)
    assert.equal(0, db:value "select count(*) from items where name = 'x'")
  end)
end)
