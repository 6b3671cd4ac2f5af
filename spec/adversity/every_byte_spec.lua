-- every_byte_spec.lua - a connection that is cut, reset or silent after any byte of a session.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local settle = require "spec.support.settle"

local hrtime = driver.system.hrtime

local STRIDE = full(37, 1)
local FAULTS = { "fin", "rst", "stall" }
local AT_ONCE = 4
local BYTES_MAX = 4000 -- of a session, each way, to be tried
local SILENCE_SECONDS = 0.5
local LATE_SECONDS = 1
local TERMINATE_BYTES = 5 -- the client's last word
local USER = "spec_password:password"

-- What a lost connection may be told as; in silence also that the time is up.
local LOST = {
  connect_failed = true, connection_lost = true, outcome_unknown = true, commit_unknown = true,
  tx_lost = true,
}

local function with_password()
  return { target = os.getenv "MOONPOOL_SPEC_TCP_URL":match "@([%d.]+:%d+)/", user = USER,
    database = os.getenv "PGDATABASE" }
end

-- All kinds of messages; what was answered is what was asked.
local function session(db, id)
  assert(db:value("select $1::int8", id) == id)
  local ok, err = pcall(db.value, db, "select 1 / $1::int", 0)
  if not ok and err.kind ~= "division_by_zero" then error(err, 0) end
  local list = db:query("select n, repeat('x', 20) as filler from generate_series(1, 10) n")
  assert(#list == 10 and list[10].n == 10)
  db:transaction(function(tx)
    tx:exec("insert into every_byte values ($1, 'tx')", id)
    tx:transaction(function(savepoint) savepoint:abort() end)
  end)
  local last
  for row in db:stream "select generate_series(1, 20) as n" do last = row.n end
  assert(last == 20)
  assert(db:copy_in("every_byte", { "id", "line" }, { { id, "copy" }, { id, "copy" } }) == 2)
  local copied = 0
  for _ in db:copy_out "select n from generate_series(1, 10) n" do copied = copied + 1 end
  assert(copied == 10)
  local results = db:pipeline(function(p)
    p:value("select $1::int8", id)
    p:value "select 2"
  end)
  assert(results[1] == id and results[2] == 2)
  db:script "select 1; do $$ begin raise notice 'so be it'; end $$; select 2"
end

local function open(between, id)
  return mp.engine(between.url, { pool = { max = 1 }, application_name = "every byte " .. id,
    connect_timeout = 10 })
end

-- A session that was late may come to the byte only now.
local function keep_released(between)
  while pcall(between.release, between) do mp.sleep(0.02) end
end

local function is_known(fault, ok, err)
  if ok then return true end
  return mp.is_error(err) and (LOST[err.kind] or fault == "stall" and err.kind == "timeout")
end

-- All or nothing, and all where it was confirmed.
local function is_whole(rows, ok)
  if ok then return rows.tx == 1 and rows.copy == 2 end
  return rows.tx <= 1 and (rows.copy == 0 or rows.copy == 2)
end

-- How long the session took, and what became of it.
local function attempt(control, fault, direction, at, id)
  local where = ("%s after byte %d %s"):format(fault, at - 1, direction)
  local between <close> = proxy.open_tcp({ ("%s byte:%d %s"):format(direction, at, fault) },
    with_password())
  local db <close> = open(between, id)
  local start = hrtime()
  local ok, err = pcall(mp.deadline, fault == "stall" and SILENCE_SECONDS or 20, session, db, id)
  local took = hrtime() - start
  local healer = mp.spawn(keep_released, between)
  assert(is_known(fault, ok, err), where .. ": " .. tostring(err))
  assert.same(settle.QUIET, settle.wait(db, control, "every byte " .. id), where)
  healer:cancel()
  local rows = control:one([[select count(*) filter (where line = 'tx') as tx,
    count(*) filter (where line = 'copy') as copy from every_byte where id = $1]], id)
  assert(is_whole(rows, ok), where)
  return took, ok and "ok" or err.kind
end

-- How many bytes a whole session takes each way.
local function record()
  local between <close> = proxy.open_tcp({}, with_password())
  do
    local db <close> = open(between, 0)
    session(db, 0)
  end
  local front, back = between:wait_for("close"):match "(%d+) (%d+)$"
  return { front = tonumber(front) - TERMINATE_BYTES, back = tonumber(back) }
end

describe("a connection that fails after any byte", function()
  local control, length
  local next_id = 0
  setup(function()
    control = mp.engine(nil, { pool = { max = 4 } })
    control:script [[
      drop table if exists every_byte;
      create table every_byte (id int8, line text);
      grant all on every_byte to spec_password]]
    length = record()
    print(("every byte: a session of %d bytes to the server, %d from it"):format(length.front,
      length.back))
    assert.is_true(length.front > 1000 and length.back > 1000)
  end)
  teardown(function()
    control:exec "drop table every_byte"
    control:close()
  end)

  for _, direction in ipairs { "front", "back" } do
    for _, fault in ipairs(FAULTS) do
      it(("gives success or one right error: %s, %s"):format(direction, fault), function()
        local bytes, kinds, longest = {}, {}, {}
        for at = 1, math.min(length[direction], BYTES_MAX), STRIDE do bytes[#bytes + 1] = at end

        mp.map(bytes, function(at)
          next_id = next_id + 1
          local took, kind = attempt(control, fault, direction, at, next_id)
          kinds[kind] = (kinds[kind] or 0) + 1
          longest[kind] = math.max(longest[kind] or 0, took)
        end, { limit = AT_ONCE })

        local told = {}
        for kind, count in pairs(kinds) do
          told[#told + 1] = ("%d %s in %.2f s"):format(count, kind, longest[kind])
        end
        table.sort(told)
        print(("every byte: %s %s, %d times: %s"):format(direction, fault, #bytes,
          table.concat(told, ", ")))
        if fault == "stall" then
          for _, seconds in pairs(longest) do
            assert.is_true(seconds <= SILENCE_SECONDS + LATE_SECONDS)
          end
        end
      end)
    end
  end
end)
