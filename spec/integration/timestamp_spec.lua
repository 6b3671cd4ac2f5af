-- timestamp_spec.lua - mp.timestamp and mp.date: fields, the epoch, comparison, refusals.
local mp = require "moonpool"

local timestamp, date = mp.timestamp, mp.date

describe("mp.timestamp and mp.date", function()
  local function refused(text, fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok)
    assert.is_true(mp.is_error(err, "bad_argument"), tostring(err))
    assert.is_truthy(err.message:find(text, 1, true), err.message)
  end

  it("keep an instant in UTC", function()
    local at = timestamp {
      year = 2026, month = 11, day = 24, hour = 10, usec = 3, offset = "-05:30",
    }

    assert.equal("2026-11-24T15:30:00.000003Z", tostring(at))
    assert.same({ 15, 30, 0, 3 }, { at.hour, at.min, at.sec, at.usec })
    assert.equal(timestamp "2026-11-24T15:30:00.000003Z", at)
  end)

  it("count from the epoch", function()
    assert.equal(1.5, timestamp("1970-01-01T00:00:01.5Z"):epoch())
    assert.equal(-0.5, timestamp.from_epoch(-0.5):epoch())
    assert.equal(86400.0, date("1970-01-02"):epoch())
    assert.equal(math.huge, timestamp.infinity:epoch())
  end)

  it("compare with their own kind", function()
    assert.is_true(timestamp "2026-01-01T00:00:00Z" < timestamp.infinity)
    assert.is_true(date "0001-01-01 BC" < date "0001-01-01")
    refused("cannot be compared", function()
      return timestamp "2026-01-01T00:00:00" == timestamp "2026-01-01T00:00:00Z"
    end)
  end)

  it("refuse fields by their names", function()
    refused("month 13 is not in the calendar", timestamp, { year = 2026, month = 13, day = 1 })
    refused("day 29 is not in the calendar", date, { year = 2026, month = 2, day = 29 })
    refused('unknown field "mnoth" (did you mean "month"?)', date, { year = 2026, mnoth = 1 })
    refused("day must be an integer, got nil", date, { year = 2026, month = 1 })
    refused("month must be an integer, got a fraction", date, { year = 2026, month = 1.5 })
    refused("offset must be", timestamp, { year = 2026, month = 1, day = 1, offset = "x" })
    refused("not an ISO 8601 timestamp", timestamp, "yesterday")
    refused("beyond the range", timestamp, "294277-01-01")
  end)
end)
