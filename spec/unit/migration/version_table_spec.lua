-- The version table: made when missing, read and written by plain statements.
local migration_database = require "spec.support.migration_database"
local revision = require "moonpool.migration.revision"
local version_table = require "moonpool.migration.version_table"

describe("moonpool.migration.version_table", function()
  it("makes schema and table in one transaction where they are missing", function()
    local db = migration_database.new { has_table = false }

    version_table.ensure(db)

    assert.is_true(db.has_table)
    local log = db:statements()
    assert.equal("begin", log[1])
    assert.equal("create schema if not exists moonpool", log[2])
    assert.equal("commit", log[#log])
  end)

  it("asks for no privilege where the table is there", function()
    local db = migration_database.new()

    version_table.ensure(db)

    assert.same({}, db:statements())
  end)

  it("reads nothing where the table is missing", function()
    assert.same({}, version_table.read(migration_database.new { has_table = false }))
  end)

  it("reads back what it wrote", function()
    local db = migration_database.new()

    db:script(version_table.move("upgrade", revision.new { revision = "a", message = "start" }))

    local rows = version_table.read(db)
    assert.equal("a", rows[1].revision)
    assert.equal("start", rows[1].message)
  end)

  it("writes an empty message where there is none", function()
    local db = migration_database.new()

    db:script(version_table.move("upgrade", revision.new { revision = "a" }))

    assert.equal("", version_table.read(db)[1].message)
  end)

  it("writes what a message says, quotes and all", function()
    local text = version_table.move("upgrade", revision.new { revision = "a", message = "it's" })

    assert.matches("values %('a', 'it''s'%)$", text)
  end)

  it("deletes one revision", function()
    local db = migration_database.new { rows = migration_database.rows { "a", "b" } }

    db:script(version_table.move("downgrade", revision.new { revision = "a" }))

    assert.equal("b", version_table.read(db)[1].revision)
    assert.equal(1, #version_table.read(db))
  end)

  it("gives its statements as a copy", function()
    version_table.create_statements()[1] = "changed"

    assert.equal("create schema if not exists moonpool", version_table.create_statements()[1])
  end)
end)
