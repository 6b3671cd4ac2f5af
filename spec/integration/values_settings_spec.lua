-- values_settings_spec.lua - values however a server's settings let it write them, and at the ends
-- of their ranges.
local every_byte = require "spec.support.every_byte"
local mp = require "moonpool"

local timestamp, interval = mp.timestamp, mp.interval

describe("values", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  teardown(function() db:close() end)

  it("reads instants in whatever zone the server writes them", function()
    local conn <close> = db:connect()
    for _, zone in ipairs { "Europe/Vienna", "Asia/Kolkata", "America/St_Johns", "UTC" } do
      conn:exec("set timezone = '" .. zone .. "'")
      for _, text in ipairs { "2026-07-24T10:00:00Z", "1850-07-24T10:00:00.000001Z" } do
        local sql = "select $1::timestamptz as v, null::money as m"
        assert.equal(timestamp(text), conn:one(sql, timestamp(text)).v, zone)
      end
    end
  end)

  it("reads bytea in both of its text forms", function()
    local conn <close> = db:connect()
    for _, form in ipairs { "hex", "escape" } do
      conn:exec("set bytea_output = '" .. form .. "'")
      local sql = "select $1::bytea as v, null::money as m"
      assert.equal(every_byte, conn:one(sql, every_byte).v)
    end
  end)

  it("reads instants at the ends of the range in whatever zone", function()
    local conn <close> = db:connect()
    for _, zone in ipairs { "Europe/Vienna", "America/St_Johns", "Pacific/Kiritimati" } do
      conn:exec("set timezone = '" .. zone .. "'")
      for _, text in ipairs { "294276-12-31T23:59:59.999999Z", "4714-11-24T00:00:00Z BC" } do
        local sql = "select $1::timestamptz as v, null::money as m"
        assert.equal(timestamp(text), conn:one(sql, timestamp(text)).v, zone)
      end
    end
  end)

  it("reads intervals in the styles that name their units", function()
    local conn <close> = db:connect()
    local span = interval { years = -1, months = -2, days = 3, seconds = -4.5 }
    for _, style in ipairs { "postgres", "postgres_verbose", "iso_8601" } do
      conn:exec("set intervalstyle = '" .. style .. "'")
      local back = conn:one("select $1::interval as v, null::money as m", span).v
      assert.equal(tostring(span), tostring(back), style)
    end
  end)

  it("keeps the longest and the shortest interval", function()
    for _, span in ipairs { interval { months = 2147483647, microseconds = math.maxinteger },
      interval { days = -2147483648, microseconds = math.mininteger } } do
      assert.equal(tostring(span), tostring(db:value("select $1::interval", span)))
    end
  end)

  it("sends infinite intervals, which servers before 17 take for the longest ones", function()
    local has_infinity = db:value "select current_setting('server_version_num')::int4 >= 170000"
    local infinite, longest = interval.infinity, "178956970 years 7 mons 2147483647 days " ..
      "2562047788:00:54.775807"

    local text = has_infinity and db:value("select $1::interval::text", infinite)
    local binary = db:value("select $1::interval", infinite)

    assert.equal(has_infinity and "infinity", text)
    assert.equal("infinity", tostring(binary))
    assert.equal("infinity", tostring(interval(longest)))
  end)
end)
