-- leak_spec.lua - tens of thousands of mixed statements: memory and descriptors stay as they were.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local seed = require "spec.support.seed"
local settle = require "spec.support.settle"

-- A sanitizer keeps freed memory back, and costs several times over.
local is_slowed = os.getenv("MOONPOOL_SPEC_SANITIZED") ~= nil
  or os.getenv("MOONPOOL_SPEC_GC") == "hostile"

local COUNT = tonumber(os.getenv("MOONPOOL_SPEC_LEAK_COUNT")) or (is_slowed and 10000 or 50000)
local MAX, TASKS = 4, 16
local NAME = "moonpool-leak-spec"
local PREPARED_MAX = 256 -- the default of a connection
local HEAP_GROWTH, MEMORY_GROWTH = 64 * 1024, 2 * 1024 * 1024

local function with_parameters(db, i)
  assert(db:one("select $1::int8 as i, $2::text as t, $3::jsonb as j", i, "text", { i }).i == i)
end

local function many(db, i)
  assert(#db:many("select $1::int8", { { i }, { i + 1 } }) == 2)
end

local function failing(db)
  local ok, err = pcall(db.value, db, "select 1 / $1::int", 0)
  assert(not ok and err.kind == "division_by_zero")
end

local function in_transaction(db, i)
  db:transaction(function(tx)
    tx:value("select $1::int8", i)
    tx:transaction(function(savepoint) savepoint:abort() end)
  end)
end

local function too_late(db)
  local ok, err = pcall(mp.deadline, 0.001, db.value, db, "select 1 from pg_sleep(1)")
  assert(not ok and err.kind == "timeout")
end

local function with_new_text(db, i)
  assert(db:value("select " .. i .. " as i") == i)
end

-- How often in twenty.
local MIXTURE = { { with_parameters, 15 }, { many, 1 }, { failing, 1 }, { in_transaction, 1 },
  { too_late, 1 }, { with_new_text, 1 } }

local function pick()
  local at = math.random(20)
  for _, entry in ipairs(MIXTURE) do
    at = at - entry[2]
    if at <= 0 then return entry[1] end
  end
end

local next_number = 0

local function run_some(db, count)
  local tasks = {}
  for task = 1, TASKS do tasks[task] = task end
  mp.map(tasks, function()
    for _ = 1, count // TASKS do
      next_number = next_number + 1
      pick()(db, next_number)
    end
  end)
end

local function resident_bytes()
  local file <close> = assert(io.open("/proc/self/statm"))
  return tonumber(file:read("a"):match "^%d+ (%d+)") * 4096
end

local function measure()
  collectgarbage()
  collectgarbage()
  return {
    heap = math.floor(collectgarbage "count" * 1024),
    memory = resident_bytes(),
    descriptors = #driver.system.list("/proc/self/fd"),
  }
end

local function most_prepared(db)
  local held, most = {}, 0
  for i = 1, MAX do held[i] = db:connect() end
  for _, conn in ipairs(held) do
    most = math.max(most, conn:value "select count(*) from pg_prepared_statements")
    conn:close()
  end
  return most
end

describe("tens of thousands of statements", function()
  it("leave memory, descriptors and prepared statements as they were", function()
    seed.set "leak"
    local db <close> = mp.engine(nil, { pool = { max = MAX }, application_name = NAME })
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    run_some(db, COUNT // 4)
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
    local before = measure()

    run_some(db, COUNT)

    assert.same(settle.QUIET, settle.wait(db, control, NAME))
    local after = measure()
    local prepared = most_prepared(db)
    print(("leak: %d statements, heap %+d bytes, memory %+d bytes, %d prepared"):format(
      next_number, after.heap - before.heap, after.memory - before.memory, prepared))
    assert.is_true(after.heap - before.heap <= HEAP_GROWTH)
    assert.is_true(after.descriptors <= before.descriptors)
    assert.is_true(prepared <= PREPARED_MAX + 4)
    if not is_slowed then assert.is_true(after.memory - before.memory <= MEMORY_GROWTH) end
  end)

  it("stay bounded inside one transaction", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 } })

    local prepared = db:transaction(function(tx)
      for i = 1, 2 * PREPARED_MAX do tx:value("select " .. i .. " as bounded") end
      return tx:value "select count(*) from pg_prepared_statements"
    end)

    assert.is_true(prepared <= PREPARED_MAX)
    for i = 1, PREPARED_MAX do db:value("select " .. i .. " as later") end
    assert.is_true(db:value "select count(*) from pg_prepared_statements" <= PREPARED_MAX + 4)
  end)
end)
