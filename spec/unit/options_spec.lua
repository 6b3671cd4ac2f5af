-- moonpool.options: defaults, unknown keys, and values out of type or range.
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local ROWS = {
  { name = "timeout", kind = "duration", default = 5 },
  { name = "count", kind = "integer", min = 1, max = 10 },
  { name = "order", kind = "choice", values = { "lifo", "fifo" }, default = "lifo" },
  { name = "pool", rows = { { name = "max", kind = "integer", default = 4, min = 1 } } },
  { name = "label", kind = "string" }, { name = "on", kind = "boolean" },
  { name = "uses", kind = "limit", min = 1 }, { name = "set", kind = "settings" },
}

local function read(given)
  return options.read(ROWS, given, { kind = "bad_config", what = "engine" })
end

local function refusal(given)
  local value, err = errors.try(read, given)
  assert.is_nil(value)
  assert.equal("bad_config", err.kind)
  return err.message
end

describe("moonpool.options", function()
  it("fills in defaults, also nested ones", function()
    local got = read()

    assert.equal(5, got.timeout)
    assert.equal(4, got.pool.max)
  end)

  it("keeps what is given", function()
    assert.equal(0.5, read({ timeout = 0.5 }).timeout)
  end)

  it("suggests the name of a mistyped option", function()
    assert.matches('unknown option "timout" %(did you mean "timeout"%?%)', refusal { timout = 1 })
  end)

  it("suggests an option that stands a level deeper", function()
    assert.matches('did you mean "pool.max"', refusal { maxx = 1 })
  end)

  it("suggests an option by one of its words", function()
    local _, err = errors.try(options.read, { { name = "connect_timeout", kind = "duration" } },
      { timout = 1 }, { kind = "bad_config", what = "engine" })

    assert.matches('did you mean "connect_timeout"', err.message)
  end)

  it("names a nested option by its path", function()
    assert.matches('"pool.mx"', refusal { pool = { mx = 1 } })
    assert.matches('"pool.max"', refusal { pool = { max = 0 } })
  end)

  it("takes false for no bound", function()
    assert.is_false(read({ timeout = false }).timeout)
    assert.is_false(read({ uses = false }).uses)
  end)

  local bad_durations = { 0, -1, 0 / 0, math.huge, -math.huge, 1e308, 2 ^ 63, "5", true, {} }
  for _, value in ipairs(bad_durations) do
    it("refuses the duration " .. type(value) .. " " .. tostring(value):gsub("table.*", ""),
      function()
      assert.matches('"timeout" must be a number of seconds > 0', refusal { timeout = value })
    end)
  end

  for _, value in ipairs { 0, -1, 1.5, "8", 1e9, 11, false } do
    it("refuses the count " .. type(value) .. " " .. tostring(value), function()
      assert.matches('"count" must be an integer from 1 to 10', refusal { count = value })
    end)
  end

  it("names the value it refuses", function()
    assert.matches('not "8"', refusal { count = "8" })
  end)

  it("lists the choices", function()
    assert.matches('one of "lifo", "fifo"', refusal { order = "random" })
  end)

  it("refuses a value where a table of options belongs", function()
    assert.matches('"pool" must be a table', refusal { pool = 3 })
    assert.matches("must be a table", refusal(3))
  end)

  it("refuses NUL bytes in strings", function()
    assert.matches("NUL", refusal { label = "a\0b" })
  end)

  it("refuses a number for a boolean", function()
    assert.matches("true or false", refusal { on = 1 })
  end)

  it("refuses settings that are no texts", function()
    assert.matches('"a" is not one', refusal { set = { a = {} } })
  end)

  it("does not change what it is given", function()
    local given = { pool = {} }

    read(given)

    assert.same({ pool = {} }, given)
  end)

  it("asks for what is required", function()
    local _, err = errors.try(options.read,
      { { name = "table", kind = "string", required = true } }, {},
      { kind = "bad_argument", what = "x" })

    assert.matches('option "table" is missing', err.message)
  end)
end)
