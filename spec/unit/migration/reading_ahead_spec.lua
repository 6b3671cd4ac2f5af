-- What is applied, read beside something else: its rows, its error, and its end.
local reading_ahead = require "moonpool.migration.reading_ahead"
local version_table = require "moonpool.migration.version_table"

-- A database whose statements are answered by `answer`.
local function database(answer)
  return { value = answer, query = answer }
end

-- Runs its function when it is awaited.
local function spawn(log)
  return function(fn)
    return {
      await = function() return fn() end,
      cancel = function() log.is_cancelled = true end,
    }
  end
end

describe("moonpool.migration.reading_ahead", function()
  it("gives the rows of the version table", function()
    local rows = { { revision = "r1" } }
    local reading <close> = reading_ahead.start(spawn {}, database(function() return rows end))

    assert.same(version_table.read(database(function() return rows end)), reading:await())
  end)

  it("raises what the reading has failed with", function()
    local reading <close> = reading_ahead.start(spawn {},
      database(function() error({ kind = "connect_failed" }, 0) end))

    local ok, err = pcall(reading.await, reading)

    assert.is_false(ok)
    assert.equal("connect_failed", err.kind)
  end)

  it("gives the reading up when it is closed", function()
    local log = {}

    do
      local _ <close> = reading_ahead.start(spawn(log), database(function() return {} end))
    end

    assert.is_true(log.is_cancelled)
  end)
end)
