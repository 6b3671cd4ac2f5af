-- statement_log_spec.lua - what the log says of a statement.
local errors = require "moonpool.errors"
local statement_log = require "moonpool.statement_log"

local function event(fields)
  local made = { sql = "select\n  1", rows = 1, seconds = 1, queue = 0.25, network = 0.125,
    server = 0.5, decode = 0.125, where = "app.lua:7" }
  for key, value in pairs(fields or {}) do made[key] = value end
  return made
end

describe("the log's line of a statement", function()
  it("splits the time, and names the place and the text", function()
    assert.equal("1.000 s (queue 0.250, network 0.125, server 0.500, decode 0.125), 1 rows "
      .. "at app.lua:7 select 1", statement_log.line(event()))
  end)

  it("names the label", function()
    assert.matches("at app.lua:7 %[feed%] select 1$", statement_log.line(event { label = "feed" }))
  end)

  it("names the error without the data in it", function()
    local err = errors.new { kind = "invalid_text_representation", sqlstate = "22P02",
      message = 'invalid input syntax for type integer: "secret"' }

    local line = statement_log.line(event { error = err })

    assert.matches("invalid_text_representation: invalid input", line)
    assert.is_nil(line:find("secret", 1, true))
  end)

  it("has parameters only where the event has them", function()
    assert.is_nil(statement_log.line(event()):find("$1", 1, true))
    assert.matches('%$1 = 3, %$2 = "a b"$',
      statement_log.line(event { params = table.pack(3, "a\nb") }))
  end)

  it("cuts what is long", function()
    local params = table.pack(("x"):rep(99))

    local line = statement_log.line(event { sql = ("é"):rep(1000), params = params })

    assert.is_true(#line < 800)
    assert.is_truthy(utf8.len(line))
    for at = 1, 1000 do params[at] = at end
    params.n = 1000
    assert.matches("%$100 = 100, and 900 more$", statement_log.line(event { params = params }))
  end)
end)
