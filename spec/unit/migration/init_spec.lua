-- The door of the migration modules.
local migration = require "moonpool.migration"
local revision = require "moonpool.migration.revision"

local SYSTEM = {
  list = function() return {} end,
  stat = function() return nil end,
  mkdir = function() return true end,
}

describe("moonpool.migration", function()
  it("makes revisions", function()
    assert.is_true(revision.is_revision(migration.migration { revision = "a" }))
  end)

  it("makes migrations that know the world they run in", function()
    local migrations = migration.in_world { system = SYSTEM, sleep = function() end }

    assert.same({}, migrations(nil):heads())
  end)

  it("lets options stand above the world", function()
    local asked
    local fs = { list = function(path)
      asked = path
      return {}
    end }
    local migrations = migration.in_world { system = SYSTEM, sleep = function() end }

    migrations(nil, { fs = fs, path = "db" }):heads()

    assert.equal("db/versions", asked)
  end)
end)
