-- time_arithmetic_spec.lua - sums, differences and order of times: what the server computes.
local mp = require "moonpool"
local seed = require "spec.support.seed"

local date, interval, time, timestamp = mp.date, mp.interval, mp.time, mp.timestamp
local random = math.random

local ROUNDS = 50

local function some_interval(months, days)
  return interval { months = random(-months, months), days = random(-days, days),
    microseconds = random(-10 ^ 12 | 0, 10 ^ 12 | 0) }
end

local function some_timestamp()
  local day = date "2000-01-01" + random(-700000, 700000)
  return day + interval { microseconds = random(0, 86399999999) }
end

describe("time arithmetic", function()
  local db

  setup(function()
    seed.set "time arithmetic"
    db = mp.engine(nil, { pool = { max = 1 } })
  end)
  teardown(function() db:close() end)

  it("moves timestamps as the server does", function()
    for _ = 1, ROUNDS do
      local at, by = some_timestamp(), some_interval(3000, 5000)
      local instant = timestamp "2000-01-01T00:00:00Z" + (at - timestamp "2000-01-01")

      local row = db:one([[select $1::timestamp + $2::interval as sum,
        $1::timestamp - $2::interval as difference, $3::timestamptz + $2::interval as instant]],
        at, by, instant)

      assert.equal(row.sum, at + by)
      assert.equal(row.sum, by + at)
      assert.equal(row.difference, at - by)
      assert.equal(row.instant, instant + by)
    end
  end)

  it("subtracts timestamps as the server does", function()
    for _ = 1, ROUNDS do
      local a, b = some_timestamp(), some_timestamp()

      local expected = db:value("select $1::timestamp - $2::timestamp", a, b)

      assert.equal(tostring(expected), tostring(a - b))
    end
  end)

  it("moves dates as the server does", function()
    for _ = 1, ROUNDS do
      local day, days, by = date "2000-02-29" + random(-700000, 700000), random(-9999, 9999),
        some_interval(300, 500)

      local row = db:one([[select $1::date + $2::int4 as later, $1::date - $2::int4 as earlier,
        $1::date + $3::interval as at, $1::date - '2000-02-29'::date as days]], day, days, by)

      assert.equal(row.later, day + days)
      assert.equal(row.later, days + day)
      assert.equal(row.earlier, day - days)
      assert.equal(row.at, day + by)
      assert.equal(row.days, day - date "2000-02-29")
    end
  end)

  it("computes with intervals as the server does", function()
    for _ = 1, ROUNDS do
      local a, b, factor = some_interval(30, 900), some_interval(30, 900), random(-50, 50)

      local row = db:one([[select $1::interval + $2::interval as sum, -$1::interval as negative,
        $1::interval - $2::interval as difference, $1::interval * $3::int4 as product,
        $1::interval < $2::interval as less, $1::interval = $2::interval as equal]], a, b, factor)

      assert.equal(tostring(row.sum), tostring(a + b))
      assert.equal(tostring(row.difference), tostring(a - b))
      assert.equal(tostring(row.negative), tostring(-a))
      assert.equal(tostring(row.product), tostring(factor * a))
      assert.equal(row.less, a < b)
      assert.equal(row.equal, a == b)
    end
  end)

  it("orders times with an offset as the server does", function()
    for _ = 1, ROUNDS do
      local a = time { hour = random(8, 12), offset = random(-2, 2) * 3600 }
      local b = time { hour = random(8, 12), offset = random(-2, 2) * 3600 }

      local row = db:one([[select $1::timetz < $2::timetz as less, $1::timetz <= $2::timetz as same,
        $1::timetz = $2::timetz as equal]], a, b)

      assert.same({ less = a < b, same = a <= b, equal = a == b }, row)
    end
  end)
end)

