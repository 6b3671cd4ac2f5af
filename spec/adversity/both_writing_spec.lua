-- both_writing_spec.lua - client and server both have much to say: neither waits for the other.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local process = require "moonpool.process"
local progress = require "spec.support.progress"
local proxy = require "spec.support.proxy"
local settle = require "spec.support.settle"

local hrtime = driver.system.hrtime

local is_slowed = os.getenv("MOONPOOL_SPEC_SANITIZED") ~= nil
local NAME = "moonpool-both-writing-spec"
local INSERTS = 10000
local ROWS = full(20000, 1000000) -- of a kilobyte
local BYTES_PER_SECOND = 8000 -- 64 kbit
local MEMORY_KB = 8 * 1024
local LINE = ("x"):rep(1000)

local function timed(fn, ...)
  local start = hrtime()
  fn(...)
  return hrtime() - start
end

-- The best time of each of two, taken in turn.
local function compare(what, plain, flooded)
  local plain_best, flooded_best = math.huge, math.huge
  for _ = 1, 3 do
    plain_best = math.min(plain_best, timed(plain))
    flooded_best = math.min(flooded_best, timed(flooded))
  end
  print(("both writing: %s in %.0f ms, flooded in %.0f ms"):format(what, plain_best * 1000,
    flooded_best * 1000))
  return flooded_best / plain_best
end

-- In a process of its own, so that what its memory grows by is its own, too.
local function copy_both()
  local program <close> = process.open { driver.system.exe_path(), "run",
    "spec/support/both_copies.lua", tostring(ROWS), tostring(BYTES_PER_SECOND), NAME,
    stdout = "pipe" }
  local measured = {}
  for name, value in program:read_all():gmatch "(%S+) (%S+)\n" do
    measured[name] = tonumber(value)
  end
  assert.equal(0, program:wait())
  return measured
end

describe("a client and a server that both write", function()
  local db, control
  before_each(function()
    db = mp.engine(nil, { pool = { max = 2 }, application_name = NAME })
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script [[
      drop table if exists both_writing_in, both_writing_out;
      create unlogged table both_writing_in (n int, line text);
      create unlogged table both_writing_out (n int, line text);]]
  end)
  after_each(function()
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
    db:close()
    control:script "drop table both_writing_in, both_writing_out"
    control:close()
  end)

  it("come to an end with 65,535 parameters, each step of which the server tells", function()
    local marks, values = {}, {}
    for i = 1, 65535 do marks[i], values[i] = "$" .. i .. "::text", ("v"):rep(100) .. i end
    local sql = "select count(*) from unnest(array[" .. table.concat(marks, ",") .. "]) as v"
    local told, asked = 0, 0
    local loud <close> = mp.engine(nil, { pool = { max = 1 }, application_name = NAME,
      settings = { client_min_messages = "debug5" } })
    local quiet <close> = mp.engine(nil, { pool = { max = 1 }, application_name = NAME })
    loud:on("notice", function(notice) told = told + #notice.message end)
    -- A new text each time, for the server tells the text that it parses.
    local function ask(of)
      return function()
        asked = asked + 1
        local text = sql .. " -- " .. asked
        assert.equal(65535, of:value(text, table.unpack(values, 1, 65535)))
      end
    end
    quiet:value "select 1"
    loud:value "select 1"

    local ratio = compare("65,535 parameters", ask(quiet), ask(loud))

    assert.is_true(told > 3 * #sql)
    if not is_slowed then assert.is_true(ratio <= 2, ratio) end
  end)

  it("come to an end with a pipeline whose answers are as long as it is", function()
    local function insert(returned)
      return function()
        local results = db:pipeline(function(p)
          for i = 1, INSERTS do
            p:value("insert into both_writing_in values ($1, $2) returning " .. returned, i, LINE)
          end
        end)
        assert.equal(INSERTS, #results)
        assert.equal(returned == "n" and INSERTS or LINE, results[INSERTS])
      end
    end
    insert "n" ()
    insert "repeat('x', 1000)" ()

    local ratio = compare("pipeline of 10,000", insert "n", insert "repeat('x', 1000)")

    assert.equal(8 * INSERTS, control:value "select count(*) from both_writing_in")
    if not is_slowed then assert.is_true(ratio <= 2, ratio) end
  end)

  it("come to an end with COPY both ways, throttled and then set free", function()
    control:exec("insert into both_writing_out select n, $2 from generate_series(1, $1::int) n",
      ROWS, LINE)

    local measured = copy_both()
    local grown = math.max(measured.free_memory, measured.throttled_memory) - measured.memory_before

    print(("both writing: %d kB each way in %.1f s, set free in %.1f s (longest stall %.0f ms), "
      .. "%d and %d rows while throttled, loop %.1f ms, memory %+d kB"):format(ROWS,
      measured.free_seconds, measured.throttled_seconds, measured.throttled_longest * 1000,
      measured.moved_coming, measured.moved_going, measured.throttled_stall * 1000, grown))
    for _, name in ipairs { "free_copied_in", "free_copied_out", "throttled_copied_in",
      "throttled_copied_out" } do assert.equal(ROWS, measured[name]) end
    assert.equal(ROWS, control:value "select count(*) from both_writing_in")
    assert.is_true(measured.moved_coming < ROWS and measured.moved_going < ROWS)
    if is_slowed then return end
    assert.is_true(measured.throttled_seconds <= 2 * measured.free_seconds)
    assert.is_true(measured.throttled_longest <= 1)
    assert.is_true(measured.throttled_stall <= 0.1)
    assert.is_true(grown <= MEMORY_KB)
  end)

  it("come to an end with a COPY that the server talks about, throttled both ways", function()
    local narrow <close> = proxy.open(("front d rate:%d"):format(BYTES_PER_SECOND),
      ("back G rate:%d"):format(BYTES_PER_SECOND))
    local slow <close> = mp.engine(narrow.url, { pool = { max = 1 }, application_name = NAME })
    local moves, rows = progress(), full(20000, 200000)
    local task = mp.spawn(slow.transaction, slow, function(tx)
      tx:script [[
        create function pg_temp.loud() returns trigger language plpgsql as $$
          begin raise notice '%', repeat('n', 1000); return new; end $$;
        create temporary table noisy (n int, line text);
        create trigger loud before insert on noisy for each row execute function pg_temp.loud();
        set local client_min_messages = notice;]]
      local given = 0
      return tx:copy_in("noisy", { "n", "line" }, function()
        given = given + 1
        moves:step()
        if given <= rows then return { given, LINE } end
      end)
    end)
    moves:wait_until_stuck()
    local moved = moves.count
    narrow:release()
    moves:restart_clock()

    assert.equal(rows, task:await())
    print(("both writing: %d notices against %d rows, %d while throttled, longest stall %.0f ms")
      :format(rows, rows, moved, moves.stall * 1000))
    assert.is_true(moved < rows)
    if not is_slowed then assert.is_true(moves.stall <= 1) end
  end)
end)
