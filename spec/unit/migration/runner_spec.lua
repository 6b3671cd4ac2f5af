-- Runs of migrations against a stand-in database: what is applied, refused and told.
local errors = require "moonpool.errors"
local migration_database = require "spec.support.migration_database"
local migration_project = require "spec.support.migration_project"

local applied, chain = migration_project.applied, migration_project.chain
local file_text, fixture = migration_project.file_text, migration_project.fixture
local ids_of, refusal = migration_project.ids_of, migration_project.refusal

describe("moonpool.migration.runner upgrade", function()
  it("applies every migration from the base", function()
    local migrations, db = fixture(chain(3))

    local steps = migrations:upgrade "head"

    assert.same({ "r1", "r2", "r3" }, ids_of(steps))
    assert.same({ "r1", "r2", "r3" }, applied(db))
  end)

  it("says what each step was", function()
    local migrations = fixture(chain(1))

    assert.same({
      { revision = "r1", message = "makes r1", file = "m/versions/r1.lua" },
    }, migrations:upgrade "head")
  end)

  it("makes the version table where it is missing", function()
    local migrations, db = fixture(chain(1), { has_table = false })

    migrations:upgrade "head"

    assert.is_true(db.has_table)
    assert.same({ "r1" }, applied(db))
  end)

  it("applies nothing at the head", function()
    local migrations, db = fixture(chain(2), { rows = migration_database.rows { "r1", "r2" } })

    assert.same({}, migrations:upgrade "head")
    assert.same({}, db:statements())
  end)

  it("applies what is missing", function()
    local migrations = fixture(chain(3), { rows = migration_database.rows { "r1" } })

    assert.same({ "r2", "r3" }, ids_of(migrations:upgrade "head"))
  end)

  it("goes as many steps as it is told", function()
    local migrations, db = fixture(chain(3))

    migrations:upgrade "+2"

    assert.same({ "r1", "r2" }, applied(db))
  end)

  it("runs a change function", function()
    local text = file_text("r1"):gsub("upgrade", "change"):gsub("downgrade = .-end,", "")
    local migrations, db = fixture { ["m/versions/r1.lua"] = text }

    migrations:upgrade "head"

    assert.same({ "r1" }, applied(db))
  end)

  it("finds nothing to do after losing a race", function()
    local migrations, db = fixture(chain(2), {
      busy_tries = 3,
      on_locked = function(database)
        database.rows = migration_database.rows { "r1", "r2" }
      end,
    })

    assert.same({}, migrations:upgrade "head")
    assert.same({}, db:statements())
  end)

  it("gives lock and connection back", function()
    local migrations, db = fixture(chain(1))

    migrations:upgrade "head"

    assert.is_false(db.is_locked)
    assert.equal(0, db.connections)
  end)

  it("gives lock and connection back after a failure", function()
    local migrations, db = fixture(chain(1), { failing = "up r1" })

    refusal(migrations, "upgrade", "head")

    assert.is_false(db.is_locked)
    assert.equal(0, db.connections)
  end)

  it("gives the connection back when the lock is held", function()
    local migrations, db = fixture(chain(1), { busy_tries = 1000 }, { wait = 1 })

    local err = refusal(migrations, "upgrade", "head")

    assert.equal("lock_held", err.reason)
    assert.equal(0, db.connections)
    assert.same({}, db:statements())
  end)
end)

describe("moonpool.migration.runner sends nothing", function()
  local function assert_nothing_sent(files, target, kind, says)
    local migrations, db = fixture(files)
    local err = refusal(migrations, "upgrade", target)
    assert.equal(kind, err.kind)
    assert.is_truthy(err.message:find(says, 1, true), err.message)
    assert.same({}, db.log)
    assert.equal(0, db.connections)
  end

  it("for a syntax error in the last file", function()
    local files = chain(3)
    files["m/versions/r3.lua"] = "return mp.migration {"

    assert_nothing_sent(files, "head", "bad_config", "m/versions/r3.lua:1:")
  end)

  it("for two heads", function()
    local files = chain(2)
    files["m/versions/x.lua"] = file_text("x", "r1")

    assert_nothing_sent(files, "head", "bad_config", "2 heads")
  end)

  it("for a missing parent", function()
    assert_nothing_sent({ ["m/versions/r2.lua"] = file_text("r2", "r1") },
      "head", "bad_config", "r1")
  end)

  it("for a duplicate revision", function()
    local files = chain(2)
    files["m/versions/x.lua"] = file_text("r2", "r1")

    assert_nothing_sent(files, "head", "bad_config", "twice")
  end)

  it("for a cycle", function()
    assert_nothing_sent({
      ["m/versions/a.lua"] = file_text("a", "b"), ["m/versions/b.lua"] = file_text("b", "a"),
    }, "head", "bad_config", "cycle")
  end)

  it("for an unknown target", function()
    assert_nothing_sent(chain(1), "zz", "bad_argument", "zz")
  end)

  it("but questions for a bad call in a later migration", function()
    local migrations, db = fixture(chain(2, { [2] = "op:drop_tabel 'x'" }))

    local err = refusal(migrations, "upgrade", "head")

    assert.is_truthy(err.message:find("m/versions/r2.lua:5:", 1, true), err.message)
    assert.same({}, db:statements())
  end)

  it("but questions for a loss that nobody accepted", function()
    local migrations, db = fixture(chain(2, { [2] = "op:drop_table 'x'" }))

    local err = refusal(migrations, "upgrade", "head")

    assert.equal("hazard", err.reason)
    assert.same({}, db:statements())
  end)

  it("but questions when the database has a revision without a file", function()
    local migrations, db = fixture(chain(1), { rows = migration_database.rows { "gone" } })

    local err = refusal(migrations, "upgrade", "head")

    assert.equal("bad_config", err.kind)
    assert.is_truthy(err.message:find("gone", 1, true))
    assert.same({}, db:statements())
  end)
end)

