-- herd_spec.lua - ten thousand tasks and a server that refuses all: few attempts, quick recovery.
--
-- MOONPOOL_SPEC_FULL=1 refuses for 30 s, MOONPOOL_SPEC_HERD_SECONDS for as long as it says; from
-- 20 s on the spread of the pauses and the use of the processor are judged, too.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local stranger = require "spec.support.stranger"

local SECONDS = tonumber(os.getenv "MOONPOOL_SPEC_HERD_SECONDS")
  or os.getenv "MOONPOOL_SPEC_FULL" and 30 or 1.5
local MAX, TASKS = 25, 10000
local is_slowed = os.getenv("MOONPOOL_SPEC_SANITIZED") ~= nil
  or os.getenv("MOONPOOL_SPEC_GC") == "hostile"

local hrtime = driver.system.hrtime

-- Each asks again when it was refused, as a busy server's clients do.
local function herd(db, tally)
  for id = 1, is_slowed and 1000 or TASKS do
    mp.spawn(function()
      while not tally.is_over do
        local ok, err = pcall(db.value, db, "select $1::int", id)
        if ok then
          tally.first_success = tally.first_success or hrtime()
          return
        end
        tally.kinds[err.kind] = (tally.kinds[err.kind] or 0) + 1
      end
    end)
  end
end

-- What the refused side saw, and for a port where nobody listens what the pool counts.
local function collect(tally, server)
  local next_line, lines = server.program:lines()
  while true do
    local line = next_line(lines)
    if not line then return end
    tally.at[#tally.at + 1] = tonumber(line:match "^attempt ([%d.]+)")
  end
end

local function sample(tally, db, counts_attempts)
  local seen = 0
  while not tally.is_healed do
    local stats = db:pool():stats()
    -- The first wave goes out before anything is known of the server, and comes back as one.
    if stats.connect_failures > 0 and stats.connecting <= 1 then tally.is_known_down = true end
    if tally.is_known_down then
      tally.most_probers = math.max(tally.most_probers, stats.connecting)
    end
    for _ = seen + 1, counts_attempts and stats.connect_failures or seen do
      tally.at[#tally.at + 1] = hrtime()
    end
    seen = stats.connect_failures
    mp.sleep(0.005)
  end
end

local function most_in_a_second(at)
  local most, first = 0, 1
  for last = 1, #at do
    while at[last] - at[first] > 1 do first = first + 1 end
    most = math.max(most, last - first + 1)
  end
  return most
end

-- Of the pauses behind the first wave.
local function coefficient_of_variation(at)
  local gaps, sum, squares = 0, 0, 0
  for i = MAX + 1, #at do
    local gap = at[i] - at[i - 1]
    gaps, sum, squares = gaps + 1, sum + gap, squares + gap * gap
  end
  local mean = sum / gaps
  return math.sqrt(math.max(squares / gaps - mean * mean, 0)) / mean
end

local function wait_for_first_success(tally)
  while not tally.first_success do mp.sleep(0.002) end
end

local function free_port()
  local holder <close> = proxy.open_tcp {}
  return holder.port
end

local MANNERS = {
  { name = "closes each connection", sqlstate = "", kind = "connect_failed" },
  { name = "is starting (57P03)", sqlstate = "57P03" },
  { name = "is full (53300)", sqlstate = "53300" },
  { name = "does not listen", kind = "connect_failed" },
}

local PERMANENT = {
  { name = "the password (28P01)", sqlstate = "28P01", kind = "auth_failed" },
  { name = "the user (28000)", sqlstate = "28000", kind = "auth_failed" },
  { name = "the database (3D000)", sqlstate = "3D000", kind = "connect_failed" },
  { name = "the role (0P000)", sqlstate = "0P000", kind = "connect_failed" },
  { name = "a setting (42704)", sqlstate = "42704", kind = "connect_failed" },
}

local function engine_at(port)
  return mp.engine(("postgresql://%s@127.0.0.1:%d/%s?sslmode=disable"):format(os.getenv "PGUSER",
    port, os.getenv "PGDATABASE"), { pool = { max = MAX } })
end

describe("ten thousand tasks and a server", function()
  for _, manner in ipairs(MANNERS) do
    it(("that %s do not storm it"):format(manner.name), function()
      local server = manner.sqlstate and stranger.open("refusing", manner.sqlstate)
      local port = server and server.port or free_port()
      local db <close> = engine_at(port)
      local tally <close> = setmetatable({ at = {}, kinds = {}, most_probers = 0 }, {
        __close = function(self)
          self.is_over, self.is_healed = true, true
        end })
      if server then mp.spawn(collect, tally, server) end
      mp.spawn(sample, tally, db, not server)
      local cpu = os.clock()

      herd(db, tally)
      local herded = os.clock()
      mp.sleep(SECONDS)
      local cpu_share = (os.clock() - herded) / SECONDS
      if server then server:stop() end
      tally.is_healed = true
      local _ <close> = proxy.open_tcp({}, nil, port)
      local healed = hrtime()
      wait_for_first_success(tally)

      local rate, most = #tally.at / SECONDS, most_in_a_second(tally.at)
      print(("herd: %s: %d attempts (%.1f/s, at most %d in a second), %d probers, CPU %.1f %%"
        .. " (%.2f s to begin), first success after %.2f s"):format(manner.name, #tally.at, rate,
        most, tally.most_probers, cpu_share * 100, herded - cpu, tally.first_success - healed))
      assert.is_true(rate <= 20)
      assert.is_true(most <= 25)
      assert.is_true(tally.is_known_down)
      assert.is_true(tally.most_probers <= 1)
      if SECONDS >= 20 then
        local variation = coefficient_of_variation(tally.at)
        print(("herd: %s: the pauses vary by %.2f"):format(manner.name, variation))
        assert.is_true(variation >= 0.2)
        if not is_slowed then assert.is_true(cpu_share <= 0.1, cpu_share) end
      end
      if not is_slowed then assert.is_true(tally.first_success - healed <= 1.5) end
    end)
  end

  for _, refusal in ipairs(PERMANENT) do
    it(("that refuses %s are told so at once"):format(refusal.name), function()
      local server <close> = stranger.open("refusing", refusal.sqlstate)
      local db <close> = engine_at(server.port)
      local ids = {}
      for id = 1, 1000 do ids[id] = id end
      local begun = hrtime()

      local function ask() return select(2, pcall(db.value, db, "select 1")) end
      local errors = mp.map(ids, ask)
      local took = hrtime() - begun
      table.move(mp.map(ids, ask), 1, #ids, #ids + 1, errors)

      for _, err in ipairs(errors) do
        assert.same({ refusal.kind, refusal.sqlstate, false },
          { err.kind, err.sqlstate, err.retryable })
      end
      assert(db:pool():stats().connect_failures <= MAX, db:pool():stats().connect_failures)
      assert.is_true(took <= (is_slowed and 5 or 1), took)
    end)
  end
end)
