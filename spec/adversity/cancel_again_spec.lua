-- cancel_again_spec.lua - a cancel that came to nothing is sent again, to its statement alone.
local cluster = require "spec.support.cluster"
local driver = require "moonpool.driver"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local settle = require "spec.support.settle"

local NAME = "moonpool-again-spec"
-- A CancelRequest, by its code; what only the held statement has.
local CANCEL, HELD, HELD_SCRIPT = "front 0:\x04\xd2\x16\x2e", "front B:hold_me", "front Q:hold_me"
local ECHO = "select $1::text from pg_sleep($2::float8)"
local SCRIPT = "select 'hold_me' from pg_sleep(30); insert into again_spec values ('after')"

local function open(url)
  return mp.engine(url, { pool = { max = 1 }, application_name = NAME })
end

-- The server is asked to stop what has not reached it; then it comes.
local function let_a_cancel_pass(between)
  between:wait_for "close"
  between:release()
end

local function seconds_since(begun)
  return driver.system.hrtime() - begun
end

describe("a cancel that reaches the server before its statement", function()
  local control
  setup(function()
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script "drop table if exists again_spec; create table again_spec (word text)"
  end)
  teardown(function()
    control:exec "drop table again_spec"
    control:close()
  end)

  local INSERT = "insert into again_spec select $1 from pg_sleep(30)"
  local WAYS = {
    { name = "on a leased connection", rule = HELD, run = function(db)
      db:exec(INSERT, "hold_me")
    end },
    { name = "of a session", rule = HELD, run = function(db)
      local conn <close> = db:connect()
      conn:exec(INSERT, "hold_me")
    end },
    { name = "in a transaction", rule = HELD, run = function(db)
      local tx <close> = db:begin()
      tx:exec "insert into again_spec values ('before')"
      tx:exec(INSERT, "hold_me")
    end },
    { name = "of several in one pipeline", rule = HELD, run = function(db)
      db:pipeline(function(p)
        p:exec "insert into again_spec values ('before')"
        p:exec(INSERT, "hold_me")
        p:exec "insert into again_spec values ('after')"
      end)
    end },
    { name = "that is a script", rule = HELD_SCRIPT, run = function(db)
      db:script(SCRIPT)
    end },
    { name = "that is a stream", rule = HELD, run = function(db)
      for _ in db:stream("select $1::text from pg_sleep(30)", "hold_me") do error "too late" end
    end },
  }

  for _, way in ipairs(WAYS) do
    it("is sent again: to a statement " .. way.name, function()
      local between <close> = proxy.open(way.rule .. " stall")
      local db <close> = open(between.url)
      db:value "select 1"
      local begun = driver.system.hrtime()

      local task = mp.spawn(pcall, mp.deadline, 0.1, way.run, db)
      let_a_cancel_pass(between)
      local ok, err = task:await()
      local seen = settle.wait(db, control, NAME)

      assert.is_false(ok)
      assert.equal("timeout", err.kind)
      assert.same(settle.QUIET, seen)
      assert.is_true(seconds_since(begun) < 4)
      assert.equal(0, db:pool():stats().closed)
      assert.equal(0, control:value "select count(*) from again_spec")
    end)
  end

  it("is sent again to a shared connection, and its neighbours have their answers", function()
    local between <close> = proxy.open(HELD .. " stall")
    local db <close> = open(between.url)
    for _ = 1, 20 do db:value(ECHO, "fast", 0) end
    local begun = driver.system.hrtime()

    local late = mp.spawn(pcall, mp.deadline, 0.05, db.value, db, ECHO, "hold_me", 30)
    local neighbours = {}
    for id = 1, 20 do neighbours[id] = mp.spawn(db.value, db, ECHO, "n" .. id, 0.002) end
    between:wait_for "rule"
    local waiting = db:pool():stats().waiting
    let_a_cancel_pass(between)
    local ok, err = late:await()
    for id, neighbour in ipairs(neighbours) do assert.equal("n" .. id, neighbour:await()) end

    assert.equal(0, waiting)
    assert.is_false(ok)
    assert.equal("timeout", err.kind)
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
    assert.is_true(seconds_since(begun) < 4)
    assert.equal(0, db:pool():stats().closed)
  end)
end)

describe("a statement that goes on after a cancel", function()
  -- Asked to stop 50 ms after it was sent, on a connection that is open.
  local function stop(db, script)
    db:value "select 1"
    local ok, err = pcall(mp.deadline, 0.05, db.script, db, script)
    assert.is_false(ok)
    assert.equal("timeout", err.kind)
  end

  it("is cancelled until it ends", function()
    local between <close> = proxy.open(HELD_SCRIPT .. " stall")
    local db <close> = open(between.url)
    local begun = driver.system.hrtime()

    stop(db, SCRIPT)
    for _ = 1, 3 do between:wait_for "close" end
    between:release()

    assert.equal(1, db:value "select 1")
    assert.equal(0, db:pool():stats().closed)
    assert.is_true(seconds_since(begun) < 4)
  end)

  it("costs the server few cancels, less and less often, until its connection is closed", function()
    local between <close> = proxy.open(HELD_SCRIPT .. " stall", "always " .. CANCEL .. " pass")
    local db <close> = open(between.url)

    stop(db, SCRIPT)
    assert.equal(1, db:value "select 1")
    local closed, count = db:pool():stats().closed, 0
    repeat
      local line = between.next_line(between.lines)
      if line:find "^rule 2 " then count = count + 1 end
    until line:find "^close 1 "

    print(("cancel again: %d cancels in 5 s"):format(count))
    assert.equal(1, closed)
    -- At 0, 0.05, 0.15, 0.35, 0.75, 1.55, 2.55, 3.55 and 4.55 s, or later.
    assert.is_true(count > 3 and count <= 9)
  end)

  it("is cancelled until it ends where the connection is encrypted", function()
    local server <close> = cluster.open { tls = true }
    local db <close> = open(server.tls_url)
    local begun = driver.system.hrtime()

    -- The server may signal twice for one cancel.
    stop(db, [[
      do $$
      begin
        for i in 1..3 loop
          begin
            perform pg_sleep(30);
          exception when query_canceled then
            null;
          end;
        end loop;
        perform pg_sleep(30);
      end $$]])

    assert.equal(1, db:value "select 1")
    assert.equal(0, db:pool():stats().closed)
    assert.is_true(seconds_since(begun) < 4)
  end)
end)
