-- listen_gap_spec.lua - a listener whose connection dies or falls silent listens again, and tells.
local driver = require "moonpool.driver"
local mp = require "moonpool"

local SIGSTOP, SIGCONT = 19, 18
local NAME = "moonpool-listen-gap-spec"

describe("a listener", function()
  local db, control
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 }, application_name = NAME })
    control = mp.engine(nil, { pool = { max = 2 } })
  end)
  teardown(function()
    db:close()
    control:close()
  end)

  local function backend()
    return control:value("select pid from pg_stat_activity where application_name = $1", NAME)
  end

  -- One task consumes; the first gap is awaited, then notes are sent and must come once each.
  local function consume(sub, seen, count)
    while #seen < count do
      local note = sub:next { timeout = 20 }
      if not note then return end
      seen[#seen + 1] = note.channel .. "=" .. note.payload
    end
  end

  it("whose server process is killed listens to all its channels again", function()
    local gaps = {}
    local sub <close> = db:listen({ "gap_a", "gap_b" }, {
      on_gap = function(gap) gaps[#gaps + 1] = gap end })
    sub:listen "gap_c"
    control:notify("gap_a", "before")
    assert.equal("before", sub:next { timeout = 5 }.payload)

    for round = 1, 3 do
      control:value("select pg_terminate_backend($1)", backend())
      local seen = {}
      local consumer = mp.spawn(consume, sub, seen, 3)
      repeat mp.sleep(0.01) until #gaps == round
      control:notify("gap_a", "1")
      control:notify("gap_b", "2")
      control:notify("gap_c", "3")
      consumer:await()

      assert.same({ "gap_a=1", "gap_b=2", "gap_c=3" }, seen)
      assert.equal("reconnected", gaps[round].reason)
      assert.equal("connection_lost", gaps[round].error.kind)
    end
    assert.equal(3, #gaps)
  end)

  it("that falls silent is replaced within heartbeat and timeout, in a pool of one", function()
    local gap_at
    local sub <close> = db:listen({ "silent_a", "silent_b" }, {
      heartbeat = 1, heartbeat_timeout = 1,
      on_gap = function() gap_at = driver.system.hrtime() end })
    local pid = backend()
    local seen = {}
    local consumer = mp.spawn(consume, sub, seen, 2)
    mp.sleep(0.05)
    local began = driver.system.hrtime()
    assert.is_true(driver.system.kill(pid, SIGSTOP))
    repeat mp.sleep(0.01) until gap_at or driver.system.hrtime() - began > 20
    driver.system.kill(pid, SIGCONT)
    control:notify("silent_b", "b")
    control:notify("silent_a", "a")
    consumer:await()

    print(("listener: silence noticed after %.2f s"):format(gap_at - began))
    assert.is_true(gap_at - began <= 2.2)
    assert.same({ "silent_b=b", "silent_a=a" }, seen)
  end)

  it("that is replaced within a timeout has missed nothing sent after that", function()
    local sub <close> = db:listen "patient"
    local pid = backend()
    control:value("select pg_terminate_backend($1)", pid)

    assert.is_nil(sub:next { timeout = 0.5 })
    control:notify("patient", "still there")
    assert.equal("still there", sub:next { timeout = 5 }.payload)
  end)
end)
