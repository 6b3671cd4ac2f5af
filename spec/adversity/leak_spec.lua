-- leak_spec.lua - tens of thousands of mixed statements: memory and descriptors stay as they were.
-- At its full count it prints a line each tenth of them.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local seed = require "spec.support.seed"
local settle = require "spec.support.settle"

-- A sanitizer keeps freed memory back, and costs several times over.
local is_slowed = os.getenv("MOONPOOL_SPEC_SANITIZED") ~= nil
  or os.getenv("MOONPOOL_SPEC_GC") == "hostile"

local COUNT = full(is_slowed and 10000 or 50000, 1000000)
-- Caches fill first: of statements, of what is known about them, of the allocators.
local WARM_UP = math.max(COUNT // 10, is_slowed and 2500 or 12500)
local MAX, TASKS = 4, 16
local NAME = "moonpool-leak-spec"
local PREPARED_MAX = 256 -- the default of a connection
local HEAP_GROWTH, MEMORY_GROWTH = 64 * 1024, (COUNT < 1000000 and 2 or 1) * 1024 * 1024
local SERVER_GROWTH = 8 * 1024 * 1024

local function with_parameters(db, i)
  assert(db:one("select $1::int8 as i, $2::text as t, $3::jsonb as j", i, "text", { i }).i == i)
end

local function with_made_types(db, i)
  local line = { name = "line " .. i, marks = { "low", "high" }, span = mp.range(i, i + 2) }
  local row = db:one("select $1::leak_line as line, array[$1::leak_line] as lines", line)
  assert(row.line.name == line.name and row.lines[1].span == line.span)
end

local function known(db)
  assert(#db:column "select generate_series(1, 5)" == 5)
end

local function streamed(db, i)
  local last = i % 2 == 0 and 50 or 400
  for row in db:stream("select generate_series(1, 200) as n") do
    if row.n == last then break end
  end
end

local function pipelined(db, i)
  local results = db:pipeline(function(p)
    p:value("select $1::int8", i)
    p:exec("insert into leak_spec values ($1)", i)
    p:exec("delete from leak_spec where n = $1", i)
  end)
  assert(results[1] == i and results[3] >= 1)
end

local function copied(db, i)
  if i % 2 == 0 then
    assert(db:copy_in("leak_sink", { "n", "line" }, { { i, nil }, { i } }) == 2)
  else
    for row in db:copy_out "select n from generate_series(1, 20) n" do
      if row.n == i % 40 then break end
    end
  end
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

-- How often in a hundred.
local MIXTURE = { { with_parameters, 54 }, { with_made_types, 10 }, { known, 10 }, { failing, 5 },
  { in_transaction, 5 }, { too_late, 5 }, { streamed, 5 }, { with_new_text, 2 }, { pipelined, 1 },
  { copied, 1 }, { many, 2 } }

local function pick()
  local at = math.random(100)
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

-- What all connections together hold in the server, and the most that one has prepared.
local function measure_server(db)
  local held, bytes, prepared = {}, 0, 0
  for i = 1, MAX do held[i] = db:connect() end
  for _, conn in ipairs(held) do
    bytes = bytes + conn:value "select sum(total_bytes)::int8 from pg_backend_memory_contexts"
    prepared = math.max(prepared, conn:value "select count(*) from pg_prepared_statements")
    conn:close()
  end
  return bytes, prepared
end

local function print_sample(what, sample)
  print(("leak: %s after %d statements: heap %d KB, memory %d KB, %d descriptors"):format(what,
    next_number, sample.heap // 1024, sample.memory // 1024, sample.descriptors))
end

describe("tens of thousands of statements", function()
  local control
  setup(function()
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script [[
      drop table if exists leak_spec, leak_sink;
      drop type if exists leak_line, leak_mark;
      create type leak_mark as enum ('low', 'high');
      create type leak_line as (name text, marks leak_mark[], span int8range);
      create unlogged table leak_spec (n int8);
      create unlogged table leak_sink (n int8, line leak_line);]]
  end)
  teardown(function()
    control:script [[
      drop table leak_spec, leak_sink;
      drop type leak_line, leak_mark]]
    control:close()
  end)

  it("leave memory, descriptors and prepared statements as they were", function()
    seed.set "leak"
    local db <close> = mp.engine(nil, { pool = { max = MAX }, application_name = NAME })
    run_some(db, WARM_UP)
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
    local server_before = measure_server(db)
    local before = measure()
    print_sample("start", before)

    for _ = 1, 9 do
      run_some(db, COUNT // 10)
      if COUNT >= 1000000 then print_sample("sample", measure()) end
    end

    assert.same(settle.QUIET, settle.wait(db, control, NAME))
    local server_after, prepared = measure_server(db)
    local after = measure()
    print_sample("end", after)
    print(("leak: heap %+d bytes, memory %+d bytes, server %+d bytes, %d prepared"):format(
      after.heap - before.heap, after.memory - before.memory, server_after - server_before,
      prepared))
    assert.is_true(after.heap - before.heap <= HEAP_GROWTH)
    assert.is_true(after.descriptors <= before.descriptors)
    assert.is_true(prepared <= PREPARED_MAX + 4)
    assert.is_true(server_after - server_before <= SERVER_GROWTH)
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
