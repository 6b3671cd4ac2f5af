-- One migration's transaction: what is in it, what its failure says, what a listener is told.
local errors = require "moonpool.errors"
local migration_database = require "spec.support.migration_database"
local migration_project = require "spec.support.migration_project"

local applied, chain = migration_project.applied, migration_project.chain
local fixture, refusal = migration_project.fixture, migration_project.refusal

describe("moonpool.migration.apply", function()
  it("gives each migration a transaction with its version row", function()
    local migrations, db = fixture(chain(2))

    migrations:upgrade "head"

    local first = "set local lock_timeout = 3000;\n"
      .. "insert into moonpool.version (revision, message) values "
    assert.same({
      "begin", first .. "('r1', 'makes r1')", "up r1", "commit",
      "begin", first .. "('r2', 'makes r2')", "up r2", "commit",
    }, db:statements())
  end)

  it("keeps earlier migrations when a later one fails", function()
    local migrations, db = fixture(chain(3), { failing = "up r2" })

    refusal(migrations, "upgrade", "head")

    assert.same({ "r1" }, applied(db))
  end)

  it("names the file, the line and the statement that failed", function()
    local migrations = fixture(chain(1, { "op:execute 'select 1'\n    op:execute 'broken'" }),
      { failing = "broken" })

    local err = refusal(migrations, "upgrade", "head")

    assert.equal("duplicate_table", err.kind)
    assert.equal("42P07", err.sqlstate)
    assert.is_truthy(
      err.message:find("m/versions/r1.lua:6: execute failed: it exists", 1, true), err.message)
    assert.equal("broken", err.query)
    assert.equal("r1", err.migration)
    assert.equal(6, err.line)
    assert.is_truthy(err.hint:find("rolled back", 1, true))
  end)

  it("names the file when the commit fails", function()
    local migrations = fixture(chain(1), { failing = "commit" })

    local err = refusal(migrations, "upgrade", "head")

    assert.is_truthy(err.message:find("m/versions/r1.lua: upgrade failed", 1, true), err.message)
  end)

  it("lets a cancellation pass as it is", function()
    local migrations, db = fixture(chain(1))
    function db:script() errors.raise { kind = "cancelled", message = "the task was cancelled" } end

    local err = refusal(migrations, "upgrade", "head")

    assert.equal("the task was cancelled", err.message)
  end)

  it("bounds the wait for table locks as it is told", function()
    local migrations, db = fixture(chain(1), nil, { lock_timeout = 0.25 })

    migrations:upgrade "head"

    assert.matches("^set local lock_timeout = 250;", db:statements()[2])
  end)

  it("switches that bound off", function()
    local migrations, db = fixture(chain(1), nil, { lock_timeout = false })

    migrations:upgrade "head"

    assert.matches("^set local lock_timeout = 0;", db:statements()[2])
  end)

  it("tells each step", function()
    local events = {}
    local holder = { pid = 5, application_name = "x" }
    local migrations = fixture(chain(1), { busy_tries = 1, holder = holder },
      { on_step = function(step) events[#events + 1] = step.event end })

    migrations:upgrade "head"

    assert.same({ "waiting", "start", "statement", "done" }, events)
  end)

  it("tells what a step is about", function()
    local told = {}
    local migrations = fixture(chain(1), nil,
      { on_step = function(step) told[step.event] = step end })

    migrations:upgrade "head"

    assert.same({
      event = "statement", direction = "upgrade", revision = "r1", message = "makes r1",
      file = "m/versions/r1.lua", sql = "up r1",
    }, told.statement)
  end)

  it("deletes the version row in the migration's transaction", function()
    local migrations, db = fixture(chain(1), { rows = migration_database.rows { "r1" } })

    migrations:downgrade "-1"

    assert.same({
      "begin", "set local lock_timeout = 3000;\n"
        .. "delete from moonpool.version where revision = 'r1'", "down r1", "commit",
    }, db:statements())
  end)

  it("keeps the version row when it fails", function()
    local migrations, db = fixture(chain(1), {
      rows = migration_database.rows { "r1" }, failing = "down r1",
    })

    refusal(migrations, "downgrade", "base")

    assert.same({ "r1" }, applied(db))
  end)
end)
