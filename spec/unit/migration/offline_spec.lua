-- The script of a range, written without a server.
local migration_project = require "spec.support.migration_project"

local chain, fixture = migration_project.chain, migration_project.fixture
local refusal = migration_project.refusal

describe("moonpool.migration.offline", function()
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
