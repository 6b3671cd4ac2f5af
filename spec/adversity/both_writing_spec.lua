-- both_writing_spec.lua - client and server both have much to say: neither waits for the other.
local driver = require "moonpool.driver"
local eventually = require "spec.support.eventually"
local full = require "spec.support.full"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local resident_kb = require "spec.support.resident_kb"
local settle = require "spec.support.settle"

local hrtime = driver.system.hrtime

local is_slowed = os.getenv("MOONPOOL_SPEC_SANITIZED") ~= nil
local NAME = "moonpool-both-writing-spec"
local INSERTS = 10000
local ROWS = full(20000, 1000000) -- of a kilobyte
local BYTES_PER_SECOND = 8000 -- 64 kbit
local STUCK_SECONDS = 0.2
local MEMORY_KB = 16 * 1024
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

-- What moves, how far it came, and the longest time that it stood still.
local function progress(name)
  return { name = name, count = 0, at = hrtime(), stall = 0 }
end

local function step(moves)
  local now = hrtime()
  moves.count, moves.stall, moves.at = moves.count + 1, math.max(moves.stall, now - moves.at), now
end

local function restart_clock(moves)
  moves.at, moves.stall = hrtime(), 0
end

-- Until nothing more goes through: all buffers on its way are full.
local function wait_until_stuck(moves)
  eventually(function() return moves.count > 0 and hrtime() - moves.at >= STUCK_SECONDS end)
end

local function beat(loop)
  while not loop.is_over do
    local due = hrtime() + 0.005
    mp.sleep(0.005)
    loop.stall = math.max(loop.stall, hrtime() - due)
    loop.memory = math.max(loop.memory, resident_kb())
  end
end

local function copy_in(db, moves)
  local given = 0
  return db:copy_in("both_writing_in", { "n", "line" }, function()
    given = given + 1
    if given > ROWS then return nil end
    step(moves)
    return { given, LINE }
  end)
end

local function copy_out(db, moves)
  for row in db:copy_out "both_writing_out" do
    if row.line ~= LINE then error("row " .. moves.count .. " is not as it was") end
    step(moves)
  end
  return moves.count
end

-- COPY in and COPY out beside each other; `beside` runs until it returns.
local function copy_both(db, beside)
  local coming, going = progress "in", progress "out"
  local loop = { stall = 0, memory = 0 }
  local heart = mp.spawn(beat, loop)
  local into, out = mp.spawn(copy_in, db, coming), mp.spawn(copy_out, db, going)
  if beside then beside(coming, going) end
  local start = hrtime()
  assert.same({ ROWS, ROWS }, { into:await(), out:await() })
  loop.seconds = hrtime() - start
  loop.is_over = true
  heart:await()
  loop.longest = math.max(coming.stall, going.stall)
  return loop
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
    local plain <close> = proxy.open()
    local narrow <close> = proxy.open(("front d rate:%d"):format(BYTES_PER_SECOND),
      ("back d rate:%d"):format(BYTES_PER_SECOND))
    local function engine(of)
      return mp.engine(of.url, { pool = { max = 2 }, application_name = NAME })
    end
    local free <close> = engine(plain)
    local slow <close> = engine(narrow)
    local unthrottled = copy_both(free)
    control:exec "truncate both_writing_in"
    collectgarbage()
    local memory, moved = resident_kb(), {}

    local throttled = copy_both(slow, function(coming, going)
      wait_until_stuck(coming)
      eventually(function() return going.count >= 3 end)
      moved = { coming.count, going.count }
      narrow:release()
      restart_clock(coming)
      restart_clock(going)
    end)

    print(("both writing: %d kB each way in %.1f s, set free in %.1f s (longest stall %.0f ms), "
      .. "%d and %d rows while throttled, loop %.1f ms, memory %+d kB"):format(ROWS,
      unthrottled.seconds, throttled.seconds, throttled.longest * 1000, moved[1], moved[2],
      throttled.stall * 1000, throttled.memory - memory))
    assert.equal(ROWS, control:value "select count(*) from both_writing_in")
    assert.is_true(moved[1] < ROWS and moved[2] < ROWS)
    if is_slowed then return end
    assert.is_true(throttled.seconds <= 2 * unthrottled.seconds)
    assert.is_true(throttled.longest <= 1)
    assert.is_true(throttled.stall <= 0.1)
    assert.is_true(throttled.memory - memory <= MEMORY_KB)
  end)

  it("come to an end with a COPY that the server talks about, throttled both ways", function()
    local narrow <close> = proxy.open(("front d rate:%d"):format(BYTES_PER_SECOND),
      ("back G rate:%d"):format(BYTES_PER_SECOND))
    local slow <close> = mp.engine(narrow.url, { pool = { max = 1 }, application_name = NAME })
    local moves, rows = progress "in", full(20000, 200000)
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
        step(moves)
        if given <= rows then return { given, LINE } end
      end)
    end)
    wait_until_stuck(moves)
    local moved = moves.count
    narrow:release()
    restart_clock(moves)

    assert.equal(rows, task:await())
    print(("both writing: %d notices against %d rows, %d while throttled, longest stall %.0f ms")
      :format(rows, rows, moved, moves.stall * 1000))
    assert.is_true(moved < rows)
    if not is_slowed then assert.is_true(moves.stall <= 1) end
  end)
end)
