-- random_times.lua - random moments, times of day and intervals.
local mp = require "moonpool"
local primitives = require "spec.support.random_primitives"

local date, interval, time, timestamp = mp.date, mp.interval, mp.time, mp.timestamp
local pick, signed, random = primitives.pick, primitives.signed, math.random

local times = {}

local DATE_ZERO = date "2000-01-01"
local INSTANT_ZERO, TIMESTAMP_ZERO = timestamp "2000-01-01T00:00:00Z", timestamp "2000-01-01"
local FIRST_INSTANT, LAST_INSTANT = -211813488000000000, 9223371331199999999

function times.instant(has_offset)
  local common = random(2) == 1
  local step = common and random(-10 ^ 15 | 0, 10 ^ 15 | 0)
    or random(FIRST_INSTANT, LAST_INSTANT)
  if random(2) == 1 then step = step // 1000000 * 1000000 end
  return (has_offset and INSTANT_ZERO or TIMESTAMP_ZERO) + interval { microseconds = step }
end

function times.clock(offset)
  local hour = random(0, 23)
  return time { hour = hour, min = random(0, 59), sec = random(0, 59), offset = offset,
    usec = random(2) == 1 and 0 or random(0, 999999) }
end

-- Servers before 15 cannot write more than 2^31 hours.
function times.span()
  local function some(make) return random(3) == 1 and 0 or make() end
  return interval {
    months = some(function() return signed(32) end),
    days = some(function() return signed(32) end),
    microseconds = some(function() return signed(63) end),
  }
end

function times.day()
  return DATE_ZERO + random(-2451545, pick { 100000, 2145031948 })
end

return times