describe("time values", function()
  local function refused(text, fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok, text)
    assert.is_true(mp.is_error(err, "bad_argument"), tostring(err))
    assert.is_truthy(err.message:find(text, 1, true), err.message .. " lacks " .. text)
  end

  local function add(a, b) return a + b end
  local function subtract(a, b) return a - b end
  local function multiply(a, b) return a * b end
  local function less(a, b) return a < b end
  local function equal(a, b) return a == b end

  it("have the fields that they were made of", function()
    local clock = time { hour = 9, min = 5, sec = 1, usec = 7, offset = "-05:30" }
    local span = interval { years = 1, months = 2, days = 3, hours = 4, seconds = 0.1 }

    assert.same({ 9, 5, 1, 7, -19800 },
      { clock.hour, clock.min, clock.sec, clock.usec, clock.offset })
    assert.is_true(clock:has_offset())
    assert.is_nil(time("09:05").offset)
    assert.same({ 14, 3, 14400100000 }, { span.months, span.days, span.microseconds })
    assert.same({ years = 1, months = 2, days = 3, hours = 4, minutes = 0, seconds = 0,
      microseconds = 100000 }, span:parts())
    assert.equal(span, interval(span:parts()))
  end)

  it("keep every microsecond of a fraction, or refuse it", function()
    for _ = 1, 1000 do
      local seconds, microseconds = random(0, 10 ^ 6 | 0), random(0, 999999)
      local text = ("%d.%06d"):format(seconds, microseconds)
      local span = interval { seconds = tonumber(text) }
      assert.equal(seconds * 1000000 + microseconds, span.microseconds)
    end
    refused("seconds must be a number of whole microseconds", interval, { seconds = 1e-7 })
    refused("seconds must be a number of whole microseconds", interval, { seconds = 1 / 3 })
    refused("days must be an integer", interval, { days = 1.5 })
  end)

  it("refuse what they cannot hold", function()
    refused("hour 25 is not on the clock", time, { hour = 25 })
    refused("min 1 is not on the clock", time, { hour = 24, min = 1 })
    refused('unknown field "our"', time, { our = 1 })
    refused('unknown field "year"', time, { year = 1 })
    refused("is not an ISO 8601 time", time, "half past ten")
    refused("offset must be seconds east of Greenwich", time, { hour = 1, offset = 57600 })
    refused("got number", time, 5)
    refused('unknown field "day"', interval, { day = 1 })
    refused("is not an interval", interval, "soon")
    refused("beyond the range", interval, { months = 2 ^ 31 | 0 })
    refused("beyond the range", interval, { hours = math.maxinteger })
    refused("got boolean", interval, true)
  end)

  it("refuse what has no answer", function()
    refused("a time with an offset cannot be compared", less, time "10:00", time "10:00Z")
    refused("a time with an offset cannot be compared", equal, time "10:00", time "10:00Z")
    refused("cannot be subtracted from one without", subtract, timestamp "2026-01-01",
      timestamp "2026-01-01T00:00:00Z")
    refused("infinite timestamps", subtract, timestamp.infinity, timestamp "2026-01-01")
    refused("infinite dates", subtract, date "2026-01-01", date.infinity)
    refused("infinity minus infinity", subtract, interval.infinity, interval.infinity)
    refused("whole days", add, date "2026-01-01", 1.5)
    refused("a number cannot be added to a timestamp", add, timestamp "2026-01-01", 5)
    refused("a date cannot be added to a timestamp", add, timestamp "2026-01-01", date "2026-01-01")
    refused("a timestamp cannot be subtracted from an interval", subtract, interval "1 day",
      timestamp "2026-01-01")
    refused("beyond the range", add, timestamp "294276-12-31", interval "1 day")
    refused("beyond the range", add, date "5874897-12-31", 1)
    refused("multiplied by integers", multiply, interval "1 day", 0.5)
    refused("beyond the range", multiply, interval { months = 2 ^ 30 | 0 }, 2)
  end)

  it("keep infinities", function()
    assert.equal(interval.minus_infinity, -interval.infinity)
    assert.equal(timestamp.infinity, timestamp "2026-01-01" + interval.infinity)
    assert.equal(timestamp.minus_infinity, timestamp.minus_infinity + interval "1 day")
    assert.equal(date.infinity, date.infinity - 5)
    assert.is_false(interval.infinity:is_finite())
    assert.is_nil(interval.infinity.months)
  end)
end)