describe("moonpool.migration.runner downgrade", function()
  it("takes everything back, last first", function()
    local migrations, db = fixture(chain(2), { rows = migration_database.rows { "r1", "r2" } })

    assert.same({ "r2", "r1" }, ids_of(migrations:downgrade "base"))
    assert.same({}, applied(db))
  end)

  it("keeps what stands below the target", function()
    local rows = migration_database.rows { "r1", "r2", "r3" }
    local migrations, db = fixture(chain(3), { rows = rows })

    migrations:downgrade "r1"

    assert.same({ "r1" }, applied(db))
  end)

  it("does nothing on an empty database", function()
    local migrations, db = fixture(chain(2), { has_table = false })

    assert.same({}, migrations:downgrade "base")
    assert.is_false(db.has_table)
  end)
end)

describe("moonpool.migration.runner tells", function()
  local ROWS = migration_database.rows { "r1", "r2" }

  it("where the database is", function()
    local migrations = fixture(chain(3), { rows = ROWS })

    local current = migrations:current()

    assert.equal(1, #current)
    assert.equal("r2", current[1].revision)
    assert.equal(2, current[1].applied_at)
    assert.is_false(current[1].is_head)
  end)

  it("that the database is at the base", function()
    assert.same({}, fixture(chain(2), { has_table = false }):current())
  end)

  it("the history with what is applied", function()
    local history = fixture(chain(3), { rows = ROWS }):history()

    assert.same({ "r1", "r2", "r3" }, ids_of(history))
    assert.same({ "r1" }, history[2].parents)
    assert.is_truthy(history[2].applied_at)
    assert.is_nil(history[3].applied_at)
    assert.is_true(history[3].is_head)
  end)

  it("the heads without a database", function()
    local migrations, db = fixture(chain(2))

    assert.same({ "r2" }, ids_of(migrations:heads()))
    assert.same({}, db.log)
  end)

  it("what an upgrade would do, and does not do it", function()
    local migrations, db = fixture(chain(3), { rows = ROWS })

    local plan = migrations:plan("head", "upgrade")

    assert.same({ "r3" }, ids_of(plan))
    assert.same({ "up r3" }, plan[1].statements)
    assert.same({}, plan[1].hazards)
    assert.same({}, db:statements())
  end)

  it("what a downgrade would do", function()
    local plan = fixture(chain(2), { rows = ROWS }):plan("base", "downgrade")

    assert.same({ "r2", "r1" }, ids_of(plan))
  end)

  it("the hazards of a plan", function()
    local plan = fixture(chain(1, { "op:drop_table 'x'" })):plan("head", "upgrade")

    assert.equal("MP15", plan[1].hazards[1].code)
  end)
end)

describe("moonpool.migration.runner revision", function()
  it("writes a file that the next upgrade applies", function()
    local migrations, db = fixture(chain(1), { rows = migration_database.rows { "r1" } })

    local made = migrations:revision { message = "more", time = 1795000000 }
    migrations:upgrade "head"

    assert.same({ "r1", made.revision }, applied(db))
  end)
end)

describe("moonpool.migration.runner options", function()
  it("refuses an unknown one with a suggestion", function()
    local _, err = errors.try(fixture, {}, nil, { lock_timout = 1 })

    assert.equal("bad_argument", err.kind)
    assert.is_truthy(err.message:find("lock_timeout", 1, true))
  end)

  it("refuses a wait of 0", function()
    local _, err = errors.try(fixture, {}, nil, { wait = 0 })

    assert.equal("bad_argument", err.kind)
  end)
end)
