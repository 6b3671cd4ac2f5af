-- Runs of migrations against a stand-in database: order, transactions, refusals, the race.
local errors = require "moonpool.errors"
local memory_files = require "spec.support.memory_files"
local migration = require "moonpool.migration"
local migration_database = require "spec.support.migration_database"

local function require_module(name)
  assert(name == "moonpool")
  return migration
end

local FILE = [[
local mp = require "moonpool"
return mp.migration {
  revision = %q, down_revision = %s, message = %q,
  upgrade = function(op)
    %s
  end,
  downgrade = function(op)
    op:execute "down %s"
  end,
}
]]

local function file_text(id, parent, body)
  return FILE:format(id, parent and ("%q"):format(parent) or "nil", "makes " .. id,
    body or ("op:execute \"up %s\""):format(id), id)
end

local function chain(count, bodies)
  local files = {}
  for number = 1, count do
    local id = ("r%d"):format(number)
    files[("m/versions/%s.lua"):format(id)] =
      file_text(id, number > 1 and ("r%d"):format(number - 1), bodies and bodies[number])
  end
  return files
end

local function fixture(files, database, given)
  local fs = memory_files.new(files)
  fs.directories["m/versions"] = true
  local db = migration_database.new(database)
  local options = {
    path = "m", fs = fs, require = require_module, sleep = function() end,
  }
  for key, value in pairs(given or {}) do options[key] = value end
  return migration.migrations(db, options), db, fs
end

local function ids_of(steps)
  local ids = {}
  for index, step in ipairs(steps) do ids[index] = step.revision end
  return ids
end

local function applied(db)
  local ids = {}
  for index, row in ipairs(db.rows) do ids[index] = row.revision end
  return ids
end

local function refusal(object, method, ...)
  local _, err = errors.try(object[method], object, ...)
  return err
end

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

  it("gives each migration a transaction with its version row", function()
    local migrations, db = fixture(chain(2))

    migrations:upgrade "head"

    local row = "insert into moonpool.version (revision, message) values ($1, $2)"
    assert.same({
      "begin", "set local lock_timeout = 3000", "up r1", row, "commit",
      "begin", "set local lock_timeout = 3000", "up r2", row, "commit",
    }, db:statements())
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

    assert.equal("set local lock_timeout = 250", db:statements()[2])
  end)

  it("switches that bound off", function()
    local migrations, db = fixture(chain(1), nil, { lock_timeout = false })

    migrations:upgrade "head"

    assert.equal("set local lock_timeout = 0", db:statements()[2])
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

  it("deletes the version row in the migration's transaction", function()
    local migrations, db = fixture(chain(1), { rows = migration_database.rows { "r1" } })

    migrations:downgrade "-1"

    assert.same({
      "begin", "set local lock_timeout = 3000", "down r1",
      "delete from moonpool.version where revision = $1", "commit",
    }, db:statements())
  end)

  it("keeps what stands below the target", function()
    local rows = migration_database.rows { "r1", "r2", "r3" }
    local migrations, db = fixture(chain(3), { rows = rows })

    migrations:downgrade "r1"

    assert.same({ "r1" }, applied(db))
  end)

  it("keeps the version row when it fails", function()
    local migrations, db = fixture(chain(1), {
      rows = migration_database.rows { "r1" }, failing = "down r1",
    })

    refusal(migrations, "downgrade", "base")

    assert.same({ "r1" }, applied(db))
  end)

  it("does nothing on an empty database", function()
    local migrations = fixture(chain(2), { has_table = false })

    assert.same({}, migrations:downgrade "base")
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

describe("moonpool.migration.runner sql", function()
  it("writes a script that records its revisions", function()
    local migrations, db = fixture(chain(2))

    local script = migrations:sql("head", "upgrade")

    assert.is_truthy(script:find("create schema if not exists moonpool;", 1, true))
    assert.is_truthy(script:find("begin;\nset local lock_timeout = 3000;\nup r1;\n"
      .. "insert into moonpool.version (revision, message) values ('r1', 'makes r1');\n"
      .. "commit;", 1, true))
    assert.same({}, db.log)
  end)

  it("starts where the range starts", function()
    local script = fixture(chain(3)):sql("r1:r2", "upgrade")

    assert.is_nil(script:find("up r1", 1, true))
    assert.is_truthy(script:find("up r2", 1, true))
    assert.is_nil(script:find("up r3", 1, true))
  end)

  it("goes down a range", function()
    local script = fixture(chain(2)):sql("head:base", "downgrade")

    assert.is_true(script:find("down r2", 1, true) < script:find("down r1", 1, true))
    assert.is_truthy(script:find("delete from moonpool.version where revision = 'r1';", 1, true))
  end)

  it("refuses to go down from nowhere", function()
    local err = refusal((fixture(chain(1))), "sql", "base", "downgrade")

    assert.is_truthy(err.hint:find("head:base", 1, true))
  end)

  it("refuses a step, which needs the database", function()
    assert.equal("bad_argument", refusal((fixture(chain(1))), "sql", "+1", "upgrade").kind)
  end)

  it("ends a statement whose last line is a comment", function()
    local script = fixture(chain(1, { "op:execute 'select 1 -- one'" })):sql("head", "upgrade")

    assert.is_truthy(script:find("select 1 -- one\n;\n", 1, true))
  end)

  it("asks for the same words as a run", function()
    assert.equal("hazard",
      refusal(fixture(chain(1, { "op:drop_table 'x'" })), "sql", "head", "upgrade").reason)
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
